"""docs/zisk.md: its figures are those of the packaged guest, its numbers those of the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benches.zisk_steps import NAMES, line, measure
from solproof.zisk import outputs
from solproof.zisk.abi import DEFAULT
from solproof.zisk.guests import guest, rom_rows
from tests.runtime.test_token_programs import CLASSIC, SUCCEEDING, scene_of

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


def test_numbers() -> None:
    for names in (outputs.FAULTS, outputs.SYSCALL_FAULTS, outputs.ACCOUNT_RULES):
        numbers = list(names)
        assert re.search(
            rf"^\| {numbers[0]} to {numbers[-1]} \| .*{', '.join(names.values())} \|$", TEXT, re.MULTILINE
        )
    assert round(rom_rows(guest(DEFAULT)), -3) == 17_000
