"""The chained register accesses of a run: instructions, calls, returns and syscalls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solproof.accesses import memory_calls
from solproof.accesses.arrays import Integers, Values
from solproof.accesses.calls import Calls, call_accesses, call_tree, calls_of
from solproof.accesses.memory_calls import MemoryCalls
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.accesses.registers import (
    MEMORY_UNITS_REGISTER,
    Found,
    RegisterAccesses,
    Special,
    chain_registers,
    joined,
    parted,
)
from solproof.vm.limits import FRAME_STRIDES
from solproof.vm.trace import Run, SyscallEvent

ARGUMENTS = (1, 2, 3, 4, 5)
"""The registers that an event reads."""


@dataclass(frozen=True, slots=True)
class SyscallAccesses:
    """Arrays over some syscalls: r0 before each call, and the times of the accesses before the call's own."""

    r0: Values
    arguments_before: Integers  # [calls, arguments]
    r0_before: Integers
    units_before: Integers


@dataclass(frozen=True, slots=True)
class RegisterLog:
    """The register accesses of a run.

    accesses: the accesses of all instructions.
    The other fields hold the accesses that the chips of calls and syscalls need.
    """

    accesses: RegisterAccesses
    calls: Calls
    events: SyscallAccesses
    memory_calls: SyscallAccesses


def register_log(
    run: Run,
    program: ProgramTable,
    codes: Integers,
    returned: Sequence[SyscallEvent],
    proven: MemoryCalls,
) -> RegisterLog:
    """Chain the register accesses of a run.

    codes: the family code of each step.
    returned: the events that returned.
    proven: the calls of memory syscalls that the circuit proves.
    """
    steps, pc = len(codes), run.trace.pc[: len(codes)]
    accessed = np.full((steps, 2), -1, np.int8)
    accessed[:, 0] = np.where(program.reads_source[pc], program.source[pc], -1)
    accessed[:, 1] = np.where(program.uses_destination[pc], program.destination[pc], -1)
    call_clk = np.flatnonzero(np.isin(codes, (FamilyCode.CALL, FamilyCode.CALL_REGISTER))) + 1
    tree = call_tree(call_clk, np.flatnonzero(codes == FamilyCode.EXIT) + 1)
    by_register = codes[call_clk - 1] == FamilyCode.CALL_REGISTER
    callee, stride = program.source[pc[call_clk - 1]], FRAME_STRIDES[run.program.version]
    parts = {
        **call_accesses(tree, run.trace.frames, by_register, callee, stride),
        "events": _event_accesses(returned),
        "memory_calls": _memory_call_accesses(proven),
    }
    initial = np.array([*run.registers, 0, 0], np.uint64)
    accesses = chain_registers(
        accessed, program.writes_destination[pc], run.trace.value[:steps], joined(parts), initial
    )
    found = parted(parts, accesses)
    reached = np.append(pc, run.final.pc)
    return RegisterLog(
        accesses,
        calls_of(tree, found, by_register, callee, stride, run.trace.pc, reached),
        _syscalls(found["events"], len(ARGUMENTS)),
        _syscalls(found["memory_calls"], len(memory_calls.ARGUMENTS)),
    )


def _event_accesses(events: Sequence[SyscallEvent]) -> Special:
    clk = np.array([event.clk for event in events], np.int64)
    return _syscall_accesses(clk, ARGUMENTS, np.array([event.result for event in events], np.uint64), None)


def _memory_call_accesses(calls: MemoryCalls) -> Special:
    units = (calls.units + calls.cost).astype(np.uint64)
    return _syscall_accesses(calls.clk, memory_calls.ARGUMENTS, np.zeros(len(calls), np.uint64), units)


def _syscall_accesses(
    clk: Integers, arguments: Sequence[int], result: Values, units: Values | None
) -> Special:
    """The accesses of each syscall. It reads its arguments, writes r0, and reads the units or writes them."""
    index = np.tile(np.array([*arguments, 0, MEMORY_UNITS_REGISTER]), len(clk))
    time = np.repeat(2 * clk, len(arguments) + 2) + np.isin(index, (0, MEMORY_UNITS_REGISTER))
    value = np.zeros(len(time), np.uint64)
    value[index == 0] = result
    writes = index == 0
    if units is not None:
        writes |= index == MEMORY_UNITS_REGISTER
        value[index == MEMORY_UNITS_REGISTER] = units
    return Special(index, time, writes, value)


def _syscalls(found: Found, arguments: int) -> SyscallAccesses:
    before = found.before.reshape(-1, arguments + 2)
    r0 = found.value.reshape(-1, arguments + 2)[:, arguments]
    return SyscallAccesses(r0, before[:, :arguments], before[:, arguments], before[:, arguments + 1])
