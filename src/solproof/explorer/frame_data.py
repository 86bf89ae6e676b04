"""A frame in the form that the page needs: register histories, accesses, calls, syscalls and memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.explorer.container import Container
from solproof.explorer.region_data import describe_region
from solproof.runtime.invoke import Frame
from solproof.tracing.columns import Columns
from solproof.tracing.memory_map import regions_before
from solproof.tracing.steps import fault_of
from solproof.vm.limits import REGISTERS
from solproof.vm.memory import WORD
from solproof.vm.trace import Run

Fields = dict[str, Any]
READ, WRITE, SYSCALL = 0, 1, 2
"""The kinds of accesses."""


def describe_frame(
    frame: Frame[Run], columns: Columns, container: Container, name: str
) -> tuple[Fields, NDArray[np.uint64]]:
    """Add the columns of a frame to a container.

    name: the first part of the names of its sections.
    Returns the frame's entry in the header, and every address that the frame read or wrote.
    """
    run, fault = frame.outcome, fault_of(frame.outcome)
    container.add(f"{name}.pc", columns.trace.pc, "u4")
    syscalls, touched = _accesses(columns, container, name)
    _registers(columns, container, name)
    calls, exits, ended = columns.frames
    ends = np.full(len(calls), -1)
    ends[ended] = exits
    reached = np.append(columns.trace.pc, run.final.pc)
    fields = {
        "fault": None if fault is None else {"name": fault.name, "message": fault.message, "pc": fault.pc},
        "steps": columns.steps,
        "registers": [str(value) for value in run.registers],
        "compute_unit_limit": run.compute_unit_limit,
        "calls": [
            [*call] for call in zip(calls.tolist(), reached[calls + 1].tolist(), ends.tolist(), strict=True)
        ],
        "syscalls": syscalls,
        "labels": [[label.name, label.start, label.end] for label in frame.invocation.serialized.labels()],
        "regions": [
            describe_region(region, run.layout, touched, container, f"{name}.{region.name}")
            for region in regions_before(run, frame.invocation.serialized.region)
            if region.name != "image"  # the program has it
        ],
    }
    return fields, touched


def _registers(columns: Columns, container: Container, name: str) -> None:
    """Add, for each register, the steps after which its value is different, and the new values."""
    steps: list[list[NDArray[np.int64]]] = [[] for _ in range(REGISTERS)]
    values: list[list[NDArray[np.uint64]]] = [[] for _ in range(REGISTERS)]
    for block in columns.blocks():
        for register in range(REGISTERS):
            changed = np.flatnonzero(block.before[:, register] != block.after[:, register])
            steps[register].append(changed + block.start)
            values[register].append(block.after[changed, register])
    no_steps, no_values = np.zeros(0, np.int64), np.zeros(0, np.uint64)
    for register in range(REGISTERS):
        container.add(f"{name}.r{register}.step", np.concatenate([no_steps, *steps[register]]), "u4")
        container.add(f"{name}.r{register}.value", np.concatenate([no_values, *values[register]]), "u8")


def _accesses(columns: Columns, container: Container, name: str) -> tuple[list[Fields], NDArray[np.uint64]]:
    """Add loads, stores and the words of syscalls, in order. Returns the syscalls, and every address."""
    parts: list[NDArray[np.uint64]] = [np.zeros((0, 6), np.uint64)]
    syscalls: list[Fields] = []
    for block in columns.blocks():
        chosen = np.flatnonzero(block.has_access)
        kind = np.where(block.is_store[chosen], WRITE, READ)
        rows = (chosen + block.start, block.address[chosen], block.size[chosen], kind)
        values = (block.old[chosen], block.new[chosen])
        parts.append(np.stack([column.astype(np.uint64) for column in (*rows, *values)], axis=1))
        for index, event in block.events.items():
            words = [
                (index, (word.region << 32) + word.index * WORD, WORD, SYSCALL, word.old, word.new)
                for word in event.words
            ]
            parts.append(np.array(words, np.uint64).reshape(-1, 6))
            syscalls.append(
                {
                    "step": index,
                    "name": columns.syscall_names[event.key],
                    "arguments": [str(argument) for argument in event.arguments],
                    "result": str(event.result) if index < columns.completed else None,
                    "compute_units": event.compute_units,
                }
            )
    table = np.concatenate(parts)
    table = table[np.argsort(table[:, 0], kind="stable")]
    names = (("step", "u4"), ("address", "u8"), ("size", "u1"), ("kind", "u1"), ("old", "u8"), ("new", "u8"))
    for position, (column, kind_of) in enumerate(names):
        container.add(f"{name}.access.{column}", table[:, position], kind_of)
    return syscalls, table[:, 1]
