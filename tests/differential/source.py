"""Random choices from a stream of bytes.

If Hypothesis makes the stream, a failing program shrinks to a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies
from hypothesis.strategies import DrawFn

from tests.support.operands import EDGES

T = TypeVar("T")

CHUNK = 24
"""Bytes that are drawn at once. They suffice for most instructions. A draw for every choice would be slow."""

_CHUNKS = strategies.binary(min_size=CHUNK, max_size=CHUNK)


class Source:
    """Choices from a stream of bytes. Programs shrink towards smaller values and earlier items."""

    def __init__(self, chunk: Callable[[], bytes]) -> None:
        self._next_chunk = chunk
        self._chunk = b""
        self._at = 0

    @classmethod
    def drawn(cls, draw: DrawFn) -> Source:
        """Choices made by Hypothesis.

        They also depend on the loaded modules, because Hypothesis sometimes draws a constant of their code.
        """
        return cls(lambda: draw(_CHUNKS))

    @classmethod
    def seeded(cls, random: Random) -> Source:
        """Choices that depend on nothing but the state of `random`."""
        return cls(lambda: random.randbytes(CHUNK))

    def start(self) -> None:
        """Begin a group of choices that can be left out together."""
        self._chunk, self._at = b"", 0

    def below(self, count: int) -> int:
        """0 to `count` - 1, all about equally likely."""
        if count == 1:
            return 0
        return int.from_bytes(self.content(1 if count <= 8 else 2 if count <= 2**10 else 8), "little") % count

    def content(self, length: int) -> bytes:
        """Some bytes."""
        while len(self._chunk) - self._at < length:
            self._chunk, self._at = self._chunk[self._at :] + self._next_chunk(), 0
        self._at += length
        return self._chunk[self._at - length : self._at]

    def around(self, distance: int) -> int:
        """-`distance` to `distance`."""
        return self.below(2 * distance + 1) - distance

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def percent(self, chance: int) -> bool:
        """True in `chance` of 100 cases."""
        return self.below(100) >= 100 - chance

    def value(self) -> int:
        """A 64-bit value: an edge case of an operation, a small value, or any value."""
        match self.below(3):
            case 0:
                return self.choice(EDGES)
            case 1:
                return self.below(256)
        return self.below(2**64)

    def immediate(self) -> int:
        """A 32-bit value of the same kinds."""
        return self.value() & 0xFFFF_FFFF
