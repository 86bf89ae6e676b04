"""Calls, calls by register, returns, and the frames they save."""

from __future__ import annotations

import pytest

from assurance.programs import asm
from assurance.runs import LIMIT
from solproof.program.program import TEXT_ADDRESS, Program
from tests.support.conformance import assert_conforms, assert_like_oracle, rows_of

F = 3
"""The slot of the function f of `recursion`."""


def recursion(depth: int, *, by_register: bool = False) -> Program:
    """f(n) changes r6 to r9 and its frame, calls f(n - 1), and adds what it saved to r0."""
    changes = "\n".join(f"mov64 r{n}, r1; mul64 r{n}, {n * 1000 + 1}" for n in (6, 7, 8, 9))
    again = f"lddw r3, {TEXT_ADDRESS + 8 * F + 1}; callx r3" if by_register else "call f"
    source = f"""
        mov64 r1, {depth - 1}
        call f
        exit
    f:
        {changes}
        stxdw [r10-8], r6
        jeq r1, 0, leaf
        sub64 r1, 1
        {again}
    leaf:
        ldxdw r2, [r10-8]
        add64 r0, r2; add64 r0, r6; add64 r0, r7; add64 r0, r8; add64 r0, r9
        exit
    """
    return asm(source)


@pytest.mark.parametrize("by_register", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3, 62, 63])
def test_depth(depth: int, by_register: bool) -> None:
    witness = assert_conforms(recursion(depth, by_register=by_register))
    assert rows_of(witness, "call") == depth


def test_depth_limit() -> None:
    outcome = assert_like_oracle(recursion(64))
    assert outcome.fault is not None
    assert outcome.fault.name == "CallDepthExceeded"


@pytest.mark.parametrize("plus", range(8))
@pytest.mark.parametrize("register", range(10))
def test_call_register(register: int, plus: int) -> None:
    """The address need not be a multiple of 8, and any register but r10 may hold it."""
    source = f"""
        lddw r{register}, {TEXT_ADDRESS + 8 * 4 + plus}
        callx r{register}
        exit
        mov64 r6, 1
        mov64 r0, 9
        exit
    """
    assert rows_of(assert_conforms(asm(source)), "call") == 1


def test_far_call_register() -> None:
    """A target above 2^13 slots carries into the second limb of its address."""
    far = 9004
    exits = "exit\n" * (far - 3)
    assert_conforms(asm(f"lddw r4, {TEXT_ADDRESS + 8 * far + 7}; callx r4; {exits} exit"))


def test_nested_and_repeated() -> None:
    """A tree of calls: the same function many times, at several depths, with registers that must survive."""
    source = """
        mov64 r6, 0
    loop:
        mov64 r1, r6
        call branch
        add64 r6, 1
        jlt r6, 5, loop
        exit
    branch:
        mov64 r6, r1
        mov64 r7, r10
        call leaf
        lddw r8, twig
        callx r8
        call leaf
        sub64 r7, r10
        add64 r0, r7
        exit
    twig:
        mov64 r8, -1
        call leaf
        call leaf
        exit
    leaf:
        add64 r0, r6
        mov64 r6, 77
        mov64 r9, 78
        stxb [r10-1], r9
        exit
    """
    assert rows_of(assert_conforms(asm(source)), "call") == 5 * (4 + 2)


def test_entry_in_the_middle() -> None:
    witness = assert_conforms(asm("f: add64 r0, 4; exit; entrypoint: call f; call f; exit"))
    assert witness.public[0].final.registers[0] == 8


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (0x1_0000_0000 - 8, "CallOutsideTextSegment"),
        (0x1_0000_0000 + 8 * 5, "CallOutsideTextSegment"),
        (0, "CallOutsideTextSegment"),
        (2**64 - 1, "CallOutsideTextSegment"),
        (0x1_0000_0008, "UnsupportedInstruction"),
    ],
)
def test_bad_targets(address: int, name: str) -> None:
    """Targets outside the text, and the second slot of an lddw."""
    outcome = assert_like_oracle(asm(f"lddw r1, {address}; callx r1; exit; exit"))
    assert outcome.fault is not None
    assert outcome.fault.name == name


def test_unknown_function() -> None:
    outcome = assert_like_oracle(asm("syscall 0x1234; exit"))
    assert outcome.fault is not None
    assert outcome.fault.name == "UnsupportedInstruction"


def test_overrun() -> None:
    """Execution past the end of the text."""
    outcome = assert_like_oracle(asm("mov64 r0, 3"))
    assert outcome.fault is not None
    assert outcome.fault.name == "ExecutionOverrun"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, LIMIT])
def test_meter(limit: int) -> None:
    """An instruction is counted before it executes, so exactly `limit` instructions run."""
    outcome = assert_like_oracle(asm("mov64 r0, 3; add64 r0, 3; exit"), limit=limit)
    assert (outcome.fault is None) == (limit >= 3)
    if outcome.fault is not None:
        assert outcome.fault.name == "ExceededMaxInstructions"
