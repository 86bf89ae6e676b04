from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from solproof.runtime.builtins.vote.vote_error import VoteError
from tests.support.litesvm_transactions import Sent
from tests.support.system_data import Mention
from tests.support.vote_data import (
    UPDATE_VOTE_STATE,
    V1_14_11,
    V3,
    V4,
    VOTER,
    State,
    Votes,
    encoded,
    tower,
    tower_sync,
)
from tests.support.vote_machine import (
    ACCOUNT,
    HISTORY,
    check,
    machine_of,
    set_clock,
    set_history,
    vote_account,
)

OTHER = b"\7" * 32
FULL: Votes = [(slot, 31 - index) for index, slot in enumerate(range(960, 991))]
"""A tower of 31 votes."""
NEXT: Votes = [(slot, 31 - index) for index, slot in enumerate(range(961, 992))]
"""The tower after one more vote, with which slot 960 becomes the root."""


def propose(
    state: State,
    votes: Votes,
    root: int | None = None,
    last_hash: bytes | None = None,
    time: int | None = None,
    history: Iterable[int] = HISTORY,
    slot: int = 1_000,
    epoch: int = 5,
) -> Sent:
    """Propose a tower like LiteSVM, in the encoding that can hold every tower."""
    machine = machine_of()
    set_history(machine, history)
    set_clock(machine, slot, epoch)
    content = encoded(UPDATE_VOTE_STATE, tower(votes, root, last_hash, time))
    return check(content, [ACCOUNT, Mention(VOTER, True, False)], vote_account(state), machine=machine)


@dataclass(frozen=True)
class Refused:
    """A proposal that ends with an error."""

    error: VoteError
    votes: Votes
    root: int | None = None
    state: State = State()  # noqa: RUF009
    history: Iterable[int] = HISTORY


REFUSED = [
    Refused(VoteError.EMPTY_SLOTS, []),
    Refused(VoteError.EMPTY_SLOTS, [], 2, State(votes=[(990, 1)]), []),
    Refused(VoteError.VOTE_TOO_OLD, [(990, 1)], None, State(votes=[(990, 1)]), []),
    Refused(VoteError.VOTE_TOO_OLD, [(991, 2), (989, 1)], None, State(votes=[(990, 1)])),
    Refused(VoteError.VOTE_TOO_OLD, [(899, 1)]),
    Refused(VoteError.VOTE_TOO_OLD, [(950, 2), (0, 1)]),
    Refused(VoteError.SLOTS_MISMATCH, [(990, 1)], None, State(), []),
    Refused(VoteError.SLOTS_MISMATCH, [(1_000, 1)]),
    Refused(VoteError.SLOTS_MISMATCH, [(999, 2), (1_000, 1)]),
    Refused(VoteError.SLOTS_MISMATCH, [(999, 2), (998, 2), (1_000, 1)]),
    Refused(VoteError.SLOTS_MISMATCH, [(990, 1)], 1_000),
    Refused(VoteError.SLOTS_MISMATCH, [(951, 2), (952, 1)], None, State(), range(900, 1_000, 2)),
    Refused(VoteError.SLOTS_MISMATCH, [(950, 2), (953, 1)], None, State(), range(900, 1_000, 2)),
    Refused(VoteError.ROOT_ON_DIFFERENT_FORK, [(952, 1)], 951, State(), range(900, 1_000, 2)),
    Refused(VoteError.ROOT_ON_DIFFERENT_FORK, [(952, 1)], 953, State(), range(900, 1_000, 2)),
    Refused(VoteError.SLOTS_NOT_ORDERED, [(950, 3), (950, 2), (952, 1)]),
    Refused(VoteError.SLOTS_NOT_ORDERED, [(950, 3), (940, 2), (952, 1)]),
    Refused(VoteError.SLOTS_NOT_ORDERED, [(50, 3), (40, 2), (952, 1)]),
    Refused(VoteError.TOO_MANY_VOTES, [(slot, 40) for slot in range(960, 992)]),
    Refused(VoteError.ROOT_ROLL_BACK, [(990, 1)], 949, State(root=950)),
    Refused(VoteError.ROOT_ROLL_BACK, [(990, 1)], None, State(root=0)),
    Refused(VoteError.ZERO_CONFIRMATIONS, [(990, 0)]),
    Refused(VoteError.ZERO_CONFIRMATIONS, [(989, 1), (990, 0)]),
    Refused(VoteError.CONFIRMATION_TOO_LARGE, [(990, 32)]),
    Refused(VoteError.CONFIRMATION_TOO_LARGE, [(990, 2**32 - 1)]),
    Refused(VoteError.SLOT_SMALLER_THAN_ROOT, [(950, 2), (990, 1)], 950),
    Refused(VoteError.CONFIRMATIONS_NOT_ORDERED, [(988, 1), (990, 1)]),
    Refused(VoteError.CONFIRMATIONS_NOT_ORDERED, [(988, 1), (990, 2)]),
    Refused(VoteError.NEW_VOTE_STATE_LOCKOUT_MISMATCH, [(985, 2), (990, 1)]),
    Refused(VoteError.LOCKOUT_CONFLICT, [(992, 1)], None, State(votes=[(990, 1)])),
    Refused(VoteError.LOCKOUT_CONFLICT, [(991, 5), (992, 1)], None, State(votes=[(988, 2), (990, 1)])),
    Refused(VoteError.LOCKOUT_CONFLICT, NEXT, 950, State(votes=FULL)),
    Refused(VoteError.CONFIRMATION_ROLL_BACK, [(980, 5), (992, 1)], None, State(votes=[(980, 6)])),
    Refused(VoteError.CONFIRMATION_ROLL_BACK, [(980, 5), (992, 1)], None, State(votes=[(980, 2**32 - 1)])),
]


