"""Random instructions of the compute budget program."""

from __future__ import annotations

import struct

from tests.differential.transactions.actor import Instruction
from tests.differential.transactions.choices import Choices
from tests.differential.transactions.machine import COMPUTE_BUDGET

REQUEST_HEAP_FRAME, SET_LIMIT, SET_PRICE, SET_LOADED_SIZE = 1, 2, 3, 4


def budget_instructions(choices: Choices) -> list[Instruction]:
    """Some instructions, mostly of different kinds."""
    if choices.slips(0.1):
        # The heap of the next program costs more than is left.
        limit = bytes([SET_LIMIT]) + struct.pack("<I", 300 + choices.below(60))
        heap = bytes([REQUEST_HEAP_FRAME]) + struct.pack("<I", 256 * 1024)
        return [Instruction(COMPUTE_BUDGET, (), data) for data in (limit, heap)]
    kinds = choices.some((REQUEST_HEAP_FRAME, SET_LIMIT, SET_PRICE, SET_LOADED_SIZE), 15)
    if choices.slips(0.3):
        kinds.append(choices.choice((*kinds, 0, 5)))
    return [Instruction(COMPUTE_BUDGET, (), budget_data(choices, kind)) for kind in kinds]


def random_budget_data(choices: Choices) -> bytes:
    """The data of an instruction of some kind, valid or not."""
    return budget_data(choices, choices.below(6))


def budget_data(choices: Choices, kind: int) -> bytes:
    """The data of an instruction of this kind, now and then with a value that is refused."""
    data = bytes([kind]) + _value(choices, kind)
    if choices.slips(0.2):
        data = data[: choices.below(len(data))]
    return data + (choices.content(3) if choices.percent(5) else b"")


def _value(choices: Choices, kind: int) -> bytes:
    wrong = choices.slips(0.3)
    if kind == REQUEST_HEAP_FRAME:
        sizes = (
            (0, 31 * 1024, 257 * 1024, 33 * 1024 + 1)
            if wrong
            else (32 * 1024, 33 * 1024, 64 * 1024, 256 * 1024)
        )
        return struct.pack("<I", choices.choice(sizes))
    if kind == SET_LIMIT:
        limits = (
            150 * choices.below(5) + choices.below(60),
            choices.below(5_000),
            choices.below(60_000),
            400_000,
            1_400_000,
            2**32 - 1,
        )
        return struct.pack("<I", choices.choice(limits))
    if kind == SET_PRICE:
        prices = (2**50, 2**64 - 1) if wrong else (0, 1, 999, 10**6, 10**9)
        return struct.pack("<Q", choices.choice(prices))
    # A limit that a transaction could exceed is left out, because LiteSVM does not enforce it.
    return struct.pack("<I", 0 if wrong else choices.choice((64 * 1024 * 1024, 2**32 - 1)))
