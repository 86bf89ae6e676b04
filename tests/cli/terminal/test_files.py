"""Standard input and output as files, and outputs that would overwrite an input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from solproof.cli import solproof
from solproof.cli.terminal.failure import exit_status_of
from tests.cli.conftest import Command, Files, Scenes

Piped = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def piped(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Piped:
    """Run `solproof` with some bytes as its standard input. Returns status, output and errors."""

    def run(content: bytes, *arguments: object) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        status = exit_status_of(solproof, [str(argument) for argument in arguments])
        captured = capsysbinary.readouterr()
        return status, captured.out, captured.err.decode()

    return run


def test_standard_input(piped: Piped, files: Files, scenes: Scenes) -> None:
    text = files.input.read_bytes()
    expected = piped(b"", "run", files.program, "--input", files.input)
    assert expected[0] == 0
    assert piped(text, "run", files.program, "--input", "-") == expected
    assert piped(b"\xef\xbb\xbf" + text, "run", files.program, "--input", "-") == expected
    assert piped(files.program.read_bytes(), "run", "-", "--input", files.input) == expected
    assert piped(files.input_bin.read_bytes(), "run", "-") == expected
    scene = scenes.frameless
    expected = piped(b"", "run", "--transaction", scene)
    assert piped(scene.read_bytes(), "run", "--transaction", "-") == expected
    line = b" ".join(scene.read_bytes().split())
    status, output, errors = piped(line + b"\n" + line, "run", "--transactions", "-", "--quiet")
    assert (status, errors) == (0, "")
    assert output.splitlines()[1].split()[:2] == [b"1", b"success"]
    assert piped(b"\n", "run", "--transactions", "-", "--quiet") == (
        2,
        b"",
        "error: standard input: expected at least one scene\n",
    )


def test_standard_output(piped: Piped, files: Files) -> None:
    arguments = ("pack", files.program, "--input", files.input, "--output", "-")
    content = files.input_bin.read_bytes()
    assert piped(b"", *arguments) == (0, content, f"-: {len(content):,} bytes\n")
    status, output, errors = piped(b"", *arguments, "--json")
    assert (status, output) == (0, content)
    assert '"output": "-"' in errors
    status, proof, errors = piped(b"", "prove", files.input_bin, "-o", "-", "--quiet")
    assert (status, proof[:8]) == (0, b"SOLPROOF")
    assert errors.startswith("success")
    assert piped(proof, "verify", "-", "--input", files.input_bin)[0] == 0


def test_one_stream_for_two_files(command: Command, files: Files) -> None:
    result = command("run", "-", "--input", "-")
    message = "--input and PROGRAM: only one can be read from standard input (see solproof run --help)"
    assert (result.status, result.errors) == (2, f"error: {message}\n")
    result = command("profile", files.input_bin, "--collapsed", "-", "--speedscope", "-")
    message = (
        "--collapsed and --speedscope: only one can be written to standard output "
        "(see solproof profile --help)"
    )
    assert (result.status, result.errors) == (2, f"error: {message}\n")
    result = command("prove", "--transactions", files.input, "-o", "-")
    message = (
        "--output: expected a directory with --transactions, not standard output (see solproof prove --help)"
    )
    assert (result.status, result.errors) == (2, f"error: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["run", "token.so", "-i", "transfer.json", "-o", "transfer.json"], "--input transfer.json"),
        (["prove", "token.so", "-i", "transfer.json", "-o", "token.so"], "PROGRAM token.so"),
        (["pack", "token.so", "-i", "transfer.json", "-o", "hard-link.json"], "--input transfer.json"),
        (["trace", "input.bin", "-o", "symbolic-link.bin"], "PROGRAM input.bin"),
        (["explore", "input.bin", "-o", "./input.bin"], "PROGRAM input.bin"),
        (["disasm", "token.so", "-o", "token.so"], "PROGRAM token.so"),
        (["asm", "program.s", "-o", "program.s"], "SOURCE program.s"),
        (["run", "input.bin", "-o", "account.json", "--account", "account.json"], "--account account.json"),
    ],
)
def test_an_output_that_is_an_input(
    arguments: list[str],
    name: str,
    command: Command,
    files: Files,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for source, copy in (
        (files.program, "token.so"),
        (files.input, "transfer.json"),
        (files.input_bin, "input.bin"),
    ):
        (tmp_path / copy).write_bytes(source.read_bytes())
    (tmp_path / "program.s").write_text("mov64 r0, 0\nexit\n")
    (tmp_path / "account.json").write_text("{}")
    os.link(tmp_path / "transfer.json", tmp_path / "hard-link.json")
    (tmp_path / "symbolic-link.bin").symlink_to("input.bin")
    monkeypatch.chdir(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = command(*arguments)
    output = Path(arguments[arguments.index("-o") + 1])
    message = f"error: output {output}: the same file as {name}, expected another file\n"
    assert (result.status, result.output, result.errors) == (2, "", message)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
