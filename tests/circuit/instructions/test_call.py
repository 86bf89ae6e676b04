"""Calls, calls by register, returns, and the frames they save."""

from __future__ import annotations

import pytest

from tests.conformance import LIMIT, assert_conforms, assert_like_oracle, rows_of
from tests.program_builder import ProgramBuilder


def recursion(depth: int, *, by_register: bool = False) -> ProgramBuilder:
    """f(n) changes r6 to r9 and its frame, calls f(n - 1), and adds what it saved to r0."""
    builder = ProgramBuilder()
    builder.emit("MOV64_IMM", 1, immediate=depth - 1)
    builder.call("f")
    builder.exit()
    builder.label("f")
    for register in (6, 7, 8, 9):
        builder.emit("MOV64_REG", register, 1)
        builder.emit("MUL64_IMM", register, immediate=register * 1000 + 1)
    builder.emit("ST_DW_REG", 10, 6, -8)
    builder.jump("leaf", "JEQ64_IMM", 1)
    builder.emit("SUB64_IMM", 1, immediate=1)
    if by_register:
        builder.address_of(3, "f", plus=1)
        builder.call_register(3)
    else:
        builder.call("f")
    builder.label("leaf")
    builder.emit("LD_DW_REG", 2, 10, -8)
    for register in (2, 6, 7, 8, 9):
        builder.emit("ADD64_REG", 0, register)
    builder.exit()
    return builder


@pytest.mark.parametrize("by_register", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3, 62, 63])
def test_depth(depth: int, by_register: bool) -> None:
    witness = assert_conforms(recursion(depth, by_register=by_register).build())
    assert rows_of(witness, "call") == depth


def test_depth_limit() -> None:
    outcome = assert_like_oracle(recursion(64).build())
    assert outcome.fault is not None
    assert outcome.fault.name == "CallDepthExceeded"


@pytest.mark.parametrize("plus", range(8))
@pytest.mark.parametrize("register", range(10))
def test_call_register(register: int, plus: int) -> None:
    """The address need not be a multiple of 8, and any register but r10 may hold it."""
    builder = ProgramBuilder()
    builder.address_of(register, "f", plus)
    builder.call_register(register)
    builder.exit()
    builder.label("f")
    builder.emit("MOV64_IMM", 6, immediate=1)
    builder.emit("MOV64_IMM", 0, immediate=9)
    builder.exit()
    assert rows_of(assert_conforms(builder.build()), "call") == 1


def test_far_call_register() -> None:
    """A target above 2^13 slots carries into the second limb of its address."""
    builder = ProgramBuilder()
    builder.address_of(4, "f", 7)
    builder.call_register(4)
    builder.exit()
    for _ in range(9000):
        builder.exit()
    builder.label("f")
    builder.exit()
    assert_conforms(builder.build())


def test_nested_and_repeated() -> None:
    """A tree of calls: the same function many times, at several depths, with registers that must survive."""
    builder = ProgramBuilder()
    builder.emit("MOV64_IMM", 6, immediate=0)
    builder.label("loop")
    builder.emit("MOV64_REG", 1, 6)
    builder.call("branch")
    builder.emit("ADD64_IMM", 6, immediate=1)
    builder.jump("loop", "JLT64_IMM", 6, immediate=5)
    builder.exit()
    builder.label("branch")
    builder.emit("MOV64_REG", 6, 1)
    builder.emit("MOV64_REG", 7, 10)
    builder.call("leaf")
    builder.address_of(8, "twig")
    builder.call_register(8)
    builder.call("leaf")
    builder.emit("SUB64_REG", 7, 10)
    builder.emit("ADD64_REG", 0, 7)
    builder.exit()
    builder.label("twig")
    builder.emit("MOV64_IMM", 8, immediate=-1)
    builder.call("leaf")
    builder.call("leaf")
    builder.exit()
    builder.label("leaf")
    builder.emit("ADD64_REG", 0, 6)
    builder.emit("MOV64_IMM", 6, immediate=77)
    builder.emit("MOV64_IMM", 9, immediate=78)
    builder.emit("ST_B_REG", 10, 9, -1)
    builder.exit()
    assert rows_of(assert_conforms(builder.build()), "call") == 5 * (4 + 2)


def test_entry_in_the_middle() -> None:
    builder = ProgramBuilder()
    builder.label("f")
    builder.emit("ADD64_IMM", 0, immediate=4)
    builder.exit()
    builder.label("main")
    builder.call("f")
    builder.call("f")
    builder.exit()
    witness = assert_conforms(builder.build(entry="main"))
    assert witness.public.final.registers[0] == 8


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
    """Outside the text, and into the second slot of an lddw."""
    builder = ProgramBuilder()
    builder.constant(1, address)
    builder.call_register(1)
    builder.exit()
    builder.exit()
    outcome = assert_like_oracle(builder.build())
    assert outcome.fault is not None
    assert outcome.fault.name == name


def test_unknown_function() -> None:
    builder = ProgramBuilder()
    builder.emit("CALL_IMM", immediate=0x1234)
    builder.exit()
    outcome = assert_like_oracle(builder.build())
    assert outcome.fault is not None
    assert outcome.fault.name == "UnsupportedInstruction"


def test_overrun() -> None:
    """Execution past the end of the text."""
    builder = ProgramBuilder()
    builder.emit("MOV64_IMM", 0, immediate=3)
    outcome = assert_like_oracle(builder.build())
    assert outcome.fault is not None
    assert outcome.fault.name == "ExecutionOverrun"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, LIMIT])
def test_meter(limit: int) -> None:
    """An instruction is counted before it executes; exactly `limit` of them may run."""
    builder = ProgramBuilder()
    builder.emit("MOV64_IMM", 0, immediate=3)
    builder.emit("ADD64_IMM", 0, immediate=3)
    builder.exit()
    outcome = assert_like_oracle(builder.build(), limit=limit)
    assert (outcome.fault is None) == (limit >= 3)
    if outcome.fault is not None:
        assert outcome.fault.name == "ExceededMaxInstructions"
