"""The history of memory, rebuilt after a lie: bus and boundary show all accesses of the rows in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from assurance.forgery import Forgery, Row, evaluator_of
from solproof.accesses.table import padded_height
from solproof.air.bus import INVOCATION, MEMORY, Role
from solproof.circuit.memory import stack_heap
from solproof.vm.memory import HEAP, STACK

Word = tuple[int, int, int, int]
"""Invocation, region, index and tag."""
BOUNDARY = ("input", "stack_heap")


@dataclass(frozen=True, slots=True)
class Access:
    """An access of a word by a row: old and new value, time, and the column of the previous time."""

    row: Row
    before: str
    word: Word
    old: list[int]
    new: list[int]
    now: int


def rechain(lie: Forgery) -> None:
    """Set the times of previous accesses, and all words of memory before and after the run.

    Works for stacks without holes. The value that a row finds in a word is not changed. If the previous
    access left another value, the bus objects.
    """
    history: dict[Word, list[Access]] = {}
    for access in sorted(_accesses(lie), key=lambda access: access.now):
        history.setdefault(access.word, []).append(access)
    for accesses in history.values():
        before = 0
        for access in accesses:
            access.row[access.before], before = before, access.now
    words = sorted(history)
    inner = (STACK, HEAP)
    _tell(lie, "input", [word for word in words if word[1] not in inner], history)
    _tell(lie, "stack_heap", [word for word in words if word[1] in inner], history)


def _accesses(lie: Forgery) -> Iterator[Access]:
    for instance in lie.instances:
        values = evaluator_of(instance)
        for taken, left in pairwise(instance.chip.interactions):
            is_access = taken.bus is left.bus is MEMORY and taken.role is Role.RECEIVE
            if not is_access or instance.chip.name in BOUNDARY:
                continue
            kind, column = instance.chip.graph.nodes[taken.fields[-1].node]  # type: ignore[misc]
            assert kind == "main"
            name = instance.chip.main[column].name
            fields = [[values.column(part) for part in side.fields] for side in (taken, left)]
            for row in np.flatnonzero(values.column(taken.multiplicity)).tolist():
                found, gone = ([int(field[row]) for field in side] for side in fields)
                word = (found[0], found[1], found[2], found[3])
                yield Access(Row(instance, row), name, word, found[4:8], gone[4:8], gone[8])


def _tell(lie: Forgery, chip: str, words: list[Word], history: dict[Word, list[Access]]) -> None:
    (known,) = lie.tables(chip)
    main = np.zeros((padded_height(len(words)), known.main.shape[1]), np.uint32)
    told = replace(known, main=main)
    for number, word in enumerate(words):
        row, accesses, (invocation, region, index, tag) = Row(told, number), history[word], word
        row[INVOCATION] = invocation
        row["is_real"], row["index"], row["time"] = 1, index, accesses[-1].now
        for limb in range(4):
            row[f"last_{limb}"] = accesses[-1].new[limb]
        if chip == "input":
            row["region"], row["tag"] = region, tag
            for limb in range(4):
                row[f"first_{limb}"] = accesses[0].old[limb]
        else:
            for name in ("heap_words", "stack_gaps"):
                row[name] = lie.row("layout", invocation - 1)[name]
            row["is_heap"], row["frame"] = region == HEAP, index >> stack_heap.FRAME_WORDS_BITS
    if chip == "stack_heap":
        stack_heap.link(main[: len(words)])
    if known.public is not None:
        told = replace(told, public=main[:, : known.public.shape[1]].copy())
    lie.instances = [told if instance is known else instance for instance in lie.instances]
