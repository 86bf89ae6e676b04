"""Random instructions of the precompiles: signatures that are right, or wrong in one place."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.differential.transactions.actor import Instruction
from tests.differential.transactions.choices import Choices
from tests.support.precompiles import (
    ED25519,
    SECP256K1,
    SECP256R1,
    Layout,
    Signed,
    ed25519_signed,
    secp256k1_signed,
    secp256r1_signed,
)

MESSAGES = (b"", b"a message")


@cache
def signed() -> tuple[tuple[Layout, list[Signed]], ...]:
    """Signatures for each precompile. They are made once, because curves in Python are slow."""
    return (
        (ED25519, [ed25519_signed(message) for message in MESSAGES]),
        (SECP256K1, [secp256k1_signed(message) for message in MESSAGES]),
        (SECP256R1, [secp256r1_signed(message) for message in MESSAGES]),
    )


def random_precompile(choices: Choices, position: int) -> Instruction:
    """An instruction of a precompile. `position`: its index among the instructions of the transaction."""
    layout, signatures = choices.choice(signed())
    if layout is SECP256K1:
        layout = replace(layout, own=position)
    count = choices.weighted({0: 1, 1: 3, 2: 1})
    program, data = layout.call(*(choices.choice(signatures) for _ in range(count)))
    if choices.slips():
        at = choices.below(len(data))
        data = data[:at] + choices.content(1) + data[at + 1 :]
    if choices.slips(0.5):
        data = data[: choices.below(len(data) + 1)]
    return Instruction(program, (), data)
