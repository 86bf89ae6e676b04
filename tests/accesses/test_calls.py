"""Matching of exits with calls."""

from __future__ import annotations

import random

import numpy as np

from solproof.accesses.calls import call_tree


def slowly(events: list[bool]) -> list[tuple[int, int, int, int]]:
    """(clk, depth, caller, exit clk) of each call, computed with a stack."""
    stack: list[list[int]] = []
    calls = []
    for clk, opens in enumerate(events, 1):
        if opens:
            calls.append([clk, len(stack), stack[-1][0] if stack else 0, 0])
            stack.append(calls[-1])
        else:
            stack.pop()[3] = clk
    return [tuple(call) for call in calls]  # type: ignore[misc]


def test_random_trees() -> None:
    source = random.Random(5)
    for _ in range(200):
        events: list[bool] = []
        depth = 0
        for _ in range(source.randrange(40)):
            opens = depth == 0 or source.random() < 0.5
            depth += 1 if opens else -1
            events.append(opens)
        if source.random() < 0.5:
            events += [False] * depth
        calls = np.array([clk for clk, opens in enumerate(events, 1) if opens], np.int64)
        exits = np.array([clk for clk, opens in enumerate(events, 1) if not opens], np.int64)
        tree = call_tree(calls, exits)
        found = zip(
            *(part.tolist() for part in (tree.clk, tree.depth, tree.caller, tree.exit_clk)), strict=True
        )
        assert list(found) == slowly(events)
