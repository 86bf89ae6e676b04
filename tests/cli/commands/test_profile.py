"""`solproof profile`: tables, JSON, and files for flame graph tools."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command, Files


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
    assert cells["instructions"] + cells["shared"] + cells["padding"] == cells["committed"]
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
