"""docs/zisk.md: its figures are those of the packaged guest, and its numbers are those of the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benches.zisk_steps import NAMES, line, measure
from solproof.zisk.abi import DEFAULT
from solproof.zisk.guests import guest, rom_rows
from solproof.zisk.outputs import Word
from tests.support.token_programs import CLASSIC, SUCCEEDING, scene_of

TEXT = (Path(__file__).resolve().parents[2] / "docs/zisk.md").read_text()


@pytest.mark.parametrize("token", NAMES)
def test_steps_of_a_transfer(token: str) -> None:
    assert f"\n{line(token, 'Transfer')}\n" in TEXT


def test_all_instructions_are_in_the_table() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [\d,]+ \| [\d,]+ \| [\d,]+", TEXT, re.MULTILINE)
    assert rows == [(name, instruction) for name in NAMES.values() for instruction in SUCCEEDING]


def test_cost_of_the_classic_transfer() -> None:
    row = measure(scene_of(CLASSIC, SUCCEEDING["Transfer"][0]))
    assert row.per_instruction < 26


def test_rows_of_rom() -> None:
    assert round(rom_rows(guest(DEFAULT)), -3) == 17_000


def test_output_words() -> None:
    """The table of the words has every word at its number. A digest takes eight words."""
    table = TEXT.partition("| word | meaning |")[2].partition("\n\n")[0]
    numbers = [
        int(first)
        for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
        for first in re.findall(r"(?:^|, )(\d+)", row)
    ]
    assert numbers == [word.value for word in Word]
