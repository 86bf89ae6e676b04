"""`solproof graph` writes a picture and reports what it shows."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command, Files


def test_a_picture(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "graph.svg"
    result = command("graph", files.program, "--input", files.input, "-o", output, "--quiet")
    assert (result.status, result.errors) == (0, "")
    fields = command("graph", files.input_bin, "-o", output, "--json", "--quiet").fields
    assert result.output.splitlines()[-1] == (
        f"graph              {output}: 1 function, {fields['blocks']} blocks"
    )
    assert 0 < fields["blocks_executed"] < fields["blocks"]
    assert fields["bytes"] == output.stat().st_size
    assert output.read_text().startswith("<svg ")


def test_an_unknown_function(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("graph", files.input_bin, "-o", tmp_path / "graph.svg", "--function", "nothing", "-q")
    assert result.status == 2
    assert result.errors.endswith(
        "--function nothing: no program that ran has a function with this name or slot\n"
    )
    assert not (tmp_path / "graph.svg").exists()
