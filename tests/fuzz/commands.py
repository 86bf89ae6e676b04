"""Target: the whole command line on damaged files."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from solproof.cli import solproof
from solproof.cli.terminal.failure import exit_status_of
from solproof.formats.bincode import pack
from solproof.formats.input_file import format_input
from tests.fuzz.inputs import given_inputs
from tests.fuzz.programs import assembly_seeds, elf_seeds
from tests.fuzz.proofs import honest, proof_file_seeds
from tests.fuzz.target import MEBIBYTE, Target

BUDGET = ("--compute-unit-limit", "2000")
DOCUMENTED = (0, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Files:
    """Good files, and the place of the damaged one."""

    directory: TemporaryDirectory[str]
    program: Path
    json: Path
    damaged: Path
    output: Path


def read_files(data: bytes) -> str:
    """The first byte selects the command. The other bytes are its file."""
    files = _files()
    commands: Sequence[Sequence[object]] = [
        ("inspect", files.damaged),
        ("run", files.damaged, *BUDGET),
        ("run", files.damaged, "--input", files.json, *BUDGET),
        ("run", files.program, "--input", files.damaged, *BUDGET),
        ("pack", files.program, "--input", files.damaged, "--output", files.output),
        ("verify", files.damaged, "--program", files.program, "--input", files.json),
        ("verify", files.damaged, "--input", files.damaged),
        ("disasm", files.damaged),
        ("asm", files.damaged, "--output", files.output),
    ]
    chosen = data[0] if data else 0
    files.damaged.write_bytes(data[1:])
    command = commands[(chosen & 0x7F) % len(commands)]
    arguments = [str(argument) for argument in command] + (["--json"] if chosen & 0x80 else [])
    printed, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        status = exit_status_of(solproof, arguments)
    assert status in DOCUMENTED, f"{arguments[0]} ended with status {status}: {errors.getvalue()}"
    if status:
        *notes, line, end = errors.getvalue().split("\n")
        assert line.startswith("error: ") and line.isprintable() and not end, repr(errors.getvalue())
        assert all(note.startswith("note: ") for note in notes), repr(notes)
    assert all(line.isprintable() for line in printed.getvalue().split("\n")), repr(printed.getvalue())
    if chosen & 0x80:
        document = json.loads(printed.getvalue())
        assert ("failure" in document) == bool(status)
        if status:
            # A file that is no proof has a reason too, although its status is that of bad input.
            assert document["failure"]["reason"] is not None or status not in (4, 5)
    return f"{arguments[0]}: {status}"


def command_seeds() -> Sequence[bytes]:
    """A good file for each command, with and without --json."""
    given = given_inputs()[1]
    files = [
        (0, proof_file_seeds()[0]),
        (0, elf_seeds()[0]),
        (1, pack(given)),
        *((2, elf) for elf in elf_seeds()[:5]),
        (3, format_input(given).encode()),
        (4, format_input(given).encode()),
        (5, proof_file_seeds()[0]),
        (6, pack(given)),
        *((7, elf) for elf in elf_seeds()[:5]),
        *((8, source[1:]) for source in assembly_seeds()[:5]),
    ]
    return [bytes([command | flag]) + content for command, content in files for flag in (0, 0x80)]


@cache
def _files() -> Files:
    directory = TemporaryDirectory(prefix="solproof-fuzz-")
    place = Path(directory.name)
    proven = honest()[0]
    files = Files(directory, place / "program.so", place / "input.json", place / "damaged", place / "output")
    files.program.write_bytes(proven.given.program)
    files.json.write_text(format_input(proven.given))
    return files


TARGETS = (Target("command", command_seeds, read_files, 8192, 2.0, 16 * MEBIBYTE),)
