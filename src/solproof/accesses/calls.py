"""The calls of a run, each with the exit that ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.registers import FRAME_REGISTER, Found, Special

SAVED_REGISTERS = (6, 7, 8, 9, 10)
DEPTH_SHIFT = 32
"""The frame register's two limbs, clk and depth, as one value: clk + depth 2^32."""


@dataclass(frozen=True, slots=True)
class CallTree:
    """Arrays over the calls, in order.

    exit_clk: the number of the matching exit, or 0 if the frame never exits.
    caller: the clk of the enclosing call, or 0.
    """

    clk: Integers
    depth: Integers
    caller: Integers
    exit_clk: Integers


@dataclass(frozen=True, slots=True)
class Calls:
    """The rows of the call table, as arrays over the calls.

    The saved registers are r6..r9 and r10, in this order. The sixth column of `before` and `exit_before` is
    for the frame register. `stride` is the amount by which a call of this program moves r10.
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
    """Match exits to calls. At each depth they alternate. `exit_clk` must not hold the program's own exit."""
    clk = np.concatenate([call_clk, exit_clk])
    is_call = np.arange(len(clk)) < len(call_clk)
    order = np.argsort(clk, kind="stable")
    opens = is_call[order]
    depth = np.cumsum(np.where(opens, 1, -1)) - opens  # of the frame that is opened or closed, counted from 0
    caller = np.zeros(len(clk), np.int64)
    matching = np.zeros(len(clk), np.int64)
    times = clk[order]
    outer_calls: Integers = np.zeros(0, np.int64)
    for level in range(int(depth.max()) + 1 if len(depth) else 0):
        at = np.flatnonzero(depth == level)
        calls = at[opens[at]]
        exits = at[~opens[at]]
        # Calls and exits alternate, and only the last call can lack an exit.
        matching[calls[: len(exits)]] = times[exits]
        if level:
            caller[calls] = outer_calls[np.searchsorted(outer_calls, times[calls]) - 1]
        outer_calls = times[calls]
    by_clk = opens.nonzero()[0]
    return CallTree(times[by_clk], depth[by_clk], caller[by_clk], matching[by_clk])


def call_accesses(
    tree: CallTree, saved: Values, by_register: Flags, callee: Integers, stride: int
) -> dict[str, Special]:
    """The register accesses of calls and returns, by name.

    saved: each call reads r6..r9 and moves r10, at 2 clk + 1.
    callee: each call by register reads the register that holds its target, at 2 clk.
    returned: each return writes r6..r10 at 2 clk + 1.
    entered, left: each call and each return writes the frame register at 2 clk + 1.
    """
    calls, exits = len(tree.clk), tree.exit_clk != 0
    registers = np.array(SAVED_REGISTERS)
    width = len(SAVED_REGISTERS)
    moved = saved.copy()
    moved[:, 4] += np.uint64(stride)
    by_register_count = int(by_register.sum())
    inner = tree.clk + (tree.depth + 1 << DEPTH_SHIFT)
    outer = tree.caller + (tree.depth << DEPTH_SHIFT)
    return {
        "saved": Special(
            np.tile(registers, calls),
            np.repeat(2 * tree.clk + 1, width),
            np.tile(registers == 10, calls),
            moved.reshape(-1),
        ),
        "callee": Special(
            callee[by_register],
            2 * tree.clk[by_register],
            np.zeros(by_register_count, np.bool_),
            np.zeros(by_register_count, np.uint64),
        ),
        "returned": Special(
            np.tile(registers, int(exits.sum())),
            np.repeat(2 * tree.exit_clk[exits] + 1, width),
            np.ones(width * int(exits.sum()), np.bool_),
            saved[exits].reshape(-1),
        ),
        "entered": _written_frames(tree.clk, inner),
        "left": _written_frames(tree.exit_clk[exits], outer[exits]),
    }


def _written_frames(clk: Integers, value: Integers) -> Special:
    frame = np.full(len(clk), FRAME_REGISTER)
    return Special(frame, 2 * clk + 1, np.ones(len(clk), np.bool_), value.astype(np.uint64))


def calls_of(
    tree: CallTree,
    found: Mapping[str, Found],
    by_register: Flags,
    callee: Integers,
    stride: int,
    pc: Integers,
    reached: Integers,
) -> Calls:
    """The rows of the call table, from the results of the accesses that `call_accesses` lists.

    pc: the slot of each instruction.
    reached: the slot after each instruction, in order of the steps.
    """
    calls, exits = len(tree.clk), tree.exit_clk != 0
    width = len(SAVED_REGISTERS)
    callee_value, callee_before = np.zeros(calls, np.uint64), np.zeros(calls, np.int64)
    callee_value[by_register], callee_before[by_register] = found["callee"].value, found["callee"].before
    at_exit, exit_before = np.zeros((calls, width), np.uint64), np.zeros((calls, width + 1), np.int64)
    at_exit[exits] = found["returned"].value.reshape(-1, width)
    exit_before[exits, :width] = found["returned"].before.reshape(-1, width)
    exit_before[exits, width] = found["left"].before
    before = found["saved"].before.reshape(-1, width)
    return Calls(
        stride=stride,
        by_register=by_register,
        target=reached[tree.clk],
        callee=np.where(by_register, callee, 0),
        callee_value=callee_value,
        callee_before=callee_before,
        caller=tree.caller,
        depth=tree.depth,
        saved=found["saved"].value.reshape(-1, width),
        before=np.concatenate([before, found["entered"].before[:, None]], axis=1),
        exit_clk=tree.exit_clk,
        exit_pc=np.where(exits, pc[tree.exit_clk - 1], 0),
        at_exit=at_exit,
        exit_before=exit_before,
    )