@pytest.mark.parametrize("refused", REFUSED, ids=[refused.error.name for refused in REFUSED])
def test_refused_towers(refused: Refused) -> None:
    sent = propose(refused.state, refused.votes, refused.root, history=refused.history)
    assert sent.error == {"InstructionError": [0, {"Custom": refused.error.value}]}


def test_hash_of_the_newest_slot() -> None:
    for state in (State(), State(votes=[(990, 1)])):
        sent = propose(state, [(990, 2), (992, 1)], None, OTHER)
        assert sent.error == {"InstructionError": [0, {"Custom": VoteError.SLOT_HASH_MISMATCH}]}


@pytest.mark.parametrize(
    ("state", "votes", "root"),
    [
        (State(), [(999, 1)], None),
        (State(), [(999, 31)], None),
        (State(), [(999, 1)], 0),
        (State(), [(0, 3), (900, 2), (904, 1)], 0),
        (State(root=0), [(900, 2), (904, 1)], 0),
        (State(), [(960, 31), (961, 30)], 959),
        (State(votes=FULL), NEXT, 960),
        (State(votes=FULL, root=959), NEXT, 960),
        (State(V3, votes=FULL, root=959), NEXT, 960),
        (State(V1_14_11, votes=FULL, root=959), NEXT, 960),
        (State(votes=FULL, root=960), NEXT, 960),
        (State(votes=[(990, 1)]), [(993, 1)], None),
        (State(votes=[(980, 2), (981, 1)]), [(980, 3), (984, 2), (986, 1)], 950),
        (State(votes=[(980, 2), (990, 1)]), [(981, 5), (990, 4), (992, 1)], 980),
        (State(votes=[(980, 2), (990, 1)]), [(999, 1)], 998),
        (State(V4, votes=[(980, 2), (2**64 - 100, 1)]), [(999, 1)], 998),
    ],
)
def test_towers(state: State, votes: Votes, root: int | None) -> None:
    error = propose(state, votes, root).error
    assert error == (None if len(state.votes) != 2 or state.votes[1][0] < 1_000 else too_old())


def too_old() -> object:
    return {"InstructionError": [0, {"Custom": VoteError.VOTE_TOO_OLD}]}


@pytest.mark.parametrize("root", [None, 10, 700, 750, 800, 899, 900])
@pytest.mark.parametrize("state_root", [None, 5, 690])
@pytest.mark.parametrize("stored", [[], [(700, 8)], [(700, 8), (750, 7)], [(920, 5)]])
def test_roots_that_are_older_than_the_history(
    root: int | None, state_root: int | None, stored: Votes
) -> None:
    error = propose(State(votes=stored, root=state_root), [(930, 9), (940, 8)], root).error
    assert error is None or "Custom" in error["InstructionError"][1]


