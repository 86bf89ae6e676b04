"""The words of memory that a syscall touches, each with its value before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from solproof.representation import described


@dataclass(frozen=True, slots=True)
class WordAccess:
    """The value of one 8-byte word before and after an event."""

    region: int
    index: int
    old: int
    new: int


class WordAccesses(Sequence[WordAccess]):
    """Some words as arrays of one length, because a syscall can touch millions of words.

    It is a sequence of `WordAccess`, and equal to any sequence of the same words.
    """

    __slots__ = ("indices", "new", "old", "regions")

    def __init__(
        self,
        regions: NDArray[np.int64],
        indices: NDArray[np.int64],
        old: NDArray[np.uint64],
        new: NDArray[np.uint64],
    ) -> None:
        self.regions = regions
        self.indices = indices
        self.old = old
        self.new = new

    @classmethod
    def of(cls, words: Iterable[WordAccess]) -> WordAccesses:
        """The given words."""
        if isinstance(words, cls):
            return words
        words = tuple(words)
        return cls(
            np.array([word.region for word in words], np.int64),
            np.array([word.index for word in words], np.int64),
            np.array([word.old for word in words], np.uint64),
            np.array([word.new for word in words], np.uint64),
        )

    def where(self, chosen: NDArray[np.bool_]) -> WordAccesses:
        """The words for which the mask is set."""
        return WordAccesses(self.regions[chosen], self.indices[chosen], self.old[chosen], self.new[chosen])

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[WordAccess]:
        columns = (self.regions.tolist(), self.indices.tolist(), self.old.tolist(), self.new.tolist())
        return map(WordAccess, *columns)

    @overload
    def __getitem__(self, position: int) -> WordAccess: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[WordAccess, ...]: ...

    def __getitem__(self, position: int | slice) -> WordAccess | tuple[WordAccess, ...]:
        if isinstance(position, slice):
            return tuple(self)[position]
        columns = (self.regions, self.indices, self.old, self.new)
        return WordAccess(*(int(column[position]) for column in columns))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return described(self, {"words": len(self)})
