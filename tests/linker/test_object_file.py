"""Objects are read, and every other file is refused by its kind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from solproof.errors import ProgramError
from solproof.linker.object_file import Relocation, read_object
from tests.support.c_programs import compiled, linked

SOURCE = 'extern void sol_log_(const char *, long); long entrypoint(void) { sol_log_("hello", 5); return 0; }'


def compiled_for(target: str, directory: Path, *options: str) -> bytes:
    """The object of a function for another target."""
    source, output = directory / "a.c", directory / "a.o"
    source.write_text("int count; int entrypoint(void) { return 0; }")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, *options]
    subprocess.run([*command, "-c", str(source), "-o", str(output)], check=True)
    return output.read_bytes()


def test_sections_and_symbols() -> None:
    found = read_object("a.o", compiled(SOURCE))
    sections = {section.name: section for section in found.sections.values()}
    text = sections[".text.entrypoint"]
    assert (text.is_text, text.is_writable, len(text.content)) == (True, False, 48)
    assert [(each.offset, each.type) for each in text.relocations] == [(0, 1), (24, 10)]
    assert isinstance(text.relocations[0], Relocation)
    assert sections[".rodata.str1.1"].content == b"hello\0"
    symbols = {symbol.name: symbol for symbol in found.symbols}
    assert symbols["entrypoint"].is_function
    assert symbols["entrypoint"].is_global
    assert symbols["sol_log_"].section is None


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (
            "x86_64-linux-musl",
            [],
            "object a.o: is for Advanced Micro Devices X86-64 (64 bits), expected BPF; "
            "compile with clang -target bpf, or with solproof cc",
        ),
        (
            "bpfeb-freestanding",
            [],
            "object a.o: is big-endian, expected little-endian; compile with -target bpfel",
        ),
        (
            "bpfel-freestanding",
            ["-fcommon"],
            "object a.o: variable count is writable data, which Solana programs cannot have: "
            "make it const, or keep it in an account",
        ),
    ],
)
def test_objects_of_other_machines(target: str, options: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        read_object("a.o", compiled_for(target, tmp_path, *options))
    assert str(caught.value) == message


def test_files_that_are_no_objects() -> None:
    program = linked(0, SOURCE)
    for content, message in (
        (b"", "object a.o: starts with b'', expected an ELF object (b'\\x7fELF')"),
        (b"int main", "object a.o: starts with b'int ', expected an ELF object (b'\\x7fELF')"),
        (b"!<arch>\n", "object a.o: is an archive, expected the objects in it"),
        (b"BC\xc0\xde", "object a.o: is LLVM bitcode, expected an object; compile without -flto"),
        (program, "object a.o: has the ELF type ET_DYN, expected ET_REL, an object that is not linked"),
        (program[:40], "object a.o: its tables are broken, expected a complete ELF object"),
    ):
        with pytest.raises(ProgramError) as caught:
            read_object("a.o", content)
        assert str(caught.value) == message


def test_constructors() -> None:
    source = """
    extern void sol_log_(const char *, long);
    __attribute__((constructor)) void start(void);
    void start(void) { sol_log_("start", 5); }
    """
    with pytest.raises(ProgramError) as caught:
        read_object("a.o", compiled(source))
    assert str(caught.value) == (
        "object a.o: section .init_array has constructors, which no Solana program can run"
    )


def test_broken_objects_never_crash() -> None:
    """Every prefix, and every byte of the tables changed."""
    content = compiled(SOURCE)
    refused = 0
    for end in range(0, len(content), 61):
        with pytest.raises(ProgramError):
            read_object("a.o", content[:end])
    for position in range(0, len(content), 23):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        try:
            read_object("a.o", bytes(changed))
        except ProgramError:
            refused += 1
    assert refused
