"""Building blocks that many chips share. Each docstring states what the block proves and what it relies on.

Time. Instruction number `clk` accesses its source register and memory at time 2 clk, and its destination
register at time 2 clk + 1. A memory syscall writes memory at time 2 clk + 1. Every real row lies on the only
path of the state bus from clk = 1, because a cycle would need p rows. So times are integers below 2^24.

An access receives the message that the previous access of the same cell sent, and sends its own. It proves
that the time between the two accesses, minus 1, is below 2^16. So time strictly increases along the chain of
a cell, and the chain has the real order of accesses. If more time has passed, a row of a refresh table stands
in between (`solproof.circuit.memory.refresh`).
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof.air.bus import BITS, BYTES, MEMORY, RANGE16, REGISTER
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word

LIMB = 2**16


def range16(chip: Chip, value: Expression, multiplicity: Expression, name: str) -> None:
    """Prove 0 <= value < 2^16."""
    chip.query(RANGE16, [value], multiplicity, name)


def range16_word(chip: Chip, word: Word, multiplicity: Expression, name: str) -> None:
    """Prove that the four limbs of a word are below 2^16."""
    for position, limb in enumerate(word):
        range16(chip, limb, multiplicity, f"limb {position} of {name} is below 2^16")


def bits(chip: Chip, count: int, value: Expression, multiplicity: Expression, name: str) -> None:
    """Prove 0 <= value < 2^count, for a count of at most 15."""
    chip.query(BITS, [count, value, 2**count + value], multiplicity, name)


def byte_pair(chip: Chip, first: Expression, second: Expression, multiplicity: Expression, name: str) -> None:
    """Prove that two values are bytes."""
    chip.query(BYTES, [first, second], multiplicity, name)


def _elapsed(chip: Chip, before: Expression, now: Expression, active: Expression, name: str) -> None:
    range16(chip, now - before - 1, active, f"{name}: after its previous access, at most 2^16 later")


def access_register(
    chip: Chip,
    index: Expression | int,
    old: Sequence[Expression | int],
    new: Sequence[Expression | int],
    *,
    before: Expression,
    now: Expression,
    active: Expression,
    name: str,
) -> None:
    """Prove that a register holds `old` until time `now`, and `new` from then on.

    `before` is the time of its previous access. `new` must be four limbs below 2^16, and `active` must be 0
    or 1.
    """
    chip.receive(REGISTER, [index, *old, before], active, f"{name}: as last accessed")
    chip.send(REGISTER, [index, *new, now], active, f"{name}: from now on")
    _elapsed(chip, before, now, active, name)


def access_memory(
    chip: Chip,
    word: tuple[Expression | int, Expression, Expression | int],
    old: Sequence[Expression | int],
    new: Sequence[Expression | int],
    *,
    before: Expression,
    now: Expression,
    active: Expression,
    name: str,
) -> None:
    """Prove that a word of memory holds `old` until time `now`, and `new` from then on.

    `new` must be limbs below 2^16. `word` is (region, index, tag). The bus holds only words of the memory
    map, each with exactly one tag. A message about any other word therefore has no counterpart, which is why
    the index needs no range check of its own.
    """
    chip.receive(MEMORY, [*word, *old, before], active, f"{name}: as last accessed")
    chip.send(MEMORY, [*word, *new, now], active, f"{name}: the new value")
    _elapsed(chip, before, now, active, name)
