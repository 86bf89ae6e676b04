"""The touched words of the input, before and after a run.

Each word is put on the memory bus once, at time 0, and taken from it at the time of its last access. The
words are public, so the verifier sees that their indices rise and that no word is listed twice.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.memory import tag
from solproof.accesses.public import PublicData
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.bus import MEMORY
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import ChipTable, one_table
from solproof.vm.memory import INPUT

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The touched words of the input."""
    chip = Chip(
        "input",
        "Given the words of the input that the run touches, before and after, this chip proves "
        "that the run starts and ends with these values.",
    )
    is_real = chip.public("is_real", "1 on a row that holds a word")
    index = chip.public("index", "index of the word")
    tag = chip.public("tag", "how many bytes of it exist, plus 16")
    first = [chip.public(f"first_{limb}", f"limb {limb} before the run") for limb in range(4)]
    last = [chip.public(f"last_{limb}", f"limb {limb} after the run") for limb in range(4)]
    time = chip.column("time", "time of the last access")
    chip.send(MEMORY, [INPUT, index, tag, *first, 0], is_real, "the word, from the start")
    chip.receive(MEMORY, [INPUT, index, tag, *last, time], is_real, "the word, at the end")
    return chip


CHIP = build()

# PUBLIC


def public(data: PublicData) -> Columns:
    """The touched words, in rising order of their indices."""
    words, count = data.input_words, len(data.input_words.index)
    columns = np.zeros((padded_height(count), 11), np.uint32)
    columns[:count, 0], columns[:count, 1] = 1, words.index
    columns[:count, 2] = tag(data.layout, np.full(count, INPUT), words.index)
    columns[:count, 3:7], columns[:count, 7:11] = limbs(words.first), limbs(words.last)
    return columns


# WITNESS


def rows(log: AccessLog) -> int:
    """One row per touched word."""
    return len(log.memory.cells.of(INPUT).index)


def fill(log: AccessLog) -> Table:
    """One row per touched word, in the order of the statement."""
    words = log.memory.cells.of(INPUT)
    table = Table(CHIP, len(words.time))
    table["time"] = words.time
    return table


TABLES = (ChipTable(CHIP, rows, fill, one_table, public),)
