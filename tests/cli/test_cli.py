"""The command as a whole: help, versions, the time of imports, and its end."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from solproof import __version__
from solproof.cli import SECTIONS, SUMMARIES, solproof
from solproof.errors import SolproofError
from tests.cli.conftest import Command, Files

ID = "11111111111111111111111111111112"


def python(code: str) -> str:
    """The output of a fresh interpreter."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_help_lists_every_command(command: Command) -> None:
    result = command("--help")
    assert (result.status, result.errors) == (0, "")
    assert [
        line.split()[0] for line in result.output.splitlines() if line[2:].split(" ")[0] in SUMMARIES
    ] == (list(SUMMARIES))


def test_help_groups_the_commands(command: Command) -> None:
    sections = dict(re.findall(r"^([A-Z][a-z ]+):\n((?:  .+\n)+)", command("--help").output, re.MULTILINE))
    rows = {title: re.findall(r"^  (\w+)( +)", text, re.MULTILINE) for title, text in sections.items()}
    assert {title: [name for name, _ in rows[title]] for title in list(rows)[-3:]} == {
        "Run and look": [
            *("run", "trace", "explore", "profile", "coverage", "graph"),
            *("inspect", "fixture", "fetch", "pack"),
        ],
        "Prove and verify": ["prove", "verify", "estimate", "check", "zisk", "demo"],
        "Develop": ["asm", "cc", "link", "disasm", "opcode", "doctor", "completion"],
    }
    # The summaries of all sections start in the same column.
    assert len({len(name + space) for title in SECTIONS for name, space in rows[title]}) == 1


@pytest.mark.parametrize("words", [(), ("zisk",)])
def test_without_arguments_help(words: tuple[str, ...], command: Command) -> None:
    result = command(*words)
    assert (result.status, result.errors) == (0, "")
    assert result.output == command(*words, "--help").output


def test_help_documents_every_exit_status(command: Command) -> None:
    statuses = {error.exit_status for error in SolproofError.__subclasses__()} | {0, 1, 130, 141}
    documented = command("--help").output
    assert all(f"  {status}  " in documented for status in statuses)


@pytest.mark.parametrize("name", SUMMARIES)
def test_help_of_a_command(name: str, command: Command) -> None:
    result = command(name, "--help")
    assert result.status == 0
    assert f"solproof {name} " in result.output.partition("Example")[2]
    found = solproof.get_command(click.Context(solproof), name)
    assert found is not None and found.help is not None
    assert found.help.splitlines()[0] == SUMMARIES[name]
    assert "--json" in result.output


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str, command: Command) -> None:
    assert command(option).output == f"solproof, version {__version__}\n"


def test_help_imports_neither_numpy_nor_native_modules_nor_solders() -> None:
    heavy = python(
        "import sys\n"
        "from solproof.cli import solproof\n"
        "from solproof.cli.terminal.failure import exit_status_of\n"
        "sys.stdout = open('/dev/null', 'w')\n"
        "exit_status_of(solproof, ['--help'])\n"
        "sys.stdout = sys.__stdout__\n"
        "print([name for name in ('numpy', 'rich', 'solders', 'solproof._native') if name in sys.modules])"
    )
    assert heavy == "[]\n"


def test_python_m_solproof() -> None:
    arguments = [sys.executable, "-m", "solproof", "opcode", "0x95"]
    process = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[0] == "0x95  EXIT"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("proves",), "No such command 'proves'. Did you mean 'prove' or 'profile'? (see solproof --help)"),
        (("nothing",), "No such command 'nothing' (see solproof --help)"),
        (("run", "--jsno"), "No such option '--jsno'. Did you mean '--json'? (see solproof run --help)"),
    ],
)
def test_unknown_words(words: tuple[str, ...], message: str, command: Command) -> None:
    result = command(*words)
    assert (result.status, result.errors, result.output) == (2, f"error: {message}\n", "")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "utf-8"])
def test_output_that_is_not_utf8(
    encoding: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log and the lines of tables have letters that the encoding lacks."""
    program, given, source = (tmp_path / name for name in ("text.so", "input.json", "text.s"))
    text = "prix: 5 €, 日本"
    source.write_text(
        f'.rodata\na: .ascii "{text}"\n.text\nentrypoint:\n  lddw r1, a\n  mov64 r2, 19\n'
        "  syscall sol_log_\n  mov64 r0, 0\n  exit\n"
    )
    assert command("asm", source, "-o", program).status == 0
    given.write_text(json.dumps({"program_id": ID, "accounts": [], "instruction_data": []}))
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    for name in ("run", "profile"):
        assert command(name, program, "--input", given, "--quiet").status == 0
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    shown = stream.buffer.getvalue().decode(encoding)
    assert f"Program log: {text.encode(encoding, 'backslashreplace').decode(encoding)}" in shown
    assert ("───" if encoding == "utf-8" else "---") in shown


def test_missing_argument(command: Command) -> None:
    result = command("run")
    assert (result.status, result.errors) == (
        2,
        "error: Missing argument 'PROGRAM', or --transaction or --transactions (see solproof run --help)\n",
    )


def test_failure_as_json(command: Command, files: Files) -> None:
    result = command("run", files.program, "--json")
    message = f"program {files.program}: expected --input with a JSON file as well"
    failure = {"kind": "InputError", "message": message, "exit_status": 2, "reason": None}
    assert result.fields == {"failure": failure}
    assert result.errors == f"error: {message}\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), (130, "error: interrupted\n")),
        (MemoryError(), (1, "error: not enough memory\n")),
        (OSError(28, "No space left on device"), (1, "error: No space left on device\n")),
        (OSError(13, "Permission denied", "there"), (1, "error: there: Permission denied\n")),
    ],
)
def test_unforeseen_ends(
    error: BaseException,
    expected: tuple[int, str],
    command: Command,
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("solproof.formats.bincode.unpack", fail)
    result = command("run", files.input_bin)
    assert (result.output, (result.status, result.errors)) == ("", expected)


def test_a_bug_is_one_line_that_says_where(
    command: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("solproof.formats.bincode.unpack", lambda content: content[None])
    result = command("run", files.input_bin)
    assert result.status == 1
    line = test_a_bug_is_one_line_that_says_where.__code__.co_firstlineno + 3
    assert result.errors == (
        "error: unexpected TypeError: byte indices must be integers or slices, not NoneType, "
        f"at test_cli.py:{line}; please report this\n"
    )


def test_the_reader_of_the_output_may_leave(files: Files) -> None:
    arguments = [sys.executable, "-m", "solproof", "run", str(files.program), "--input", str(files.input)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141


def test_errors_are_red_on_a_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert command("nothing").errors.startswith("\x1b[31merror:\x1b[0m No such command")
    monkeypatch.setenv("NO_COLOR", "1")
    assert command("nothing").errors.startswith("error: No such command")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_standard_output_that_is_closed(
    options: tuple[str, ...], command: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with monkeypatch.context() as patch:
        patch.setattr("os.dup2", lambda *_: None)  # the number of the stream belongs to this process
        result = command("run", files.input_bin, *options)
    assert (result.status, result.errors) == (
        6,
        "error: standard output: cannot be written: not writable\n",
    )


def test_standard_error_that_is_closed(files: Files) -> None:
    code = "import os, sys; os.close(2); sys.stderr = None; from solproof.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", code, "run", files.program], capture_output=True, check=False
    )
    assert (process.returncode, process.stdout, process.stderr) == (2, b"", b"")
