"""The values computed from the recorded trace are those of the run."""

from __future__ import annotations

import numpy as np
import pytest

from assurance.corpus import INPUT_REGION, every_opcode_run, long_waits_run
from assurance.program_builder import ProgramBuilder
from assurance.programs import asm
from assurance.runs import LIMIT, run
from solproof.runtime.features import MAINNET
from solproof.tracing.columns import Columns
from solproof.tracing.memory_map import regions_after, regions_before
from solproof.tracing.steps import Step, steps_of
from solproof.vm.memory import HEAP, INPUT, STACK
from solproof.vm.trace import Run
from tests.support.conformance import states

VERSIONS = (0, 2, 3)


def steps(outcome: Run, size: int) -> list[Step]:
    """All steps, computed `size` at a time."""
    columns = Columns(outcome, MAINNET)
    return [step for block in columns.blocks(size) for step in steps_of(columns, block)]


@pytest.mark.parametrize("size", [7, 1000, 2**14])
@pytest.mark.parametrize("version", VERSIONS)
def test_registers_are_those_of_the_reference(version: int, size: int) -> None:
    """Compared with `states`, which another test compares with the reference machine step by step."""
    outcome = every_opcode_run(version)
    found = steps(outcome, size)
    assert [(*step.registers_before, step.pc) for step in found] == states(outcome)
    assert [step.registers_after for step in found[:-1]] == [step.registers_before for step in found[1:]]
    assert found[-1].registers_after == outcome.final.registers
    assert [step.index for step in found] == list(range(outcome.instructions))


def test_blocks_of_any_size_are_the_same() -> None:
    outcome = every_opcode_run()
    assert steps(outcome, 13) == steps(outcome, 2**14)


@pytest.mark.parametrize("version", VERSIONS)
def test_accesses(version: int) -> None:
    """A stored byte is the next loaded byte at its address, and a loaded value is in its register."""
    outcome = every_opcode_run(version)
    memory: dict[int, int] = {}
    accesses = 0
    for step in steps(outcome, 1000):
        words = step.syscall.words if step.syscall else ()
        parts = [(each.address, each.size, each.old, each.new) for each in step.memory]
        parts += [(word.address, 8, word.old, word.new) for word in words]
        for address, size, old, new in parts:
            for position, (before, after) in enumerate(
                zip(old.to_bytes(size, "little"), new.to_bytes(size, "little"), strict=True)
            ):
                assert memory.setdefault(address + position, before) == before
                memory[address + position] = after
        for access in step.memory:
            accesses += 1
            base = "source" if access.kind == "read" else "destination"
            expected = step.registers_before[step.operands[base]] + step.operands["offset"]
            assert access.address == expected % 2**64
            if access.kind == "read":
                assert access.old == access.new == step.registers_after[step.operands["destination"]]
    assert accesses > 300


@pytest.mark.parametrize("version", VERSIONS)
def test_meter_and_depth(version: int) -> None:
    outcome = every_opcode_run(version)
    found = steps(outcome, 100)
    assert found[0].compute_units_before == LIMIT
    assert found[-1].compute_units_after == LIMIT - outcome.compute_units
    depth = 0
    for step in found:
        assert step.call_depth == depth
        cost = 1 + (step.syscall.compute_units if step.syscall else 0)
        assert step.compute_units_before - step.compute_units_after == cost
        if step.syscall is None:
            depth += step.mnemonic in ("CALL_IMM", "CALL_REG")
        depth -= step.mnemonic == "EXIT"
    assert depth == -1
    assert max(step.call_depth for step in found) == 4


