"""The encoding of claims: each claim has one encoding, and all other bytes are refused with a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof.errors import ProofRejected, Rejection
from solproof.statement.claim import HEAD, UNITS, Claim
from solproof.vm.trace import FinalState, SyscallEvent, WordAccess

u32, u64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
accesses = st.builds(WordAccess, region=st.integers(0, 255), index=u32, old=u64, new=u64)
events = st.builds(
    SyscallEvent,
    clk=u32,
    key=u32,
    arguments=st.tuples(u64, u64, u64, u64, u64),
    result=u64,
    compute_units=st.just(0),
    words=st.lists(accesses, max_size=3).map(tuple),
    memory_units=u32,
)
finals = st.builds(
    FinalState,
    clk=u32,
    pc=u32,
    registers=st.tuples(*[u64] * 11),
    open_call=u32,
    depth=st.integers(0, 255),
)
claims = st.builds(
    lambda final, fault, words, units, listed: Claim(
        final,
        fault,
        np.array([index for index, _ in words], np.int64),
        np.array([last for _, last in words], np.uint64),
        units,
        tuple(listed),
    ),
    finals,
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=255),
    st.lists(st.tuples(u32, u64), max_size=4),
    u32,
    st.lists(events, max_size=3),
)


def equal(one: Claim, other: Claim) -> bool:
    return (
        (one.final, one.fault, one.memory_units, one.events)
        == (other.final, other.fault, other.memory_units, other.events)
        and one.index.tolist() == other.index.tolist()
        and one.last.tolist() == other.last.tolist()
    )


@given(claims)
def test_round_trip(claim: Claim) -> None:
    assert equal(Claim.from_bytes(claim.to_bytes()), claim)


@settings(max_examples=30)
@given(claims)
def test_every_prefix_is_rejected(claim: Claim) -> None:
    data = claim.to_bytes()
    for length in range(len(data)):
        with pytest.raises(ProofRejected, match=r"^claim: ") as caught:
            Claim.from_bytes(data[:length])
        assert caught.value.reason in (Rejection.CLAIM_TRUNCATED, Rejection.CLAIM_COUNT)
    with pytest.raises(ProofRejected) as caught:
        Claim.from_bytes(data + b"\0\0")
    assert caught.value.reason is Rejection.CLAIM_TRAILING_BYTES
    assert str(caught.value) == "claim: 2 bytes follow its end"


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Bytes are accepted only if they are the encoding of the claim that they decode to."""
    try:
        claim = Claim.from_bytes(data)
    except ProofRejected as error:
        assert str(error).startswith("claim: ")
    else:
        assert claim.to_bytes() == data


def test_counts_are_bounded() -> None:
    """A count that is too large for its bytes is refused before memory is allocated."""
    head = bytes(HEAD.size + 1 + UNITS.size)
    for counts in (b"\xff\xff\xff\xff", bytes(4) + b"\xff\xff\xff\xff"):
        with pytest.raises(ProofRejected, match="names 4294967295 items") as caught:
            Claim.from_bytes(head + counts)
        assert caught.value.reason is Rejection.CLAIM_COUNT


@pytest.mark.parametrize("name", [b"Divide\x1bByZero", "é".encode(), b"\n"])
def test_names_are_printable(name: bytes) -> None:
    data = bytes(HEAD.size) + bytes([len(name)]) + name + bytes(UNITS.size + 8)
    with pytest.raises(ProofRejected) as caught:
        Claim.from_bytes(data)
    assert caught.value.reason is Rejection.CLAIM_TEXT
    assert str(caught.value) == "claim: the name of its fault is not printable ASCII"
