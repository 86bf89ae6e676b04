"""Cells of several frames: each row belongs to an instruction, to a frame, or to the proof."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from solproof.accesses.arrays import Integers
from solproof.circuit.frames import access_log, access_logs
from solproof.circuit.registry import CIRCUIT
from solproof.profile.cells import ChipCells, Owner, count_cells, owner_of
from solproof.proving.witness import Witness, build_witness
from tests.support.token_transactions import created_token_account

FRAMES = 4


@cache
def whole() -> Witness:
    """The witness of a transaction with four frames."""
    return build_witness(CIRCUIT, access_logs(created_token_account().frames))


@cache
def counted() -> tuple[list[Integers], tuple[ChipCells, ...]]:
    """Its cells."""
    return count_cells(whole(), [frame.outcome.instructions for frame in created_token_account().frames])


def test_owners() -> None:
    owners = {chip.name: owner_of(chip) for chip in CIRCUIT.chips}
    of_frames = {name for name, owner in owners.items() if owner is Owner.FRAME}
    assert of_frames == {"execution", "registers", "code", "layout", "input", "stack_heap"}
    assert [name for name, owner in owners.items() if owner is Owner.PROOF] == ["lookup"]


@pytest.mark.parametrize("number", range(FRAMES))
def test_instructions_have_the_cells_that_they_would_have_alone(number: int) -> None:
    frame = created_token_account().frames[number]
    alone = build_witness(CIRCUIT, [access_log(frame)])
    (expected,), _ = count_cells(alone, [frame.outcome.instructions])
    assert np.array_equal(counted()[0][number], expected)


def test_chips() -> None:
    """The rows of all frames together, and the lookup table once."""
    cells, chips = counted()
    by_name = {chip.name: chip for chip in chips}
    public = whole().public
    assert len(public) == by_name["execution"].rows == by_name["layout"].rows == FRAMES
    assert by_name["code"].rows == sum(len(frame.slots) + frame.layout.stack_gaps for frame in public)
    assert by_name["input"].rows == sum(len(frame.words.index) for frame in public)
    assert by_name["event_word"].rows == sum(len(event.words) for frame in public for event in frame.events)
    assert (by_name["lookup"].rows, by_name["lookup"].padding) == (2**14, 0)
    assert sum(int(part.sum()) for part in cells) == sum(
        chip.cells for chip in chips if chip.owner is Owner.INSTRUCTION
    )


def test_no_frames() -> None:
    assert count_cells(build_witness(CIRCUIT, []), []) == ([], ())