def test_operands_and_text() -> None:
    source = """
        lddw r1, 0x123456789
        sth [r10-16], -1
        jslt r0, 1, after
    after:
        call function
        be32 r2
        lddw r3, function
        callx r3
        syscall sol_log_compute_units_
        exit
    function:
        exit
    """
    found = steps(run(asm(source)), 100)
    described = [(step.mnemonic, step.assembly, dict(step.operands)) for step in found]
    assert described == [
        ("LD_DW_IMM", "lddw r1, 0x123456789", {"destination": 1, "immediate": 0x1_2345_6789}),
        ("ST_H_IMM", "sth [r10-0x10], -1", {"destination": 10, "offset": -16, "immediate": -1}),
        (
            "JSLT64_IMM",
            "jslt r0, 1, lbb_4",
            {"destination": 0, "offset": 0, "immediate": 1, "target": 4},
        ),
        ("CALL_IMM", "call function_11", {"immediate": 0x7000_000B, "target": 11}),
        ("EXIT", "exit", {}),
        ("BE", "be32 r2", {"destination": 2, "immediate": 32}),
        ("LD_DW_IMM", "lddw r3, 0x100000058", {"destination": 3, "immediate": 0x1_0000_0058}),
        ("CALL_REG", "callx r3", {"source": 3}),
        ("EXIT", "exit", {}),
        (
            "CALL_IMM",
            "syscall sol_log_compute_units_",
            {"immediate": found[9].operands["immediate"]},
        ),
        ("EXIT", "exit", {}),
    ]
    assert [step.opcode for step in found[:2]] == [0x18, 0x6A]


@pytest.mark.parametrize("version", VERSIONS)
def test_memory_before_and_after(version: int) -> None:
    outcome = every_opcode_run(version)
    columns = Columns(outcome, MAINNET)
    before = {region.address >> 32: region for region in regions_before(outcome, INPUT_REGION)}
    after = {region.address >> 32: region for region in regions_after(columns, INPUT_REGION)}
    assert [region.name for region in before.values()] == ["image", "stack", "heap", "input"]
    assert before[INPUT].content == INPUT_REGION
    assert after[INPUT].content == outcome.input_region != INPUT_REGION
    image = outcome.layout.image_region
    assert after[image].content == before[image].content == outcome.program.image
    assert not after[image].writable
    assert after[STACK].has_holes == (version == 0)
    for region, found in after.items():
        assert len(found.content) == found.size == outcome.layout.size(region)
    heap = np.frombuffer(after[HEAP].content, "<u8")
    assert heap[-1] == 2**64 - 1 and np.count_nonzero(heap) > 5


def test_a_long_run() -> None:
    outcome = long_waits_run()
    found = steps(outcome, 2**14)
    assert found[-1].registers_after == outcome.final.registers
    assert {step.call_depth for step in found[6:-4]} == {1}


def test_a_fault_is_in_the_last_step() -> None:
    first, last = steps(run(asm("mov64 r3, 5; ldxb r0, [r0]; exit")), 100)
    assert first.fault is None and last.fault is not None
    assert (last.fault.name, last.fault.pc) == ("AccessViolation", 1)
    assert last.fault.message == "Access violation in unknown section at address 0x0 of size 1"
    assert (last.mnemonic, last.memory) == ("LD_B_REG", ())
    assert last.registers_before == last.registers_after


def test_a_syscall_that_fails() -> None:
    last = steps(run(asm("mov64 r1, 1; mov64 r2, 3; syscall sol_log_")), 100)[-1]
    assert last.fault is not None and last.fault.name == "AccessViolation"
    assert last.syscall is not None
    assert (last.syscall.name, last.syscall.result, last.syscall.compute_units) == ("sol_log_", None, 100)
    assert last.compute_units_before - last.compute_units_after == 101


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_meter_that_runs_out(limit: int) -> None:
    """The last step succeeded, and the fault names the slot that was not executed."""
    builder = ProgramBuilder()
    for register in range(3):
        builder.emit("MOV64_IMM", register, immediate=7)
    builder.exit()
    found = steps(run(builder.build(), limit=limit), 100)
    assert len(found) == limit
    if limit:
        fault = found[-1].fault
        assert fault is not None and (fault.name, fault.pc) == ("ExceededMaxInstructions", limit)
        assert found[-1].registers_after[limit - 1] == 7
        assert found[-1].compute_units_after == 0


def test_running_over_the_end() -> None:
    last = steps(run(asm("mov64 r0, 7")), 100)[-1]
    assert (last.pc, last.opcode, last.mnemonic, last.assembly) == (1, None, None, "(end of the text)")
    assert last.fault is not None and last.fault.name == "ExecutionOverrun"


def test_a_syscall_that_takes_all_that_is_left() -> None:
    last = steps(run(asm("syscall sol_log_compute_units_; exit"), limit=50), 100)[-1]
    assert last.fault is not None and last.fault.name == "ComputationalBudgetExceeded"
    assert (last.compute_units_before, last.compute_units_after) == (50, 0)
