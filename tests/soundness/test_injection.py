"""The judge of fault injection: which of the two witnesses of a run lies, and what objects to it.

One witness has the values that the machine recorded. In the other, the rows show what the machine found in
its registers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assurance.corpus import tour
from assurance.injection import Lie, LyingMachine, Told, objections, same, tell, truth
from assurance.programs import asm
from assurance.report import explain_told
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput
from solproof.vm import faults

VERSIONS = (0, 1, 2, 3)


def told_by(lie: Lie, at: int, source: str, *, version: int = 0) -> tuple[Told, Told]:
    """The true run of a program, and the run with a lie."""
    raw = RawFormat(version)
    given = ExecutionInput(asm(source, version).text, bytes(32), (), b"", program_format=raw)
    return tell(given), tell(given, lie, at)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("as_found", [False, True])
def test_the_truth_is_no_lie(version: int, as_found: bool) -> None:
    true, again = tell(tour(version)), tell(tour(version))
    assert same(true, again, as_found=as_found)
    assert objections(true, as_found=as_found) == set()
    pairs = zip(true.witness(as_found=as_found).instances, true.witness().instances, strict=True)
    assert all(np.array_equal(found.main, recorded.main) for found, recorded in pairs)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lie_only_in_the_record(version: int) -> None:
    """The division is executed in another register, and both quotients are what the registers hold already.

    So the machine does what it should. Only the recorded quotient is false.
    """

    def other_quotient(liar: LyingMachine, pc: int) -> int:
        instruction = replace(liar.program.instruction(pc), destination=2)
        liar.operations[pc] = liar._operation(pc, instruction)
        return liar.true_step(pc)

    source = "mov64 r1, 7; mov64 r2, 5; div64 r1, 1; mov64 r1, 3; exit"
    true, told = told_by(other_quotient, 3, source, version=version)
    assert told.states == true.states
    assert not same(told, true)
    assert objections(told) == {
        "divide: bus register: send: destination a: from now on",
        "move: bus register: receive: destination a: as last accessed",
    }
    assert explain_told(told, true).startswith("changed: move, row 2")
    assert same(told, true, as_found=True)
    assert explain_told(told, true, as_found=True) == ""


def test_a_lie_only_in_the_registers() -> None:
    """A register changes, and the next instruction overwrites it."""

    def change(liar: LyingMachine, pc: int) -> int:
        next_pc = liar.true_step(pc)
        liar.registers[1] += 1
        return next_pc

    true, told = told_by(change, 1, "mov64 r1, 7; mov64 r1, 3; exit")
    assert same(told, true)
    assert not same(told, true, as_found=True)
    assert objections(told, as_found=True) == {
        "move: bus register: send: destination a: from now on",
        "move: bus register: receive: destination a: as last accessed",
    }


def test_a_lie_only_in_the_claim() -> None:
    true, told = told_by(truth, 0, "mov64 r0, 0; exit")
    (frame,) = told.execution.frames
    frame = replace(frame, outcome=replace(frame.outcome, fault=faults.divide_by_zero()))
    told = replace(told, execution=replace(told.execution, frames=(frame,)))
    pairs = zip(told.witness().instances, true.witness().instances, strict=True)
    assert all(np.array_equal(claimed.main, proven.main) for claimed, proven in pairs)
    assert not same(told, true)
    assert objections(told) == {
        "verifier: the claim says that the run ended with DivideByZero, it ended with an exit"
    }
