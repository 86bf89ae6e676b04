"""The calls of a run, each with the exit that ends it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.registers import Special

SAVED_REGISTERS = (6, 7, 8, 9, 10)


@dataclass(frozen=True, slots=True)
class CallTree:
    """Arrays over the calls, in order.

    `exit_clk` is 0 where the frame never exits; `caller` is the clk of the enclosing call, or 0.
    """

    clk: Integers
    depth: Integers
    caller: Integers
    exit_clk: Integers


@dataclass(frozen=True, slots=True)
class Calls:
    """What the call table needs of each call.

    Registers are r6..r9 and r10. `before` and `exit_before` have the frame register as sixth column. `stride`
    is by how much a call of this program moves r10.
    """

    stride: int

    by_register: Flags
    target: Integers
    callee: Integers
    callee_value: Values
    callee_before: Integers
    caller: Integers
    depth: Integers
    saved: Values  # [calls, 5]
    before: Integers  # [calls, 6]
    exit_clk: Integers
    exit_pc: Integers
    at_exit: Values  # [calls, 5]
    exit_before: Integers  # [calls, 6]


def call_tree(call_clk: Integers, exit_clk: Integers) -> CallTree:
    """Match exits to calls: at one depth they alternate. `exit_clk` must not hold the exit of the program."""
    clk = np.concatenate([call_clk, exit_clk])
    is_call = np.arange(len(clk)) < len(call_clk)
    order = np.argsort(clk, kind="stable")
    opens = is_call[order]
    depth = np.cumsum(np.where(opens, 1, -1)) - opens  # of the frame that is opened or closed, from 0
    caller = np.zeros(len(clk), np.int64)
    matching = np.zeros(len(clk), np.int64)
    times = clk[order]
    outer_calls: Integers = np.zeros(0, np.int64)
    for level in range(int(depth.max()) + 1 if len(depth) else 0):
        at = np.flatnonzero(depth == level)
        calls = at[opens[at]]
        exits = at[~opens[at]]
        # They alternate, and only the last call can lack an exit.
        matching[calls[: len(exits)]] = times[exits]
        if level:
            caller[calls] = outer_calls[np.searchsorted(outer_calls, times[calls]) - 1]
        outer_calls = times[calls]
    by_clk = opens.nonzero()[0]
    return CallTree(times[by_clk], depth[by_clk], caller[by_clk], matching[by_clk])


def call_accesses(
    tree: CallTree, saved: Values, by_register: Flags, callee: Integers, stride: int
) -> Special:
    """The register accesses of calls and returns, in the order that `Execution` reads `Calls` back from.

    Per call, r6..r9 are read and r10 is moved at 2 clk + 1, and the callee is read at 2 clk; per return,
    r6..r10 are written at 2 clk + 1.
    """
    calls, exits = len(tree.clk), tree.exit_clk != 0
    registers = np.array(SAVED_REGISTERS)
    moved = saved.copy()
    moved[:, 4] += np.uint64(stride)
    returned = saved[exits]
    return Special(
        index=np.concatenate(
            [np.tile(registers, calls), callee[by_register], np.tile(registers, int(exits.sum()))]
        ),
        time=np.concatenate(
            [
                np.repeat(2 * tree.clk + 1, 5),
                2 * tree.clk[by_register],
                np.repeat(2 * tree.exit_clk[exits] + 1, 5),
            ]
        ),
        writes=np.concatenate(
            [
                np.tile(registers == 10, calls),
                np.zeros(int(by_register.sum()), np.bool_),
                np.ones(returned.size, np.bool_),
            ]
        ),
        value=np.concatenate(
            [moved.reshape(-1), np.zeros(int(by_register.sum()), np.uint64), returned.reshape(-1)]
        ),
    )
