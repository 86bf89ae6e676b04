"""The reference machine answers as its documentation promises."""

from __future__ import annotations

import pytest

from solproof.isa.instruction import Instruction
from solproof.program.syscall_names import NAMES, function_hash
from tests.support.elf_files import small_elf
from tests.support.oracle.oracle import LoadedProgram, LoadError, OracleRun, Text, oracle
from tests.support.random_instructions import EXIT, encode

INPUT = 0x4_0000_0000
FRAME_END = 0x2_0000_1000
MOVE_5 = Instruction(0xB7, immediate=5)
DIVIDE = Instruction(0x3F, 0, 2)
CALL = Instruction(0x85, immediate=function_hash(2) - (1 << 32) * (function_hash(2) >> 31))


def run(*instructions: Instruction, **options: object) -> OracleRun:
    return oracle().run(Text(encode(*instructions)), **options)  # type: ignore[arg-type]


def test_a_result_and_its_trace() -> None:
    outcome = run(MOVE_5, EXIT, trace=True)
    start = (0, INPUT, 0, 0, 0, 0, 0, 0, 0, 0, FRAME_END)
    after = (5, *start[1:])
    assert outcome == OracleRun("Ok(5)", None, 2, ((*start, 0), (*after, 1)), after, 1, b"")


def test_no_trace_unless_asked_for() -> None:
    assert run(MOVE_5, EXIT).trace == ()


def test_registers_at_the_start() -> None:
    assert run(DIVIDE, EXIT, registers={0: 91, 2: 7}).result == "Ok(13)"


def test_a_fault() -> None:
    outcome = run(MOVE_5, DIVIDE, EXIT)
    assert (outcome.result, outcome.instructions, outcome.pc) == ("Err(DivideByZero)", 2, 1)
    assert outcome.error == "divide by zero at BPF instruction"


def test_an_access_violation() -> None:
    outcome = run(Instruction(0x79, 0, 10), EXIT)
    assert outcome.result == "Err(StackAccessViolation(Load, 8589938688, 8, 1))"
    assert outcome.error == "Access violation in stack frame 1 at address 0x200001000 of size 8"


def test_the_budget() -> None:
    assert run(MOVE_5, EXIT, budget=2).result == "Ok(5)"
    outcome = run(MOVE_5, EXIT, budget=1)
    assert (outcome.result, outcome.instructions, outcome.pc) == ("Err(ExceededMaxInstructions)", 1, 1)


def test_the_input_is_writable() -> None:
    store = Instruction(0x72, 1, offset=2, immediate=0xAB)
    assert oracle().run(Text(encode(store, EXIT)), bytes(4)).input == bytes([0, 0, 0xAB, 0])


def test_the_heap_has_the_size_asked_for() -> None:
    load = Instruction(0x71, 0, 3, 99)
    assert run(load, EXIT, heap=100, registers={3: 0x3_0000_0000}).result == "Ok(0)"
    assert run(load, EXIT, heap=99, registers={3: 0x3_0000_0000}).result.startswith("Err(AccessViolation")


def test_calls_by_key() -> None:
    text = Text(encode(CALL, EXIT, MOVE_5, EXIT), functions={function_hash(2): 2})
    outcome = oracle().run(text, trace=True)
    assert outcome.result == "Ok(5)"
    assert [row[11] for row in outcome.trace] == [0, 2, 3, 1]
    assert [row[10] - FRAME_END for row in outcome.trace] == [0, 8192, 8192, 0]


def test_the_entry_and_the_version() -> None:
    bump = Instruction(0x07, 10, immediate=-64)
    outcome = oracle().run(Text(encode(EXIT, bump, EXIT), version=1, entry=1))
    assert outcome.registers[10] == 0x2_0004_0000 - 64


def test_loading() -> None:
    loaded = oracle().load(small_elf().data, NAMES)
    assert isinstance(loaded, LoadedProgram)
    assert loaded.entry == 0
    assert oracle().load(b"") == LoadError("ElfError", "ValueOutOfBounds", "Offset or value is out of bounds")


def test_what_does_not_load_does_not_run() -> None:
    with pytest.raises(
        ValueError, match=r"^the oracle refuses the program: VerifierError::NoProgram: no program set"
    ):
        oracle().run(Text(b""))
