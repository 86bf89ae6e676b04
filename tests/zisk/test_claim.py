"""Attacks: a prover chooses the whole input memory. Each of these inputs proves nothing, or a true claim."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from solproof.demo import scenario
from solproof.errors import ProofRejected, Rejection
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.zisk import chunks
from solproof.zisk.abi import ABIS, Abi
from solproof.zisk.claim import accept
from solproof.zisk.emulator import Emulation, emulate
from solproof.zisk.frame import segment_payload
from solproof.zisk.outputs import Outputs
from tests.support.guest_frames import LARGEST, memory, run_memory
from tests.support.guest_verdicts import outputs_of, small_input
from tests.support.token_programs import CLASSIC, P_TOKEN, elf

GIVEN = small_input()
CONTENT = bincode.pack(GIVEN)
WHOLE = outputs_of(CONTENT)[1]
PROGRAM_END = 8 + len(GIVEN.program)


def run(payload: bytes) -> Emulation:
    return emulate(payload, count_steps=False)


def rejected(parts: list[Outputs], given: ExecutionInput, reason: Rejection) -> str:
    """The sentence with which the outputs are rejected, for this reason."""
    with pytest.raises(ProofRejected) as caught:
        accept(parts, given)
    assert caught.value.reason is reason
    return str(caught.value)


def test_what_is_true_is_accepted() -> None:
    assert accept([WHOLE], GIVEN) == WHOLE


# THE FRAME


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
@pytest.mark.parametrize("length", [LARGEST + 1, 1 << 32, 1 << 63, 2**64 - 1])
def test_a_length_beyond_the_memory(abi: Abi, length: int) -> None:
    """Otherwise, the guest would read its own memory as input."""
    refusal = run_memory(memory(CONTENT, length), abi).refusal
    assert refusal == "the input is not a SolanaExecutionInput: at offset 0 of the input.bin"


@pytest.mark.parametrize("segment", [b"", segment_payload(b"", 7)])
@pytest.mark.parametrize("length", [0, 7, 8, 23, 24])
def test_a_short_length(segment: bytes, length: int) -> None:
    assert run_memory(memory(segment + CONTENT, length)).refusal is not None


def test_bytes_outside_the_length() -> None:
    """Zeros after the input are not part of it, and the guest does not read bytes past the length."""
    assert run_memory(memory(CONTENT, len(CONTENT) + 8)).refusal is not None
    assert run_memory(memory(CONTENT + b"more", len(CONTENT))) == WHOLE


# THE DIGESTS


def test_bytes_are_bound() -> None:
    """Changing a byte changes a digest, unless the guest refuses the input.

    Most bytes belong to a sysvar.
    """
    for place in (*range(0, 700, 9), *range(700, len(CONTENT), 241)):
        changed = bytearray(CONTENT)
        changed[place] ^= 1
        _, outputs = outputs_of(bytes(changed))
        if outputs.refusal is None:
            is_other = (
                outputs.program_digest != WHOLE.program_digest,
                outputs.input_digest != WHOLE.input_digest,
            )
            assert is_other == (8 <= place < PROGRAM_END, place >= PROGRAM_END)


def test_the_border_of_program_and_input_is_bound() -> None:
    """If the same bytes are divided differently, both parts change their length, so both digests change."""
    for length in (0, 8, 24, 32, 48, 80, 512, 4096, len(CONTENT) - 8):
        if length != len(GIVEN.program):
            _, outputs = outputs_of(struct.pack("<Q", length) + CONTENT[8:])
            assert outputs.program_digest != WHOLE.program_digest
            assert outputs.input_digest != WHOLE.input_digest or outputs.refusal is not None


def test_how_the_program_is_read_is_bound() -> None:
    """Raw bytecode of another version: the same program digest, but another input digest."""
    assert GIVEN.program_format is not None
    other = replace(GIVEN, program_format=replace(GIVEN.program_format, version=3))
    outputs = outputs_of(bincode.pack(other))[1]
    assert outputs.program_digest == WHOLE.program_digest
    assert rejected([outputs], GIVEN, Rejection.OTHER_INPUT).startswith("the input has SHA-256 ")


def test_another_program_or_limit() -> None:
    other = replace(GIVEN, program=GIVEN.program + GIVEN.program)
    reason = rejected([outputs_of(bincode.pack(other))[1]], GIVEN, Rejection.OTHER_PROGRAM)
    assert reason.startswith("the program has SHA-256 ")
    other = replace(GIVEN, parameters=Parameters(compute_unit_limit=1000))
    reason = rejected([outputs_of(bincode.pack(other))[1]], GIVEN, Rejection.OTHER_INPUT)
    assert reason.startswith("the input has SHA-256 ")


def test_mentions_of_one_account_that_differ() -> None:
    """The third account repeats the first. With one lamport more, the input would contradict itself."""
    again = CONTENT.rindex(bytes([1]) * 32 + bytes([7]) * 32)
    changed = bytearray(CONTENT)
    changed[again + 64] += 1
    assert outputs_of(bytes(changed))[1].refusal is not None


# SEGMENTS


def test_a_segment_without_a_state_is_the_run() -> None:
    assert Outputs.of(run(segment_payload(CONTENT, 0)).words) == WHOLE


def test_a_forged_state_cannot_pass_for_a_run() -> None:
    """A transfer of more than the account holds fails, but a forged state can claim success.

    The forged state is just before the exit, with r0 = 0. The guest then reports success. Words 40 to 47
    reveal the state, and no honest segment ends with it.
    """
    given = scenario.transfer(elf(P_TOKEN), scenario.SOURCE_AMOUNT + 1)
    content = bincode.pack(given)
    honest = Outputs.of(run(content).words)
    assert not accept([honest], given).success
    first = chunks.split(content, 20, run)[0]
    state = bytearray(first.emulation.state)
    struct.pack_into("<Q", state, 0, 0)
    struct.pack_into("<Q", state, 8 * 11, honest.pc)
    forged = Outputs.of(run(segment_payload(content, 0, bytes(state))).words)
    assert forged.success
    assert rejected([forged], given, Rejection.SEGMENT_STATE).startswith("segment 0: starts from state ")
    reason = rejected([first.outputs, forged], given, Rejection.SEGMENT_STATE)
    assert reason.startswith("segment 1: starts from state ")


def test_a_forged_frame_of_a_caller_is_refused() -> None:
    """If frames have fixed places, a caller's r10 is determined by the depth."""
    parts = chunks.split(bincode.pack(scenario.transfer(elf(CLASSIC))), 1500, run)
    state = bytearray(parts[0].emulation.state)
    depth, return_data = (struct.unpack_from("<Q", state, 8 * word)[0] for word in (16, 15))
    assert depth > 0
    caller = 8 * 17 + (return_data + 7) // 8 * 8 + 8 * 4
    struct.pack_into("<Q", state, caller, struct.unpack_from("<Q", state, caller)[0] + 8)
    payload = segment_payload(bincode.pack(scenario.transfer(elf(CLASSIC))), 0, bytes(state))
    refusal = Outputs.of(run(payload).words).refusal
    assert refusal == "the state that the segment starts from is malformed"


def test_the_end_of_another_run() -> None:
    given = scenario.transfer(elf(P_TOKEN))
    parts = [part.outputs for part in chunks.split(bincode.pack(given), 50, run)]
    assert accept(parts, given).success
    other = scenario.transfer(elf(P_TOKEN), 1)
    assert rejected(parts, other, Rejection.OTHER_INPUT).startswith("the input has SHA-256 ")
    strange = [part.outputs for part in chunks.split(bincode.pack(other), 50, run)]
    reason = rejected([parts[0], strange[1]], given, Rejection.SEGMENT_STATEMENT)
    assert reason == "segment 1: of another program or input than segment 0"
