"""`solproof coverage` adds up runs and writes a tracefile with a listing."""

from __future__ import annotations

from pathlib import Path

from solproof.formats.scene_file import format_scene
from tests.cli.conftest import Command, Files
from tests.support.frame_trees import associated_token, chain


def test_several_inputs(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "coverage.info"
    arguments = ["coverage", files.program, "--input", files.input, "-o", output, "--json", "--quiet"]
    once = command(*arguments).fields
    (alone,) = once["programs"]
    both = command(*arguments, "--input", files.failing).fields
    (program,) = both["programs"]
    assert (once["runs"], both["runs"]) == (1, 2)
    assert program["instructions"]["hit"] > alone["instructions"]["hit"] == 76
    assert program["instructions"]["found"] == alone["instructions"]["found"]
    listing = tmp_path / f"coverage.{program['sha256'][:8]}.s"
    assert program["listing"] == str(listing)
    lines = output.read_text().splitlines()
    assert lines[1] == f"SF:{listing}"
    assert f"LH:{program['instructions']['hit']}" in lines
    shown = {line.split(":")[1].split(",")[0] for line in lines if line.startswith("DA:")}
    texts = listing.read_text().splitlines()
    assert {str(number) for number, text in enumerate(texts, start=1) if text} == shown


def test_transactions(command: Command, tmp_path: Path) -> None:
    paths = []
    for name, made in (("one", associated_token()), ("two", chain())):
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(format_scene(made.execution.scene))
    result = command("coverage", "-t", paths[0], "-t", paths[1], "-o", tmp_path / "all.info", "--quiet")
    assert (result.status, result.errors) == (0, "")
    files, table = result.output.strip().split("\n\n")
    listings = sorted(tmp_path.glob("*.s"))
    assert files.splitlines()[0] == f"tracefile  {tmp_path / 'all.info'}: 2 runs"
    assert sorted(files.splitlines()[1:]) == [f"listing    {path}" for path in listings]
    title, head, _, *rows = table.splitlines()
    assert (title, head.split()) == (
        "what ran, of each program",
        ["program", "instructions", "branches", "functions"],
    )
    assert len(rows) == 5
    assert "(100.0%)" in rows[-1]


def test_inputs_and_transactions_exclude_each_other(command: Command, files: Files, tmp_path: Path) -> None:
    scene = tmp_path / "scene.json"
    scene.write_text(format_scene(chain().execution.scene))
    arguments = ["--input", files.input_bin, "--transaction", scene, "-o", tmp_path / "coverage.info"]
    result = command("coverage", *arguments, "--quiet")
    assert result.status == 2
    assert result.errors.startswith("error: --input and --transaction exclude each other")
