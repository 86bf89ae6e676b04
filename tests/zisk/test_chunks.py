"""Segments of a run, and sequences of segments that are not a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.demo import scenario
from solproof.errors import InputError, ProofRejected, Rejection
from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.zisk import chunks
from solproof.zisk.abi import ABIS, Abi
from solproof.zisk.emulator import Emulation, emulate
from solproof.zisk.frame import segment_payload
from solproof.zisk.outputs import Outputs
from solproof.zisk.runner import differences
from tests.support.token_programs import CLASSIC, P_TOKEN, SUCCEEDING, elf, scene_of

GIVEN = scenario.transfer(elf(CLASSIC))
INPUT = bincode.pack(GIVEN)


def run(payload: bytes) -> Emulation:
    return emulate(payload, count_steps=False)


@pytest.fixture(scope="module")
def parts() -> list[chunks.Segment]:
    return chunks.split(INPUT, 1500, run)


def test_rejoined(parts: list[chunks.Segment]) -> None:
    """The last segment's outputs are those of the whole run, and the states match their digests."""
    assert [part.outputs.instructions for part in parts] == [1500, 3000, 4484]
    assert [part.outputs.is_complete for part in parts] == [False, False, True]
    joined = chunks.join([part.outputs for part in parts])
    assert differences(joined, execute(GIVEN)) == []
    whole = Outputs.of(run(INPUT).words)
    assert replace(joined, state_before=chunks.BEGINNING) == whole
    for part in parts[:-1]:
        assert chunks.state_digest(part.emulation.state) == part.outputs.state_after


@pytest.mark.parametrize("size", [19, 75, 76, 77])
def test_sizes(size: int) -> None:
    given = scenario.transfer(elf(P_TOKEN))
    parts = chunks.split(bincode.pack(given), size, run)
    assert len(parts) == -(-76 // size)
    assert differences(chunks.join([part.outputs for part in parts]), execute(given)) == []


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_a_run_may_change_its_version_of_zisk(abi: Abi, parts: list[chunks.Segment]) -> None:
    assert emulate(parts[1].payload, abi, count_steps=False).words == parts[1].emulation.words


def test_calls_between_segments() -> None:
    """Return data, open calls and syscalls survive a cut."""
    given = scene_of(CLASSIC, SUCCEEDING["GetAccountDataSize"][0])
    parts = chunks.split(bincode.pack(given), 200, run)
    assert len(parts) > 3
    assert differences(chunks.join([part.outputs for part in parts]), execute(given)) == []


def test_no_size() -> None:
    with pytest.raises(InputError) as caught:
        chunks.split(INPUT, 0, run)
    assert str(caught.value) == "segments of 0 instructions: expected at least 1"


# NEGATIVE


def rejected(outputs: list[Outputs], reason: Rejection) -> str:
    """The sentence with which the outputs are rejected, for this reason."""
    with pytest.raises(ProofRejected) as caught:
        chunks.join(outputs)
    assert caught.value.reason is reason
    return str(caught.value)


def test_what_is_no_run(parts: list[chunks.Segment]) -> None:
    first, second, last = (part.outputs for part in parts)
    assert rejected([], Rejection.SEGMENTS_MISSING) == "segments: there are none"
    assert rejected([first, second], Rejection.SEGMENT_ENDING) == "segment 1 of 2: the run goes on after it"
    assert rejected([last], Rejection.SEGMENT_STATE).startswith("segment 0: starts from state")
    assert rejected([first, last], Rejection.SEGMENT_STATE).startswith("segment 1: starts from state")
    assert rejected([second, first, last], Rejection.SEGMENT_STATE).startswith("segment 0: starts from state")
    other = Outputs.of(run(bincode.pack(scenario.transfer(elf(CLASSIC), 1))).words)
    reason = rejected([first, second, other], Rejection.SEGMENT_STATEMENT)
    assert reason == "segment 2: of another program or input than segment 0"
    whole = Outputs.of(run(INPUT).words)
    assert rejected([whole, whole], Rejection.SEGMENT_ENDING) == "segment 0 of 2: the run ends here"


def test_a_changed_state_has_another_digest(parts: list[chunks.Segment]) -> None:
    state = bytearray(parts[0].emulation.state)
    state[6 * 8] ^= 1  # r6
    forged = Outputs.of(run(segment_payload(INPUT, 0, bytes(state))).words)
    assert forged.state_before != parts[0].outputs.state_after
    reason = rejected([parts[0].outputs, forged], Rejection.SEGMENT_STATE)
    assert reason.startswith("segment 1: starts from state")


@pytest.mark.parametrize(
    ("word", "value"),
    [(10, 0), (11, 1 << 40), (12, 1 << 40), (13, 1 << 40), (14, 1 << 40), (15, 2000), (16, 64), (16, 63)],
)
def test_a_malformed_state_is_refused(parts: list[chunks.Segment], word: int, value: int) -> None:
    state = bytearray(parts[0].emulation.state)
    state[8 * word : 8 * word + 8] = value.to_bytes(8, "little")
    outputs = Outputs.of(run(segment_payload(INPUT, 0, bytes(state))).words)
    assert outputs.refusal == "the state that the segment starts from is malformed"
    assert not outputs.success


def test_a_cut_state_is_refused(parts: list[chunks.Segment]) -> None:
    state = parts[0].emulation.state
    for length in (8, 80, 200, len(state) - 8):
        outputs = Outputs.of(run(segment_payload(INPUT, 0, state[:length])).words)
        assert outputs.refusal == "the state that the segment starts from is malformed"