@pytest.mark.parametrize("old", [[], [(700, 12)], [(700, 12), (750, 11)], [(700, 12), (751, 11)]])
@pytest.mark.parametrize("stored", [[], [(700, 9)], [(700, 9), (750, 8)]])
def test_votes_that_are_older_than_the_history(old: list[tuple[int, int]], stored: Votes) -> None:
    error = propose(State(V3, votes=stored), [*old, (900, 10), (901, 9)]).error
    assert error is None or "Custom" in error["InstructionError"][1]


@pytest.mark.parametrize("latencies", [range(31), range(2, 33), [0] * 31, [1] * 31, [255] * 31])
@pytest.mark.parametrize("root", [960, 963, 990])
@pytest.mark.parametrize(
    "credits",
    [
        [],
        [(5, 10, 4)],
        [(4, 10, 4)],
        [(4, 10, 10)],
        [(9, 2**64 - 1, 2**64 - 3)],
        [(5, 2**64 - 2, 0)],
        [(epoch, epoch + 1, epoch) for epoch in range(64)],
        [(epoch, 7, 7) for epoch in range(64)],
    ],
)
def test_credits(latencies: Sequence[int], root: int, credits: Sequence[tuple[int, int, int]]) -> None:
    state = State(votes=FULL, latencies=latencies, root=950, credits=credits)
    votes = [vote for vote in NEXT if vote[0] > root]
    assert propose(state, votes, root, epoch=5).error is None


@pytest.mark.parametrize("slot", [0, 990, 992, 993, 1_008, 1_300, 2**64 - 1])
def test_latencies(slot: int) -> None:
    state = State(votes=[(980, 2), (985, 1)], latencies=[0, 7])
    assert propose(state, [(980, 5), (985, 4), (988, 3), (992, 2)], slot=slot).error is None


@pytest.mark.parametrize(("time", "is_refused"), [(None, False), (5, False), (4, True), (6, False)])
def test_times(time: int | None, is_refused: bool) -> None:
    expected = {"InstructionError": [0, {"Custom": VoteError.TIMESTAMP_TOO_OLD}]} if is_refused else None
    assert propose(State(timestamp=(980, 5)), [(992, 1)], time=time).error == expected
    same_slot = State(timestamp=(992, 5))
    expected = expected if time in (None, 5) else {"InstructionError": [0, {"Custom": 4}]}
    assert propose(same_slot, [(992, 1)], time=time).error == expected


def test_a_full_history() -> None:
    history = range(488, 1_000)
    assert propose(State(), [(488, 20), (999, 1)], history=history).error is None
    assert propose(State(), [(487, 20), (999, 1)], history=history).error is None
    assert propose(State(), [(500, 20), (999, 1)], 488, history=history).error is None


@pytest.mark.parametrize(
    "content",
    [
        tower_sync([(2**64 - 1, 1)]),
        tower_sync([(999, 1)], 950),
        tower_sync([], 2**64 - 2),
        tower_sync([(999, 1)]).replace(b"\xe7\x07", b"\xe7\x87\0"),  # not the shortest encoding of 999
        tower_sync([(999, 1)]).replace(b"\xe7\x07", b"\xff" * 9 + b"\2"),
        tower_sync([(999, 1)]).replace(b"\xe7\x07", b"\xff" * 10),
        tower_sync([(2**64 + 3, 1)], 2**64 - 2, OTHER),
        tower_sync([(999, 1)]).replace(b"\1\xe7\x07", b"\x81\0\xe7\x07"),  # not the shortest length
        tower_sync([(999, 1)]).replace(b"\1\xe7\x07", b"\xff\xff\xff\xe7\x07"),
        tower_sync([(slot, 1) for slot in range(130)]),
    ],
)
def test_compact_encodings(content: bytes) -> None:
    check(content, [ACCOUNT, Mention(VOTER, True, False)], vote_account(State()))
