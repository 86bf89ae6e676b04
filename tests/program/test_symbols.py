"""Symbols from files that are not stripped, after a check that the text is the same."""

from __future__ import annotations

import pytest

from solproof.errors import InputError
from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.program.source_lines import SourceLine
from solproof.program.symbols import SymbolFiles, symbol_notes, text_of
from tests.support.call_trees import NESTED
from tests.support.symbol_tables import FUNCTION, with_debug_information, with_symbols

ELF = write_elf(assemble(NESTED, 0))
PROGRAM = load_program(ELF)
START = PROGRAM.text_address - 0x1_0000_0000
MANGLED = "_ZN4demo4leaf17h0123456789abcdefE"


def unstripped(elf: bytes = ELF) -> bytes:
    found = with_symbols(elf, [(MANGLED, START, 24, FUNCTION)])
    return with_debug_information(found, [], [(START, 3), (START + 8, 4), (START + 24, 0)])


def test_symbols_of_a_stripped_program() -> None:
    symbols = SymbolFiles({"release/demo.so": unstripped()}).of(ELF, PROGRAM)
    assert symbols.names.at(0) == "demo::leaf"
    assert symbols.lines.at(1) == SourceLine("src/lib.rs", 4)
    assert symbol_notes(symbols, PROGRAM.slots) == {0: "demo::leaf, src/lib.rs:3", 1: "src/lib.rs:4"}


def test_a_program_without_a_file_has_its_own_symbols() -> None:
    own = with_symbols(ELF, [(MANGLED, START, 24, FUNCTION)])
    program = load_program(own)
    other = write_elf(assemble("mov64 r0, 7\nexit", 0))
    files = SymbolFiles({"other.so": with_symbols(other, [("main", 0x120, 16, FUNCTION)])})
    assert files.of(own, program).names.at(0) == "demo::leaf"
    assert SymbolFiles().of(ELF, PROGRAM).names.at(0) == "function_0"


def test_raw_bytecode_is_its_own_text() -> None:
    assert text_of(text_of(ELF)) == text_of(ELF)
    SymbolFiles({"demo.so": unstripped()}).check([text_of(ELF)])


def message(name: str, content: bytes, *programs: bytes) -> str:
    with pytest.raises(InputError) as caught:
        SymbolFiles({name: content}).check(programs)
    return str(caught.value)


def test_a_file_that_fits_no_program() -> None:
    shorter = write_elf(assemble("mov64 r0, 7\nexit", 0))
    same_length = ELF.replace(text_of(ELF), text_of(ELF)[:8] + b"\xb7" + text_of(ELF)[9:])
    slots = len(text_of(ELF)) // 8
    assert message("a.so", unstripped(), same_length) == (
        "symbols a.so: its text differs from that of the program: "
        f"slot 1 is {text_of(ELF)[8:16].hex()}, expected {text_of(same_length)[8:16].hex()}"
    )
    assert message("a.so", unstripped(), shorter, same_length).startswith(
        "symbols a.so: its text differs from that of every program that ran: slot 1 is "
    )
    longer = write_elf(assemble(NESTED + "\nmov64 r0, 0\nexit", 0))
    assert message("a.so", unstripped(), longer) == (
        f"symbols a.so: its text differs from that of the program: it has {slots} slots, expected {slots + 2}"
    )
    assert message("a.so", unstripped()) == (
        "symbols a.so: expected the program that ran, but no sBPF program ran"
    )


def test_files_that_have_no_symbols() -> None:
    assert message("a.so", ELF) == (
        "symbols a.so: has no symbols, expected a file that is not stripped, as cargo build-sbf writes it to "
        "target/sbf-solana-solana/release or target/sbpf-solana-solana/release"
    )
    assert message("a.txt", b"text") == "symbols a.txt: starts with b'text', expected an ELF file"
    assert message("a.so", ELF[:80]).startswith("symbols a.so: its tables cannot be read: ")


def test_a_program_with_tables_that_only_the_loader_accepts() -> None:
    """The loader ignores the section that `sh_link` of a symbol table names."""
    elf = bytearray(write_elf(assemble("mov64 r0, 0\nexit", 0)))
    headers = int.from_bytes(elf[40:48], "little")
    for header in range(headers, len(elf), 64):
        if elf[header + 4 : header + 8] in ((2).to_bytes(4, "little"), (11).to_bytes(4, "little")):
            elf[header + 40 : header + 44] = bytes(4)
    file = bytes(elf)
    symbols = SymbolFiles().of(file, load_program(file))
    assert symbols.names.functions == ()
