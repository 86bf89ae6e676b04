"""The random choices of a case."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Choices from a seed.

    daring: how often in a hundred a choice is wrong on purpose (see `slips`).
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self.daring: float = 0

    def percent(self, chance: float) -> bool:
        """True in `chance` of a hundred cases."""
        return self._random.random() * 100 < chance

    def slips(self, times: float = 1) -> bool:
        """Whether to make something wrong here, `times` as often as the case is daring."""
        return self.percent(self.daring * times)

    def below(self, count: int) -> int:
        """0 to `count` - 1."""
        return self._random.randrange(count)

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return self._random.choice(items)

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def some(self, items: Sequence[T], chance: float) -> list[T]:
        """Each of the items in `chance` of a hundred cases."""
        return [item for item in items if self.percent(chance)]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """At most `count` different items in random order."""
        return self._random.sample(items, min(count, len(items)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All items in random order."""
        return self.sample(items, len(items))

    def content(self, length: int) -> bytes:
        """Random bytes."""
        return self._random.randbytes(length)
