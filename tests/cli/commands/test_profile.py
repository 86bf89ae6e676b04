"""`solproof profile`: tables, JSON, and files for flame graph tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solproof.formats.scene_file import format_scene
from tests.cli.conftest import Command, Files
from tests.support.frame_trees import associated_token


def test_tables(command: Command, files: Files) -> None:
    result = command("profile", files.input_bin, "--quiet")
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[2].split() == ["compute", "units", "76"]
    titles = [line for line, before in zip(lines[1:], lines, strict=False) if before == ""]
    assert titles == ["functions, without what they call", "opcode families", "chips"]
    assert [line.split()[:4] for line in lines if line.startswith(" entrypoint")] == [
        ["entrypoint", "1", "76", "100.0%"]
    ]


def test_json_adds_up(command: Command, files: Files) -> None:
    result = command("profile", files.input_bin, "--json", "--quiet")
    fields = result.fields
    assert sum(family["compute_units"] for family in fields["families"]) == fields["compute_units"] == 76
    cells = fields["cells"]
    parts = ("instructions", "frames", "proof", "padding")
    assert list(cells) == [*parts, "committed"]
    assert sum(cells[part] for part in parts) == cells["committed"]
    assert [function["name"] for function in fields["functions"]] == ["entrypoint"]
    assert fields["functions"][0]["self"] == fields["functions"][0]["total"]
    assert (
        sum((chip["rows"] + chip["padding"]) * chip["cells_per_row"] for chip in fields["chips"])
        == (cells["committed"])
    )


def test_files(command: Command, files: Files, tmp_path: Path) -> None:
    stacks, speedscope = tmp_path / "stacks.folded", tmp_path / "run.speedscope.json"
    options = ("--collapsed", stacks, "--speedscope", speedscope, "--weight", "cells")
    result = command("profile", files.program, "--input", files.input, *options, "--quiet", "--json")
    assert result.status == 0
    values = [int(line.rpartition(" ")[2]) for line in stacks.read_text().splitlines()]
    assert sum(values) == result.fields["cells"]["committed"]
    assert json.loads(speedscope.read_text())["name"] == "token.so"


def test_top(command: Command, files: Files) -> None:
    result = command("profile", files.input_bin, "--quiet", "--top", 1)
    assert "opcode families (7 more: --top)" in result.output


def test_no_place_for_the_stacks(command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "stacks"
    result = command("profile", files.input_bin, "--collapsed", path)
    message = f"error: {path}: cannot be written: there is no directory {path.parent}\n"
    assert (result.status, result.errors) == (6, message)


# TRANSACTIONS


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene that creates an associated token account and mints."""
    path = tmp_path / "scene.json"
    path.write_text(format_scene(associated_token().execution.scene))
    return path


def test_tables_of_a_transaction(command: Command, scene: Path) -> None:
    result = command("profile", "--transaction", scene, "--quiet", "--top", 3)
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[2].split() == ["compute", "units", "18,103"]
    titles = [line for line, before in zip(lines[1:], lines, strict=False) if before == ""]
    assert titles[0] == "programs, without what they call"
    assert titles[1].startswith("functions, without what they call (")
    (system,) = [line.split() for line in lines if line.startswith(" system program")]
    assert system[:5] == ["system", "program", "1", "150", "0.8%"]
    header = lines[lines.index(titles[1]) + 1].split()
    assert header[:3] == ["program", "function", "calls"]


def test_json_of_a_transaction(command: Command, scene: Path) -> None:
    fields = command("profile", "-t", scene, "--json", "--quiet").fields
    assert (fields["status"], fields["compute_units"]) == ("executed", 18_103)
    assert sum(program["self"]["compute_units"] for program in fields["programs"]) == 18_103
    assert {function["program"] for function in fields["functions"]} == {
        program["program"] for program in fields["programs"] if program["name"] != "system program"
    }
    spent = [function["self"]["compute_units"] for function in fields["functions"]]
    spent += [part["compute_units"] for part in fields["syscalls"]]
    assert sum(spent) == 18_103 - 150


def test_flame_graphs_of_a_transaction(command: Command, scene: Path, tmp_path: Path) -> None:
    stacks, document = tmp_path / "stacks.folded", tmp_path / "speedscope.json"
    files = ("--collapsed", stacks, "--speedscope", document)
    assert command("profile", "--transaction", scene, *files, "--quiet").status == 0
    lines = stacks.read_text().splitlines()
    assert all(line.startswith("transaction;instruction ") for line in lines)
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == 18_103
    described = json.loads(document.read_text())
    assert described["name"] == "scene.json"
    first = described["profiles"][0]["events"][0]["frame"]
    assert described["shared"]["frames"][first] == {"name": "transaction"}


def test_a_flame_graph(command: Command, scene: Path, tmp_path: Path) -> None:
    output = tmp_path / "flame.svg"
    assert command("profile", "--transaction", scene, "--svg", output, "--quiet").status == 0
    assert output.read_text().startswith('<svg width="1200" ')
    assert "Flame graph of scene.json" in output.read_text()
    result = command("profile", "--transaction", scene, "--svg", scene)
    assert result.status == 2
    assert result.errors == (
        f"error: output {scene}: the same file as --transaction {scene}, expected another file\n"
    )
