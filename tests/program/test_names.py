"""Names of functions from symbol tables, from DWARF, and without both."""

from __future__ import annotations

import pytest

from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.names import Function, demangled, function_names
from solproof.program.program import Program
from solproof.program.raw import RawFormat
from tests.support.call_trees import NESTED
from tests.support.mainnet_programs import mainnet_programs
from tests.support.symbol_tables import FUNCTION, OBJECT, with_debug_information, with_symbols


@pytest.fixture(scope="module")
def elf() -> bytes:
    """A V0 file whose text starts at an address that the loader moves."""
    return write_elf(assemble(NESTED, 0))


def text_start(program: Program) -> int:
    return program.text_address - 0x1_0000_0000


def test_symbols(elf: bytes) -> None:
    start = text_start(load_program(elf))
    symbols = [
        ("leaf", start, 24, FUNCTION),
        ("middle", start + 24, 24, FUNCTION),
        ("data", start + 48, 8, OBJECT),
        ("outside", start + 8000, 8, FUNCTION),
    ]
    content = with_symbols(elf, symbols)
    program = load_program(content)
    names = function_names(content, program)
    assert names.functions == (Function(0, 3, "leaf"), Function(3, 6, "middle"))
    assert [names.at(pc) for pc in (0, 1, 3, 6, 7)] == [
        "leaf",
        "leaf+1",
        "middle",
        "entrypoint",
        "function_7",
    ]


def test_debug_information(elf: bytes) -> None:
    start = text_start(load_program(elf))
    content = with_debug_information(elf, [("leaf", start, 24), ("begin", start + 48, 32)])
    program = load_program(content)
    names = function_names(content, program)
    assert names.functions == (Function(0, 3, "leaf"), Function(6, 10, "begin"))


def test_broken_tables_name_nothing(elf: bytes) -> None:
    start = text_start(load_program(elf))
    content = with_debug_information(elf, [("leaf", start, 24)]).replace(
        b"\x02\x2e\0\x03\x08", b"\x02\x2e\0\x03\xff"
    )
    program = load_program(content)
    assert function_names(content, program).functions == ()


def test_a_file_without_sections() -> None:
    content = write_elf(assemble(NESTED, 3))
    names = function_names(content, load_program(content))
    assert (names.functions, names.at(6), names.at(0)) == ((), "entrypoint", "function_0")


def test_raw_bytecode() -> None:
    content = write_raw(assemble(NESTED, 3))
    program = load_program(content, RawFormat(3, 6))
    assert function_names(content, program).at(6) == "entrypoint"


@pytest.mark.parametrize("name", ["token", "token_2022", "memo_v1", "stake"])
def test_mainnet_programs_name_their_entry(name: str) -> None:
    content = mainnet_programs()[name]
    program = load_program(content)
    names = function_names(content, program)
    assert names.at(program.entry) == "entrypoint"
    assert Function(program.entry, program.entry + 1, "entrypoint") not in names.functions


@pytest.mark.parametrize(
    ("mangled", "name"),
    [
        ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"),
        (
            "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
            "<Test + 'static as foo::Bar<Test>>::bar",
        ),
        ("_ZN4core3fmtE", "_ZN4core3fmtE"),
        ("_ZN99core17h0123456789abcdefE", "_ZN99core17h0123456789abcdefE"),
        ("_RNvCs1234_7mycrate3foo", "_RNvCs1234_7mycrate3foo"),
        ("entrypoint", "entrypoint"),
    ],
)
def test_rust_names(mangled: str, name: str) -> None:
    assert demangled(mangled) == name
