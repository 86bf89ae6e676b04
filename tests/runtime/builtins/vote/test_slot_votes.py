from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from tests.support.litesvm_transactions import Sent
from tests.support.system_data import Mention
from tests.support.vote_data import V1_14_11, V3, V4, VOTE, VOTER, State, Votes, encoded, slot_votes
from tests.support.vote_machine import (
    ACCOUNT,
    CLOCK,
    HISTORY,
    SLOT_HASHES,
    check,
    machine_of,
    set_clock,
    set_history,
    vote_account,
)

VOTE_TOO_OLD, SLOTS_MISMATCH, SLOT_HASH_MISMATCH, EMPTY_SLOTS, TIMESTAMP_TOO_OLD = range(5)
ALL_FILTERED = 16
OTHER = b"\7" * 32
FULL: Votes = [(slot, 31 - index) for index, slot in enumerate(range(960, 991))]
"""A tower of 31 votes."""


def vote(
    state: State,
    slots: Sequence[int],
    last_hash: bytes | None = None,
    time: int | None = None,
    history: Iterable[int] = HISTORY,
    slot: int = 1_000,
) -> Sent:
    """Vote for slots like LiteSVM."""
    machine = machine_of()
    set_history(machine, history)
    set_clock(machine, slot)
    content = encoded(VOTE, slot_votes(slots, last_hash, time))
    return check(
        content,
        [ACCOUNT, SLOT_HASHES, CLOCK, Mention(VOTER, True, False)],
        vote_account(state),
        machine=machine,
    )


@pytest.mark.parametrize(
    "state",
    [
        State(),
        State(votes=[(990, 1)]),
        State(votes=[(900, 6), (980, 3), (990, 2), (991, 1)]),
        State(votes=FULL, root=950),
        State(V3, votes=FULL, root=950),
        State(V1_14_11, votes=FULL),
        State(votes=FULL, latencies=range(31), credits=[(5, 7, 3)]),
        State(votes=FULL[1:], latencies=range(3, 33), credits=[(4, 7, 3)]),
        State(V3, votes=FULL, latencies=[200] * 31, credits=[(4, 7, 7)]),
        State(votes=[(slot, 200) for slot, _ in FULL], credits=[(e, e, 0) for e in range(64)]),
        State(votes=[*FULL, (991, 1)], root=2),
        State(votes=[(2**64 - 2, 1)]),
    ],
)
@pytest.mark.parametrize("slots", [[992], [992, 995], [999], list(range(900, 1_000)), [991, 992, 994, 998]])
def test_votes(state: State, slots: Sequence[int]) -> None:
    error = vote(state, slots).error
    assert error == (None if state.votes != [(2**64 - 2, 1)] else {"InstructionError": [0, {"Custom": 0}]})


@pytest.mark.parametrize("slot", [0, 990, 999, 1_000, 1_001, 1_253, 1_254, 1_255, 2**64 - 1])
def test_latencies(slot: int) -> None:
    assert vote(State(), [997, 999], slot=slot).error is None


@pytest.mark.parametrize(
    ("state", "slots", "code"),
    [
        (State(), [], EMPTY_SLOTS),
        (State(), [899], ALL_FILTERED),
        (State(), [0, 899], ALL_FILTERED),
        (State(), [1_000], SLOTS_MISMATCH),
        (State(), [950, 940], SLOTS_MISMATCH),
        (State(), [950, 950], SLOTS_MISMATCH),
        (State(votes=[(990, 1)]), [990], VOTE_TOO_OLD),
        (State(votes=[(990, 1)]), [950, 989], VOTE_TOO_OLD),
        (State(votes=[(990, 1)]), [999, 950], SLOTS_MISMATCH),
        (State(votes=[(990, 1)]), [1_000, 950], SLOTS_MISMATCH),
    ],
)
def test_refused_slots(state: State, slots: Sequence[int], code: int) -> None:
    assert vote(state, slots).error == {"InstructionError": [0, {"Custom": code}]}


def test_old_slots_among_new_ones() -> None:
    state = State(votes=[(990, 1)])
    assert vote(state, [950, 991, 950, 995, 990]).error == {"InstructionError": [0, {"Custom": 2}]}
    assert vote(state, [899, 950, 991, 995]).error is None


def test_hash_of_the_last_slot() -> None:
    expected = {"InstructionError": [0, {"Custom": SLOT_HASH_MISMATCH}]}
    assert vote(State(), [950, 960], OTHER).error == expected


@pytest.mark.parametrize(
    ("history", "code"), [([], VOTE_TOO_OLD), ([998], SLOTS_MISMATCH), ([998, 999], None), ([999], None)]
)
def test_short_histories(history: Sequence[int], code: int | None) -> None:
    error = None if code is None else {"InstructionError": [0, {"Custom": code}]}
    assert vote(State(), [999], history=history).error == error


def test_a_full_history() -> None:
    history = range(488, 1_000)
    assert vote(State(), [488, 999], history=history).error is None
    assert vote(State(), [487, 999], history=history).error is None
    assert vote(State(), list(range(900, 1_000)), history=history).error is None


@pytest.mark.parametrize(
    ("time", "error"),
    [
        (None, None),
        (5, None),
        (2**63 - 1, None),
        (4, {"InstructionError": [0, {"Custom": TIMESTAMP_TOO_OLD}]}),
        (-(2**63), {"InstructionError": [0, {"Custom": TIMESTAMP_TOO_OLD}]}),
    ],
)
def test_times(time: int | None, error: object) -> None:
    assert vote(State(timestamp=(980, 5)), [985], time=time).error == error


@pytest.mark.parametrize(
    ("timestamp", "is_refused"),
    [
        ((985, 5), False),
        ((985, 4), True),
        ((986, 5), True),
        ((0, 5), False),
        ((0, 6), True),
        ((999, 5), True),
    ],
)
def test_times_of_one_slot(timestamp: tuple[int, int], is_refused: bool) -> None:
    expected = {"InstructionError": [0, {"Custom": TIMESTAMP_TOO_OLD}]} if is_refused else None
    assert vote(State(V4, timestamp=timestamp), [985], time=5).error == expected


def test_the_time_belongs_to_the_largest_slot_even_if_it_is_too_old() -> None:
    refused = {"InstructionError": [0, {"Custom": TIMESTAMP_TOO_OLD}]}
    assert vote(State(timestamp=(985, 5)), [899, 985], time=6).error == refused
    assert vote(State(timestamp=(984, 5)), [899, 985], time=6).error is None
