"""The chained register accesses of a run: the value that each access finds, and the time of the one before.

The source of instruction clk is accessed at time 2 clk, its destination at 2 clk + 1 (see
`solproof.air.gadgets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Flags, Integers, Values

FRAME_REGISTER = 11
"""Pseudo-register of the circuit: the clk of the open call and the call depth."""
MEMORY_UNITS_REGISTER = 12
"""Pseudo-register of the circuit: the compute units that memory syscalls proven by chips have cost."""
CIRCUIT_REGISTERS = 13
"""How many registers the circuit has, including pseudo-registers."""

MAXIMUM_GAP = 2**16


@dataclass(frozen=True, slots=True)
class Refreshes:
    """Accesses whose distance from the previous access exceeds 2^16.

    Each needs a refresh row, which moves the time of the cell forward to `now`.
    """

    index: Integers
    value: Values
    before: Integers
    now: Integers


@dataclass(frozen=True, slots=True)
class Special:
    """Register accesses of calls, exits and syscalls, as arrays of one length.

    `value` is meaningful only if `writes` is set.
    """

    index: Integers
    time: Integers
    writes: Flags
    value: Values

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Found:
    """The values that special accesses find, in their order, and the times of the accesses before them."""

    value: Values
    before: Integers


def joined(parts: Mapping[str, Special]) -> Special:
    """All parts, one after another."""
    return Special(
        index=np.concatenate([part.index for part in parts.values()]),
        time=np.concatenate([part.time for part in parts.values()]),
        writes=np.concatenate([part.writes for part in parts.values()]),
        value=np.concatenate([part.value for part in parts.values()]),
    )


def parted(parts: Mapping[str, Special], accesses: RegisterAccesses) -> dict[str, Found]:
    """The results of each part of `joined(parts)`, by name."""
    ends = np.cumsum([len(part) for part in parts.values()])[:-1]
    values, times = np.split(accesses.special_value, ends), np.split(accesses.special_before, ends)
    return {name: Found(value, before) for name, value, before in zip(parts, values, times, strict=True)}


@dataclass(frozen=True, slots=True)
class RegisterAccesses:
    """The result of chaining.

    `value` is the value that an access finds. `before` is the time of the previous access, or 0 if there is
    none. Column 0 is the source, column 1 the destination.
    """

    value: Values  # [steps, 2]
    before: Integers  # [steps, 2]
    special_value: Values
    special_before: Integers
    final_value: Values  # [registers]
    final_time: Integers  # [registers]
    refreshes: Refreshes


def split_gaps(time: Integers, before: Integers) -> tuple[Integers, Flags]:
    """Split `before` where it is too far back for one access.

    Returns the `before` that each access shows on the bus, and which accesses need a refresh row at `time -
    1`.
    """
    far = time - before - 1 >= MAXIMUM_GAP
    return np.where(far, time - 1, before), far


def chain_registers(
    registers: NDArray[np.int8], writes: Flags, values: Values, special: Special, initial: Values
) -> RegisterAccesses:
    """Chain the accesses of every register.

    registers: [steps, 2], -1 if there is no access.
    writes: [steps], whether the destination is set to `values`.
    values: [steps].
    initial: [registers].
    A special access must not have the same time as another access of the same register.
    """
    flat = registers.reshape(-1)
    found = np.zeros(flat.shape, np.uint64)
    before = np.zeros(flat.shape, np.int64)
    special_found = np.zeros(special.time.shape, np.uint64)
    special_before = np.zeros(special.time.shape, np.int64)
    final_value, final_time = initial.copy(), np.zeros(len(initial), np.int64)
    refreshes: list[tuple[Integers, Values, Integers, Integers]] = []
    for register in range(len(initial)):
        regular = np.flatnonzero(flat == register)
        other = np.flatnonzero(special.index == register)
        step, is_destination = regular >> 1, regular & 1 == 1
        time = np.concatenate([regular + 2, special.time[other]])
        does_write = np.concatenate([is_destination & writes[step], special.writes[other]])
        value = np.concatenate([values[step], special.value[other]])
        if len(time) == 0:
            continue
        order = np.argsort(time, kind="stable") if len(other) else np.arange(len(time))
        time, does_write, value = time[order], does_write[order], value[order]
        last_write = np.maximum.accumulate(np.where(does_write, np.arange(len(time)), -1))
        after = np.where(last_write >= 0, value[last_write], initial[register])
        seen = np.concatenate([initial[register : register + 1], after[:-1]])
        previous = np.concatenate([np.zeros(1, np.int64), time[:-1]])
        shown, far = split_gaps(time, previous)
        refreshes.append((np.full(int(far.sum()), register), seen[far], previous[far], time[far] - 1))
        back_value, back_before = np.empty_like(seen), np.empty_like(shown)
        back_value[order], back_before[order] = seen, shown
        found[regular], before[regular] = back_value[: len(regular)], back_before[: len(regular)]
        special_found[other], special_before[other] = back_value[len(regular) :], back_before[len(regular) :]
        final_value[register], final_time[register] = after[-1], time[-1]
    columns = (
        [np.concatenate(parts) for parts in zip(*refreshes, strict=True)]
        if refreshes
        else [np.zeros(0, np.int64)] * 4
    )
    return RegisterAccesses(
        found.reshape(registers.shape),
        before.reshape(registers.shape),
        special_found,
        special_before,
        final_value,
        final_time,
        Refreshes(columns[0], columns[1].astype(np.uint64), columns[2], columns[3]),
    )
