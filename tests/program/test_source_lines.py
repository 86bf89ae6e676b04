"""Source lines from DWARF."""

from __future__ import annotations

from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.program.source_lines import SourceLine, SourceLines, source_lines
from tests.support.call_trees import NESTED
from tests.support.symbol_tables import with_debug_information

ELF = write_elf(assemble(NESTED, 0))
START = load_program(ELF).text_address - 0x1_0000_0000
FILE = "src/lib.rs"
"""Its directory is that of the compilation, which is left out."""


def test_lines_hold_until_the_next_row() -> None:
    rows = [(START, 3), (START + 16, 7), (START + 24, 0)]
    lines = source_lines(with_debug_information(ELF, [], rows), load_program(ELF))
    assert lines.rows == ((0, SourceLine(FILE, 3)), (2, SourceLine(FILE, 7)), (3, None))
    assert [str(lines.at(pc)) for pc in range(4)] == [f"{FILE}:3", f"{FILE}:3", f"{FILE}:7", "None"]


def test_code_that_the_linker_dropped_has_no_lines() -> None:
    rows = [(0, 3), (START + 64, 0)]
    assert source_lines(with_debug_information(ELF, [], rows), load_program(ELF)) == SourceLines()


def test_files_without_lines() -> None:
    program = load_program(ELF)
    assert source_lines(ELF, program) == SourceLines()
    assert source_lines(program.text, program) == SourceLines()
    broken = with_debug_information(ELF, [], [(START, 3), (START + 8, 0)]).replace(
        b"lib.rs", b"lib.rs\xff", 1
    )
    assert source_lines(broken, program) == SourceLines()
