"""Encodings of vote states, read by an instruction that stores them again."""

from __future__ import annotations

import pytest

from tests.support.system_data import Mention
from tests.support.vote_data import (
    AUTHORIZE,
    BLS_KEY,
    NODE,
    ROLES,
    UPDATE_COMMISSION,
    V1_14_11,
    V3,
    V4,
    VOTER,
    WITHDRAWER,
    State,
    encoded,
)
from tests.support.vote_machine import ACCOUNT, CLOCK, check, vote_account

VERSIONS = [V1_14_11, V3, V4]
LENGTH = 3_762
SET_COMMISSION = encoded(UPDATE_COMMISSION, b"\5")
INVALID = {"InstructionError": [0, "InvalidAccountData"]}


def rewrite(content: bytes) -> object:
    """Set the commission like LiteSVM. Returns the error."""
    return check(SET_COMMISSION, [ACCOUNT, Mention(WITHDRAWER, True)], vote_account(content)).error


def full(version: int) -> State:
    """A state with something in every field."""
    return State(
        version,
        votes=[(700, 9), (710, 5)],
        latencies=[0, 255],
        root=2**64 - 1,
        voters={9: NODE, 3: VOTER, 2**64 - 1: WITHDRAWER},
        credits=[(3, 2**64 - 1, 0), (1, 2, 3)],
        timestamp=(2**64 - 1, -1),
        pending=2**64 - 1,
        bls_key=BLS_KEY,
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field(version: int) -> None:
    assert rewrite(full(version).data()) is None
    assert rewrite(State(version).data()) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_the_rest_of_the_data_stays(version: int) -> None:
    content = full(version).encoded()
    assert rewrite(content + b"\xff" * (LENGTH + 100 - len(content))) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_states_that_end_early(version: int) -> None:
    content = full(version).encoded()
    lengths = {0, 3, 4, 35, 67, 68, 69, 100, len(content) - 1, *range(130, len(content), 97)}
    for length in sorted(lengths):
        assert rewrite(content[:length]) == INVALID
    assert rewrite(content.ljust(LENGTH, b"\0")) is None


@pytest.mark.parametrize("version", [0, 4, 5, 2**32 - 1])
def test_unknown_versions(version: int) -> None:
    assert rewrite(version.to_bytes(4, "little") + State(V4).data()[4:]) == INVALID


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("byte", [2, 255])
def test_options_and_booleans(version: int, byte: int) -> None:
    # The bytes before the root, before the BLS key, and behind the former voters.
    content = State(version, root=7).data()
    root = content.index(b"\1" + (7).to_bytes(8, "little"))
    flags = [root]
    if version == V4:
        flags.append(4 + 4 * 32 + 12)
    else:
        flags.append(content.index(b"\x1f" + bytes(7) + b"\1", root) + 8)
    for flag in flags:
        assert content[flag] < 2
        assert rewrite(content[:flag] + bytes([byte]) + content[flag + 1 :]) == INVALID


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("count", [2**16, 2**32, 2**61, 2**64 - 1])
def test_counts_that_are_too_large(version: int, count: int) -> None:
    state = State(version, votes=[(700, 1)] * 3, voters={3: VOTER, 4: VOTER}, credits=[(1, 2, 3)] * 4)
    content = state.data()
    for present in (3, 2, 4):
        # The numbers of votes, voters and credits stand before slot 700, epoch 3 and epoch 1.
        following = {3: b"", 2: (3).to_bytes(8, "little"), 4: (1).to_bytes(8, "little")}[present]
        old = present.to_bytes(8, "little") + following
        position = content.index(old, 60)
        assert rewrite(content[:position] + count.to_bytes(8, "little") + content[position + 8 :]) == INVALID


def test_a_state_that_no_longer_fits() -> None:
    entries = (LENGTH - len(State().encoded())) // 24
    content = State(credits=[(1, 2, 3)] * entries).data()
    assert len(content) == LENGTH
    assert rewrite(content) is None
    # One more voter takes 40 bytes.
    mentions = [ACCOUNT, CLOCK, Mention(WITHDRAWER, True)]
    sent = check(encoded(AUTHORIZE, NODE, ROLES["voter"]), mentions, vote_account(content))
    assert sent.error == {"InstructionError": [0, "AccountDataTooSmall"]}


def test_a_later_voter_of_an_epoch_wins() -> None:
    content = State(voters={3: VOTER, 4: NODE}).data()
    assert (
        rewrite(content.replace((4).to_bytes(8, "little") + NODE, (3).to_bytes(8, "little") + NODE)) is None
    )
