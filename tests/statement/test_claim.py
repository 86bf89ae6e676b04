"""The encoding of claims: each claim has one encoding, and all other bytes are refused with a reason."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof.errors import ProofRejected, Rejection
from solproof.runtime.budget import MAXIMUM_COMPUTE_UNIT_LIMIT
from solproof.runtime.invoke import MAXIMUM_TRACE_LENGTH
from solproof.statement.claim import HEAD, LEAST_FRAME, UNITS, Claim, FrameClaim
from solproof.vm.trace import FinalState, SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses

u32, u64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
accesses = st.builds(WordAccess, region=st.integers(0, 255), index=u32, old=u64, new=u64)
events = st.builds(
    SyscallEvent,
    clk=u32,
    key=u32,
    arguments=st.tuples(u64, u64, u64, u64, u64),
    result=u64,
    compute_units=st.just(0),
    words=st.lists(accesses, max_size=2).map(WordAccesses.of),
    memory_units=u32,
)


@st.composite
def frames(draw: st.DrawFn) -> FrameClaim:
    """A frame. The slots rise, and are not more than the steps."""
    near = st.integers(0, 9)
    slots = sorted(draw(st.sets(st.one_of(near, u32), max_size=6)))
    words = draw(st.lists(st.tuples(u32, u64), max_size=4))
    final = FinalState(
        clk=draw(st.integers(len(slots) + 1 if slots else 0, 2**32 - 1)),
        pc=draw(u32),
        registers=struct.unpack("<11Q", draw(st.binary(min_size=88, max_size=88))),
        open_call=draw(u32),
        depth=draw(st.integers(0, 255)),
    )
    return FrameClaim(
        final=final,
        fault=draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)),
        slots=np.array(slots, np.int64),
        image=np.array(draw(st.lists(u32, max_size=3)), np.int64),
        index=np.array([index for index, _ in words], np.int64),
        last=np.array([last for _, last in words], np.uint64),
        memory_units=draw(u32),
        events=tuple(draw(st.lists(events, max_size=2))),
    )


claims = st.lists(frames(), max_size=2).map(tuple).map(Claim)


def parts(claim: Claim) -> list[tuple[Any, ...]]:
    """Everything in a claim, with lists instead of arrays."""
    return [
        (
            *(frame.final, frame.fault, frame.memory_units, frame.events),
            *(part.tolist() for part in (frame.slots, frame.image, frame.index, frame.last)),
        )
        for frame in claim.frames
    ]


@settings(deadline=None)
@given(claims)
def test_round_trip(claim: Claim) -> None:
    assert parts(Claim.from_bytes(claim.to_bytes())) == parts(claim)


@settings(max_examples=20, deadline=None)
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


def decoded(data: bytes) -> None:
    """Bytes are accepted only if they are the encoding of the claim that they decode to."""
    try:
        claim = Claim.from_bytes(data)
    except ProofRejected as error:
        assert str(error).startswith("claim: ")
    else:
        assert claim.to_bytes() == data


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    decoded(data)


@settings(deadline=None)
@given(claims, st.data())
def test_changed_bytes(claim: Claim, data: st.DataObject) -> None:
    """A few bytes of a claim are replaced, so that most of it can still be read."""
    encoded = bytearray(claim.to_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    decoded(bytes(encoded))


# COUNTS

EMPTY = bytes(HEAD.size + UNITS.size + 1)
"""The start of a frame: its final state, its units, and a name without characters."""
MANY = struct.pack("<I", 2**32 - 1)


@pytest.mark.parametrize("before", range(4))
def test_counts_are_bounded(before: int) -> None:
    """A count that is too large for its bytes is refused before memory is allocated."""
    with pytest.raises(ProofRejected, match="names 4294967295 items") as caught:
        Claim.from_bytes(struct.pack("<I", 1) + EMPTY + bytes(4 * before) + MANY + bytes(16))
    assert caught.value.reason is Rejection.CLAIM_COUNT


def test_the_number_of_frames_is_bounded() -> None:
    for count in (2, 2**32 - 1):
        with pytest.raises(ProofRejected, match=f"names {count} items at byte 4") as caught:
            Claim.from_bytes(struct.pack("<I", count) + bytes(2 * LEAST_FRAME - 1))
        assert caught.value.reason is Rejection.CLAIM_COUNT


def test_a_claim_has_no_more_frames_than_a_transaction() -> None:
    frame = EMPTY + bytes(16)
    assert len(Claim.from_bytes(struct.pack("<I", 64) + 64 * frame).frames) == MAXIMUM_TRACE_LENGTH
    with pytest.raises(ProofRejected, match="has 65 frames, a transaction has at most 64") as caught:
        Claim.from_bytes(struct.pack("<I", 65) + 65 * frame)
    assert caught.value.reason is Rejection.FRAME_SURPLUS


@pytest.mark.parametrize("name", [b"Divide\x1bByZero", "é".encode(), b"\n"])
def test_names_are_printable(name: bytes) -> None:
    data = struct.pack("<I", 1) + EMPTY[:-1] + bytes([len(name)]) + name + bytes(16)
    with pytest.raises(ProofRejected) as caught:
        Claim.from_bytes(data)
    assert caught.value.reason is Rejection.CLAIM_TEXT
    assert str(caught.value) == "claim: the name of its fault is not printable ASCII"


# SLOTS


def with_runs(*frames: tuple[int, Sequence[tuple[int, int]]]) -> bytes:
    """A claim whose frames have this number of the last instruction, and these runs of slots."""
    data = struct.pack("<I", len(frames))
    for clk, runs in frames:
        listed = b"".join(struct.pack("<II", *run) for run in runs)
        data += struct.pack("<I", clk) + EMPTY[4:] + struct.pack("<I", len(runs)) + listed + bytes(12)
    return data


def rejected_slots(data: bytes) -> str:
    with pytest.raises(ProofRejected) as caught:
        Claim.from_bytes(data)
    assert caught.value.reason is Rejection.SLOTS
    return str(caught.value)


def test_runs_of_slots() -> None:
    (frame,) = Claim.from_bytes(with_runs((7, [(0, 1), (5, 3), (9, 2)]))).frames
    assert frame.slots.tolist() == [0, 5, 6, 7, 9, 10]
    (frame,) = Claim.from_bytes(with_runs((2, [(2**32 - 1, 1)]))).frames
    assert frame.slots.tolist() == [2**32 - 1]


@pytest.mark.parametrize(
    "runs",
    [
        [(3, 0)],
        [(3, 2), (8, 0)],
        [(3, 2), (5, 1)],  # these two touch, so they are one run
        [(3, 2), (4, 1)],
        [(3, 2), (3, 2)],
        [(8, 1), (3, 1)],
        [(2**32 - 1, 2), (0, 1)],
    ],
)
def test_runs_have_one_encoding(runs: Sequence[tuple[int, int]]) -> None:
    assert rejected_slots(with_runs((100, runs))) == "claim: the runs of executed slots do not rise, or touch"


def test_slots_are_not_more_than_steps() -> None:
    assert rejected_slots(with_runs((4, [(0, 4)]))) == (
        "claim: 4 slots were executed, more than the 3 steps of the run"
    )
    rejected_slots(with_runs((0, [(0, 1)])))
    rejected_slots(with_runs((1, [(0, 1)])))
    Claim.from_bytes(with_runs((5, [(0, 4)])))
    Claim.from_bytes(with_runs((0, [])))


def test_slots_without_memory() -> None:
    """A run names 2^32 slots in eight bytes. It is refused before they are allocated."""
    many = 2**32 - 1
    half = MAXIMUM_COMPUTE_UNIT_LIMIT // 2
    for data in (
        with_runs((many, [(0, many)])),
        with_runs((many, [(0, 2**31), (2**31 + 1, 2**31 - 2)])),
        with_runs((many, [(0, MAXIMUM_COMPUTE_UNIT_LIMIT + 1)])),
        with_runs(*[(many, [(0, many)])] * 64),
    ):
        tracemalloc.start()
        rejected_slots(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
        tracemalloc.stop()
    # All frames together have no more slots than a transaction has compute units.
    Claim.from_bytes(with_runs(*[(many, [(0, half)])] * 2))
    rejected_slots(with_runs(*[(many, [(0, half)])] * 2, (many, [(0, 1)])))
