"""`solproof disasm`."""

from __future__ import annotations

from pathlib import Path

import pytest

from solproof.isa.assemble import assemble
from solproof.program.disassembly import disassemble_elf
from solproof.program.elf_writer import write_elf, write_raw
from tests.cli.conftest import Command, Files

SOURCE = """\
    ja lbb_3

function_1:
    syscall sol_log_
    exit
lbb_3:
    call function_1
    exit
"""
LISTING = "entrypoint:\n" + SOURCE


@pytest.mark.parametrize("version", range(5))
def test_elf(version: int, command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.so"
    program.write_bytes(write_elf(assemble(SOURCE, version)))
    result = command("disasm", program)
    assert (result.status, result.output, result.errors) == (0, LISTING, "")


@pytest.mark.parametrize("version", range(5))
def test_raw(version: int, command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.bin"
    program.write_bytes(write_raw(assemble(SOURCE, version)))
    result = command("disasm", program, "--raw", "--sbpf-version", version)
    assert (result.status, result.output, result.errors) == (0, LISTING, "")
    result = command("disasm", program, "--raw", "--sbpf-version", version, "--entry", 3)
    assert result.output == SOURCE.replace("lbb_3:", "\nentrypoint:").replace("lbb_3", "entrypoint")


def test_raw_bytecode_is_recognised(command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.bin"
    program.write_bytes(write_raw(assemble(SOURCE, 0)))
    result = command("disasm", program)
    assert (result.status, result.output) == (0, LISTING)
    assert result.errors.startswith(f"note: program {program}: not ELF but valid sBPF")


def test_json(command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.so"
    program.write_bytes(write_elf(assemble("exit\nentrypoint: lddw r1, 5\nexit", 3)))
    fields = command("disasm", program, "--json").fields
    assert fields == {
        "format": "elf",
        "sbpf_version": 3,
        "entry": 1,
        "slots": 4,
        "lines": [
            {"pc": 0, "label": None, "statement": "exit"},
            {"pc": 1, "label": "entrypoint", "statement": "lddw r1, 0x5"},
            {"pc": 3, "label": None, "statement": "exit"},
        ],
    }
    text = (Path(__file__).resolve().parents[3] / "docs/command-line.md").read_text()
    assert [name for name in fields if f"`{name}`" not in text] == []


def test_there_and_back(command: Command, files: Files, tmp_path: Path) -> None:
    source, again = tmp_path / "token.s", tmp_path / "again.so"
    result = command("disasm", files.program, "-o", source)
    assert (result.status, result.output) == (0, f"{source}: 11,081 instructions of sBPF V0\n")
    assert command("asm", source, "-o", again, "--sbpf-version", 0).status == 0
    before, after = (disassemble_elf(path.read_bytes()) for path in (files.program, again))
    assert (after.text, after.entry) == (before.text, before.entry)
    fields = command("disasm", files.program, "-o", source, "--json").fields
    assert fields == {
        "format": "elf",
        "sbpf_version": 0,
        "entry": 292,
        "slots": 11_805,
        "output": str(source),
        "bytes": source.stat().st_size,
    }


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"\x7fELF", [], None),
        (b"", [], "starts with b'', expected b'\\x7fELF', or --raw for raw bytecode"),
        (b"text", [], "starts with b'text', expected b'\\x7fELF', or --raw for raw bytecode"),
        (bytes(9), ["--raw"], "the text has 9 bytes, expected a multiple of 8"),
    ],
)
def test_errors(
    content: bytes, options: list[str], message: str | None, command: Command, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.write_bytes(content)
    result = command("disasm", program, *options)
    assert result.status == 2
    if message is None:
        assert result.errors.startswith(f"error: program {program}: ElfError::ValueOutOfBounds: ")
    else:
        assert result.errors == f"error: program {program}: {message}\n"


def test_options_for_elf(command: Command, files: Files) -> None:
    result = command("disasm", files.program, "--sbpf-version", 0)
    message = "error: --sbpf-version: expected --raw as well, because an ELF file has its own value\n"
    assert (result.status, result.errors) == (2, message)


def test_unwritable(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "missing" / "program.s"
    message = f"error: {output}: cannot be written: there is no directory {output.parent}\n"
    result = command("disasm", files.program, "-o", output)
    assert (result.status, result.errors) == (6, message)


@pytest.mark.parametrize("version", [0, 3])
def test_functions_have_their_names(version: int, command: Command, tmp_path: Path) -> None:
    """The source with the names assembles to the same file again."""
    source, program = tmp_path / "program.s", tmp_path / "program.so"
    source.write_text("say: syscall sol_log_\nexit\nentrypoint: call say\nja end\nend: exit\n")
    command("asm", source, "-o", program, "--sbpf-version", version, "--quiet")
    listed = command("disasm", program).output
    assert listed == (
        "say:\n    syscall sol_log_\n    exit\n\nentrypoint:\n    call say\n    ja lbb_4\nlbb_4:\n    exit\n"
    )
    assert assemble(listed, version).text == assemble(source.read_text(), version).text
