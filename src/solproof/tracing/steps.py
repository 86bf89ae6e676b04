"""The steps of an execution, one object each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.representation import short_repr
from solproof.tracing.code import Slot
from solproof.tracing.columns import Block, Columns
from solproof.tracing.timeline import Invoke, Steps, timeline
from solproof.vm.trace import Run, SyscallEvent


@dataclass(frozen=True, slots=True)
class MemoryAccess:
    """A load or store of `size` bytes at a virtual address. `old` and `new` are little-endian values."""

    kind: str
    """"read" or "write"."""
    address: int
    size: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Word:
    """The 8 bytes at an address, before and after a syscall."""

    address: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class SyscallRecord:
    """A syscall.

    name: its name.
    arguments: r1..r5.
    result: the value that it put into r0, or None if it failed.
    compute_units: its cost without the unit of the call instruction.
    words: the words of memory that it read or wrote.
    """

    name: str
    arguments: tuple[int, int, int, int, int]
    result: int | None
    compute_units: int
    words: tuple[Word, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """The fault that stopped the program, and its slot.

    If compute units run out, the program stops before an instruction. `pc` is then the slot that was not
    executed.
    """

    name: str
    message: str
    pc: int


@dataclass(frozen=True, slots=True)
class Step:
    """One executed instruction.

    index: from 0 in its frame. It is instruction number index + 1 of the circuit.
    opcode, mnemonic, assembly, operands: see `solproof.tracing.code.Slot`.
    registers_before, registers_after: r0..r10.
    memory: the access of a load or store.
    compute_units_before, compute_units_after: the compute units left on the meter.
    call_depth: how many calls are open before the instruction.
    fault: the fault that stopped the program in this instruction or after it. Only the last step of a frame
    can have a fault.
    frame: the position of its frame among those of the execution, 0 for the program of a single instruction.
    """

    index: int
    pc: int
    opcode: int | None
    mnemonic: str | None
    assembly: str
    operands: Mapping[str, int]
    registers_before: tuple[int, ...]
    registers_after: tuple[int, ...]
    memory: tuple[MemoryAccess, ...]
    compute_units_before: int
    compute_units_after: int
    call_depth: int
    syscall: SyscallRecord | None
    fault: FaultRecord | None
    frame: int

    __repr__ = short_repr


def fault_of(run: Run) -> FaultRecord | None:
    """The fault that stopped a run, or None."""
    fault = run.fault
    return None if fault is None else FaultRecord(fault.name, fault.message, run.final.pc)


def trace(execution: Execution | TransactionExecution) -> Iterator[Step]:
    """Every step of an execution in order, including a failing one.

        for step in solproof.trace(solproof.run(given)):
            print(step.index, step.pc, step.assembly, step.registers_after[0])

    If a program calls another program, the steps of the callee follow the step that calls it. The steps are
    computed on demand, so a run of a million steps needs no more memory than a short one. `timeline` has what
    the runtime did between the steps.
    """
    found = timeline(execution)
    frames = [steps_of_frame(found.columns(frame), frame) for frame in range(len(found.frames))]
    for entry in found.entries:
        if isinstance(entry, Steps):
            yield from islice(frames[entry.frame], entry.end - entry.start)
        elif isinstance(entry, Invoke):
            yield next(frames[entry.frame])


def steps_of_frame(columns: Columns, frame: int = 0) -> Iterator[Step]:
    """The steps of one frame. `frame` is its position."""
    for block in columns.blocks():
        yield from steps_of(columns, block, frame)


def steps_of(columns: Columns, block: Block, frame: int = 0) -> Iterator[Step]:
    """The steps of one block of a frame. `frame` is its position."""
    fault = fault_of(columns.run)
    slots: Mapping[int, Slot] = columns.code.slots
    events, last = block.events, columns.steps - 1
    before = tuple(block.before[0].tolist())
    rows = zip(
        block.pc.tolist(),
        block.after.tolist(),
        block.units_before.tolist(),
        block.units_after.tolist(),
        block.depth.tolist(),
        _accesses(block),
        strict=True,
    )
    for index, (pc, registers, units_before, units_after, depth, memory) in enumerate(rows, block.start):
        slot, after = slots[pc], tuple(registers)
        yield Step(
            index,
            pc,
            slot.opcode,
            slot.mnemonic,
            slot.assembly,
            slot.operands,
            before,
            after,
            memory,
            units_before,
            units_after,
            depth,
            _syscall(columns, index, events[index]) if index in events else None,
            fault if index == last else None,
            frame,
        )
        before = after


def _accesses(block: Block) -> Iterator[tuple[MemoryAccess, ...]]:
    columns = zip(
        block.has_access.tolist(),
        block.is_store.tolist(),
        block.address.tolist(),
        block.size.tolist(),
        block.old.tolist(),
        block.new.tolist(),
        strict=True,
    )
    for has_access, is_store, address, size, old, new in columns:
        yield (MemoryAccess("write" if is_store else "read", address, size, old, new),) if has_access else ()


def _syscall(columns: Columns, index: int, event: SyscallEvent) -> SyscallRecord:
    return SyscallRecord(
        columns.syscall_names[event.key],
        event.arguments,
        event.result if index < columns.completed else None,
        event.compute_units,
        tuple(Word(word.region << 32 | word.index * 8, word.old, word.new) for word in event.words),
    )
