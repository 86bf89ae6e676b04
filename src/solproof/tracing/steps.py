"""The steps of an execution, one object each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.execute import Execution
from solproof.tracing.code import Slot
from solproof.tracing.columns import Block, Columns, columns_of
from solproof.vm.trace import Run, SyscallEvent


@dataclass(frozen=True, slots=True)
class MemoryAccess:
    """A load or store of `size` bytes at a virtual address: their little-endian value before and after."""

    kind: str
    """"read" or "write"."""
    address: int
    size: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Word:
    """The 8 bytes at an address, as a syscall found them and left them."""

    address: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class SyscallRecord:
    """A syscall: its name, r1..r5, what it put into r0 (None when it failed), what it cost beside the
    instruction, and the words of memory that it read or wrote.
    """

    name: str
    arguments: tuple[int, int, int, int, int]
    result: int | None
    compute_units: int
    words: tuple[Word, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """What stopped the program, and at which slot.

    The meter stops a program before an instruction: `pc` is the slot that was not executed.
    """

    name: str
    message: str
    pc: int


@dataclass(frozen=True, slots=True)
class Step:
    """One executed instruction.

    index: from 0; it is instruction number index + 1 of the circuit. opcode, mnemonic, assembly, operands:
    see `solproof.tracing.code.Slot`. registers_before, registers_after: r0..r10. memory: of a load or store
    its access. compute_units_before, compute_units_after: what is left on the meter. call_depth: how many
    calls are open before it. fault: what stopped the program in this instruction, or after it; only the last
    step has one.
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

    __repr__ = short_repr


def fault_of(run: Run) -> FaultRecord | None:
    """What stopped a run, if something did."""
    fault = run.fault
    return None if fault is None else FaultRecord(fault.name, fault.message, run.final.pc)


def trace(execution: Execution) -> Iterator[Step]:
    """Every step of an execution in order, the one that failed included.

        for step in solproof.trace(solproof.run(given)):
            print(step.index, step.pc, step.assembly, step.registers_after[0])

    They are computed as they are asked for: a run of a million steps needs no more memory than a short one.
    """
    columns = columns_of(execution)
    for block in columns.blocks():
        yield from steps_of(columns, block)


def steps_of(columns: Columns, block: Block) -> Iterator[Step]:
    """The steps of one block."""
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
