"""The touched words of the inputs, before and after each run, and the words of programs that are read.

Each word is put on the memory bus once, at time 0, and taken from it at the time of its last access. The
words are public, so the verifier sees that their indices rise and that no word is listed twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.memory import tag
from solproof.accesses.public import PublicData, outer_words
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.bus import MEMORY
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import ChipTable, one_table

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The touched words of inputs and images."""
    chip = Chip(
        "input",
        "Given the words of inputs and programs that the frames touch, before and after, this chip proves "
        "that the frames start and end with these values.",
    )
    chip.public_scope()
    is_real = chip.public("is_real", "1 on a row that holds a word")
    region = chip.public("region", "region of the word: that of the input, or that of the program's image")
    index = chip.public("index", "index of the word")
    tag = chip.public("tag", "how many bytes of it exist, plus 16 for a word of the input")
    first = [chip.public(f"first_{limb}", f"limb {limb} before the run") for limb in range(4)]
    last = [chip.public(f"last_{limb}", f"limb {limb} after the run") for limb in range(4)]
    time = chip.column("time", "time of the last access")
    chip.send(MEMORY, [region, index, tag, *first, 0], is_real, "the word, from the start")
    chip.receive(MEMORY, [region, index, tag, *last, time], is_real, "the word, at the end")
    return chip


CHIP = build()

# PUBLIC


def public(frames: Sequence[PublicData]) -> Columns:
    """The touched words of each frame, in rising order of their regions and indices."""
    count = sum(len(frame.words.index) for frame in frames)
    columns = np.zeros((padded_height(count), 13), np.uint32)
    start = 0
    for frame in frames:
        words = frame.words
        rows = columns[start : start + len(words.index)]
        start += len(rows)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = frame.invocation, 1, words.region, words.index
        rows[:, 4] = tag(frame.layout, words.region, words.index)
        rows[:, 5:9], rows[:, 9:13] = limbs(words.first), limbs(words.last)
    return columns


# WITNESS


def rows(log: AccessLog) -> int:
    """One row per touched word."""
    return len(outer_words(log).index)


def fill(log: AccessLog) -> Table:
    """One row per touched word, in the order of the statement."""
    words = outer_words(log)
    table = Table(CHIP, len(words.time))
    table["time"] = words.time
    return table


TABLES = (ChipTable(CHIP, rows, fill, one_table, public),)
