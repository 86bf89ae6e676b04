"""lcov tracefiles of listings and of source files."""

from __future__ import annotations

from solproof.coverage.coverage import ProgramCoverage, coverage_of
from solproof.coverage.lcov import lcov, listing
from solproof.execution.execute import execute
from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.program.symbols import SymbolFiles
from solproof.runtime.execution_input import ExecutionInput
from tests.support.call_trees import NESTED
from tests.support.symbol_tables import with_debug_information

SOURCE = NESTED.replace("    call leaf\n    exit\n", "    jeq r0, 0, +1\n    call leaf\n    exit\n", 1)
"""`middle` returns before its second call of `leaf`."""


def covered(symbols: SymbolFiles | None = None) -> ProgramCoverage:
    given = ExecutionInput(write_elf(assemble(SOURCE, 0)), bytes(32), (), b"")
    (program,) = coverage_of([execute(given)], symbols)
    return program


def test_a_listing_stands_for_the_source() -> None:
    program = covered()
    assert lcov([program], lambda _: "program.s").splitlines() == [
        *("TN:", "SF:program.s"),
        *("FN:1,function_0", "FN:4,function_3", "FN:8,entrypoint"),
        *("FNDA:2,function_0", "FNDA:1,function_3", "FNDA:1,entrypoint", "FNF:3", "FNH:3"),
        *("BRDA:5,4,0,1", "BRDA:5,4,1,0", "BRF:2", "BRH:1"),
        *("DA:1,2", "DA:2,2", "DA:3,2", "DA:4,1", "DA:5,1", "DA:6,0", "DA:7,1"),
        *("DA:8,1", "DA:9,1", "DA:10,1", "DA:11,1", "LF:11", "LH:10"),
        "end_of_record",
    ]
    assert listing(program).splitlines()[:5] == [
        "mov64 r0, 7  # function_0",
        "syscall sol_log_64_",
        "exit",
        "call function_0  # function_3",
        "jeq r0, 0, lbb_6",
    ]


def test_source_files() -> None:
    elf = write_elf(assemble(SOURCE, 0))
    start = load_program(elf).text_address - 0x1_0000_0000
    lines = [(start, 3), (start + 8, 4), (start + 24, 9), (start + 40, 10), (start + 48, 11), (start + 56, 0)]
    file = with_debug_information(elf, [("leaf", start, 24), ("middle", start + 24, 32)], lines)
    text = lcov([covered(SymbolFiles({"release.so": file}))], lambda _: "unused.s")
    assert text.splitlines() == [
        *("TN:", "SF:src/lib.rs", "FN:3,leaf", "FN:9,middle", "FNDA:2,leaf", "FNDA:1,middle"),
        *("FNF:2", "FNH:2", "BRDA:9,4,0,1", "BRDA:9,4,1,0", "BRF:2", "BRH:1"),
        *("DA:3,2", "DA:4,2", "DA:9,1", "DA:10,0", "DA:11,1", "LF:5", "LH:4"),
        "end_of_record",
    ]
