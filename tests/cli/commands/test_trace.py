"""`solproof trace`: files, standard output, and refused options."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from solproof.formats.scene_file import format_scene
from tests.cli.conftest import Command, Files
from tests.support.frame_trees import chain


def test_a_file(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "execution_trace.json"
    result = command("trace", files.program, "--input", files.input, "-o", output)
    assert result.status == 0
    exported = json.loads(output.read_text())
    assert (len(exported["steps"]), exported["success"]) == (76, True)
    assert result.output.splitlines()[-1] == (
        f"trace              {output}: 76 steps, {output.stat().st_size:,} bytes"
    )
    *phases, done = result.errors.splitlines()
    assert phases == ["trace: execute ...", "trace: write ...", "trace: write, 100 % ..."]
    assert re.fullmatch(r"trace: done in [\d.]+ s: execute [\d.]+ s, write [\d.]+ s", done)
    assert [item.name for item in tmp_path.iterdir()] == [output.name]


def test_progress_as_json(command: Command, files: Files, tmp_path: Path) -> None:
    arguments = ["trace", files.input_bin, "-o", tmp_path / "trace.json", "--progress", "json"]
    *lines, done = [json.loads(line) for line in command(*arguments).errors.splitlines()]
    said = [(line["phase"], line.get("percent")) for line in lines]
    assert said == [("execute", None), ("write", None), ("write", 100)]
    assert list(done["phases"]) == ["execute", "write"]


def test_json_says_what_was_written(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "trace.jsonl"
    arguments = ["trace", files.input_bin, "--format", "jsonl", "-o", output, "--json", "--quiet"]
    result = command(*arguments)
    assert (result.status, result.errors) == (0, "")
    fields = result.fields
    assert (fields["output"], fields["format"], fields["bytes"]) == (
        str(output),
        "jsonl",
        output.stat().st_size,
    )
    assert (fields["instructions"], fields["success"]) == (76, True)
    assert len(output.read_text().splitlines()) == 78


def test_standard_output(files: Files) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "solproof", "trace", str(files.input_bin), "--constraints", "--quiet"],
        capture_output=True,
        check=True,
    )
    exported = json.loads(process.stdout)
    assert all(step["constraints"] for step in exported["steps"])
    assert process.stderr == b""


def test_a_reader_that_leaves(files: Files) -> None:
    code = f"{sys.executable} -m solproof trace {files.input_bin} --format jsonl --quiet | head -c 10"
    process = subprocess.run(
        ["bash", "-c", f"{code}; exit ${{PIPESTATUS[0]}}"], capture_output=True, check=False
    )
    assert process.returncode in (0, 141)
    assert process.stderr == b""


def test_parquet(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "trace.parquet"
    result = command("trace", files.program, "--input", files.failing, "--format", "parquet", "-o", output)
    assert result.status == 0
    assert parquet.read_table(output).num_rows > 10
    assert result.output.startswith("success            no\n")


def test_schema(command: Command) -> None:
    result = command("trace", "--schema")
    assert result.status == 0
    assert result.fields["title"] == "Execution trace of solproof"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json"], "--json: expected --output as well, because standard output cannot hold both"),
        (["--format", "parquet"], "--format parquet: expected --output as well"),
        (
            ["--format", "parquet", "--constraints", "-o", "x"],
            "--constraints: expected --format json or jsonl, because a table cannot hold them",
        ),
    ],
)
def test_refusals(command: Command, files: Files, arguments: list[str], message: str) -> None:
    result = command("trace", files.input_bin, *arguments)
    assert result.status == 2
    assert result.errors == f"error: {message}\n"


def test_without_pyarrow(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "solproof.tracing.export_parquet", raising=False)
    result = command("trace", files.input_bin, "--format", "parquet", "-o", tmp_path / "trace.parquet")
    assert result.status == 2
    assert result.errors == (
        "error: --format parquet: needs pyarrow, as in: pip install 'solproof[parquet]'\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_nothing(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("solproof.tracing.export_json.tail", interrupt)
    output = tmp_path / "trace.json"
    result = command("trace", files.input_bin, "-o", output, "--quiet")
    assert (result.status, result.errors) == (130, "error: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_full_device(command: Command, files: Files) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    result = command("trace", files.input_bin, "-o", "/dev/full", "--quiet")
    assert result.status == 6
    assert result.errors == "error: /dev/full: cannot be written: No space left on device\n"


# TRANSACTIONS


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene of a chain of three programs."""
    path = tmp_path / "scene.json"
    path.write_text(format_scene(chain().execution.scene))
    return path


def test_a_transaction(command: Command, scene: Path, tmp_path: Path) -> None:
    output = tmp_path / "execution_trace.json"
    result = command("trace", "--transaction", scene, "-o", output, "--quiet")
    assert (result.status, result.errors) == (0, "")
    exported = json.loads(output.read_text())
    steps = [len(frame["steps"]) for frame in exported["frames"]]
    assert len(steps) == 3
    size = output.stat().st_size
    assert result.output.splitlines() == [
        "success            yes",
        "fee                5,000 lamports",
        "compute units      2,025",
        f"instructions       {sum(steps)} in 3 frames of sBPF programs",
        "accounts modified  2",
        f"trace              {output}: {sum(steps)} steps, {size:,} bytes",
    ]


def test_one_frame_of_a_transaction(command: Command, scene: Path, tmp_path: Path) -> None:
    output = tmp_path / "frame.json"
    arguments = ["--constraints", "--frame", 2, "-o", output, "--quiet"]
    result = command("trace", "--transaction", scene, *arguments)
    assert result.status == 0
    assert result.output.splitlines()[-1].endswith(f": 2 steps, {output.stat().st_size:,} bytes")
    steps = json.loads(output.read_text())["steps"]
    assert [step["assembly"] for step in steps] == ["mov64 r0, 0", "exit"]
    assert steps[0]["constraints"]


def test_lines_of_a_transaction(command: Command, scene: Path, tmp_path: Path) -> None:
    output = tmp_path / "trace.jsonl"
    arguments = ["--format", "jsonl", "-o", output, "--json", "--quiet"]
    fields = command("trace", "-t", scene, *arguments).fields
    assert (fields["success"], fields["status"], fields["fee"], fields["compute_units"]) == (
        True,
        "executed",
        5_000,
        2_025,
    )
    lines = output.read_text().splitlines()
    assert len(lines) == fields["executed_instructions"] + 2 * 3 + 2


def test_timeline_schema(command: Command) -> None:
    result = command("trace", "--timeline-schema")
    assert result.status == 0
    assert result.fields["title"] == "Execution trace of several frames"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--frame", "3"], "frame: expected 0 to 2, got 3"),
        (["--input", "x"], "--input and --transaction exclude each other (see solproof trace --help)"),
        (
            ["--heap-size", "32768"],
            "--heap-size and --transaction exclude each other (see solproof trace --help)",
        ),
    ],
)
def test_refusals_for_a_transaction(
    command: Command, scene: Path, arguments: list[str], message: str
) -> None:
    result = command("trace", "--transaction", scene, *arguments, "--quiet")
    assert (result.status, result.errors) == (2, f"error: {message}\n")


def test_neither_a_program_nor_a_transaction(command: Command) -> None:
    result = command("trace")
    assert result.status == 2
    assert result.errors.startswith("error: Missing argument 'PROGRAM', or --transaction")
