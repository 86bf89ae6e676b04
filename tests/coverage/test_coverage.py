"""Counts of slots, branches and functions, compared with the steps of the runs."""

from __future__ import annotations

from collections import Counter

import pytest

from solproof.coverage.coverage import ProgramCoverage, coverage_of
from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.errors import InputError
from solproof.execution.execute import execute
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.program.symbols import SymbolFiles
from solproof.runtime.execution_input import ExecutionInput
from solproof.tracing.steps import trace
from tests.support.call_trees import NESTED
from tests.support.frame_trees import associated_token
from tests.support.symbol_tables import FUNCTION, with_symbols

BRANCHES = """
entrypoint:
    lddw r2, 0x100000000
    ldxdw r3, [r1]
    jeq r3, 0, none
    mov64 r0, 1
    exit
none:
    mov64 r0, 0
    exit
"""


def with_data(data: bytes) -> ExecutionInput:
    return ExecutionInput(write_elf(assemble(BRANCHES, 0)), bytes(32), (), data)


def only(*found: ProgramCoverage) -> ProgramCoverage:
    (program,) = found
    return program


def test_an_execution() -> None:
    found = only(*coverage_of([execute(with_data(b""))]))
    assert found.instructions == {0: 1, 2: 1, 3: 1, 4: 0, 5: 0, 6: 1, 7: 1}
    assert found.branches == {3: (1, 0)}
    assert [(function.name, function.start, function.end) for function in found.functions] == [
        ("entrypoint", 0, 8)
    ]


def test_counts_add_up_over_runs() -> None:
    execution = execute(transfer(classic_token()))
    once, twice = (only(*coverage_of([execution] * times)) for times in (1, 2))
    assert twice.executed.tolist() == [2 * count for count in once.executed.tolist()]
    assert twice.entered == Counter({pc: 2 * count for pc, count in once.entered.items()})
    steps = Counter(step.pc for step in trace(execution))
    assert {pc: count for pc, count in once.instructions.items() if count} == steps


def test_functions_that_were_not_entered_are_known_by_their_calls() -> None:
    source = NESTED.replace("    call middle\n", "    jne r1, 0, +1\n    call middle\n", 1)
    found = only(*coverage_of([execute(ExecutionInput(write_elf(assemble(source, 0)), bytes(32), (), b""))]))
    assert found.entered == {0: 1, 6: 1}
    assert [function.start for function in found.functions] == [0, 3, 6]


def test_every_program_of_a_transaction() -> None:
    execution = associated_token().execution
    found = coverage_of([execution])
    assert len(found) == 2  # four of the five frames run the token program
    assert sum(int(program.executed.sum()) for program in found) == execution.output.executed_instructions
    assert [program.entered[program.program.entry] for program in found] == [1, 4]


def test_symbols_must_fit_a_program() -> None:
    other = with_symbols(write_elf(assemble("mov64 r0, 0\nexit", 0)), [("main", 0x120, 16, FUNCTION)])
    with pytest.raises(InputError, match=r"^symbols other\.so: its text differs from that of the program: "):
        coverage_of([execute(with_data(b""))], SymbolFiles({"other.so": other}))
