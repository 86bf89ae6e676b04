"""What a file is that is no program."""

from __future__ import annotations

import pytest

from solproof.errors import ProgramError
from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.program.file_kinds import file_kind

ELF = write_elf(assemble("mov64 r0, 0\nexit", 0))


def changed(start: int, value: int) -> bytes:
    """The file with another 16-bit number in its header."""
    return ELF[:start] + value.to_bytes(2, "little") + ELF[start + 2 :]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ELF, None),
        (b"", None),
        (changed(18, 62), "an ELF file for x86-64, expected a program for BPF"),
        (changed(18, 2), "an ELF file for machine 2, expected a program for BPF"),
        (changed(16, 1), "an object file of BPF that is not linked: `solproof link` makes a program of it"),
        (
            b"\3\0\0\0".ljust(45, b"\0") + ELF,
            "the data of a programdata account: the program starts at byte 45",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n",
            "a Git LFS pointer: `git lfs pull` gets the file itself",
        ),
        (b"<!DOCTYPE html>\n<html>", "an HTML page, not a program"),
        (b"\xef\xbb\xbf {}", "JSON, not a program"),
        (
            b"[\0\0\0\0\0\0\0\0",
            "starts with b'[\\x00\\x00\\x00\\x00\\x00\\x00\\x00', expected a program (b'\\x7fELF')",
        ),
        (b"../program.so", "starts with b'../progr', expected a program (b'\\x7fELF')"),
    ],
)
def test_kinds(content: bytes, kind: str | None) -> None:
    assert file_kind(content) == kind


def test_the_kind_stands_before_the_error_of_the_loader() -> None:
    with pytest.raises(ProgramError) as raised:
        load_program(changed(18, 62))
    assert str(raised.value) == (
        "an ELF file for x86-64, expected a program for BPF; ElfError::WrongMachine: Incompatible ELF: "
        "wrong machine (e_machine is 62, expected 247 (BPF) or 263 (SBPF))"
    )
