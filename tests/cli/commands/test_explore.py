"""`solproof explore` writes a page and reports what it wrote. tests/explorer tests the page itself."""

from __future__ import annotations

from pathlib import Path

from solproof.formats.scene_file import format_scene
from tests.cli.conftest import Command, Files
from tests.support.frame_trees import chain


def test_a_page(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "run.html"
    result = command("explore", files.program, "--input", files.input, "-o", output)
    assert result.status == 0
    assert output.read_text().startswith("<!doctype html>")
    assert "<title>token.so: solproof</title>" in output.read_text()
    assert result.output.splitlines()[-1] == (
        f"page               {output}: 76 steps, {output.stat().st_size:,} bytes"
    )
    *phases, done = result.errors.splitlines()
    assert phases == ["explore: execute ...", "explore: page ...", "explore: write ..."]
    assert done.startswith("explore: done in ")


def test_json_and_options(command: Command, files: Files, tmp_path: Path) -> None:
    whole, smaller = tmp_path / "whole.html", tmp_path / "smaller.html"
    command("explore", files.input_bin, "-o", whole, "--quiet")
    arguments = ["--no-constraints", "--title", "A transfer", "--json", "--quiet"]
    result = command("explore", files.input_bin, "-o", smaller, *arguments)
    assert (result.status, result.errors) == (0, "")
    assert (result.fields["output"], result.fields["bytes"]) == (str(smaller), smaller.stat().st_size)
    assert "<title>A transfer: solproof</title>" in smaller.read_text()
    assert smaller.stat().st_size < whole.stat().st_size


def test_an_output_is_needed(command: Command, files: Files) -> None:
    result = command("explore", files.input_bin)
    assert result.status == 2
    assert result.errors.startswith("error: Missing option '--output' / '-o'")


def test_a_directory_is_no_output(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("explore", files.input_bin, "-o", tmp_path)
    assert result.status == 6
    assert result.errors == f"error: {tmp_path}: cannot be written: it is a directory\n"


def test_a_transaction(command: Command, tmp_path: Path) -> None:
    scene, output = tmp_path / "scene.json", tmp_path / "page.html"
    execution = chain().execution
    scene.write_text(format_scene(execution.scene))
    result = command("explore", "--transaction", scene, "-o", output, "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert "<title>scene.json: solproof</title>" in output.read_text()
    steps = execution.output.executed_instructions
    assert result.output.splitlines() == [
        "success            yes",
        "fee                5,000 lamports",
        "compute units      2,025",
        f"instructions       {steps} in 3 frames of sBPF programs",
        "accounts modified  2",
        f"page               {output}: {steps} steps, {output.stat().st_size:,} bytes",
    ]
    fields = command("explore", "-t", scene, "-o", output, "--json", "--quiet").fields
    assert (fields["success"], fields["fee"]) == (True, 5_000)
    assert (fields["output"], fields["bytes"]) == (str(output), output.stat().st_size)


def test_a_transaction_needs_no_program(command: Command, files: Files, tmp_path: Path) -> None:
    arguments = ["explore", files.program, "--transaction", tmp_path / "scene.json", "-o", tmp_path / "page"]
    result = command(*arguments)
    assert result.status == 2
    assert result.errors == (
        "error: PROGRAM and --transaction exclude each other (see solproof explore --help)\n"
    )
