"""A run in segments. Each segment is a guest run that starts from the state that the previous segment left.

Every segment outputs the digests of its first and of its last state. `join` checks that they fit together, so
that proofs of all segments are a proof of the whole run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solproof.errors import InputError, ProofRejected, Rejection
from solproof.zisk.emulator import Emulation
from solproof.zisk.frame import segment_payload
from solproof.zisk.outputs import DIGEST_BYTES, Outputs

BEGINNING = bytes(DIGEST_BYTES)
"""Stands for the digest of the state before the first instruction, which follows from the input."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a run: the input of its guest, and the result."""

    payload: bytes
    emulation: Emulation
    outputs: Outputs


def split(input_bin: bytes, instructions: int, run: Callable[[bytes], Emulation]) -> list[Segment]:
    """Run an input in segments of `instructions` sBPF instructions. Raises `InputError` if below 1."""
    if instructions < 1:
        raise InputError(f"segments of {instructions} instructions: expected at least 1")
    segments: list[Segment] = []
    state = b""
    while True:
        payload = segment_payload(input_bin, instructions, state)
        emulation = run(payload)
        outputs = Outputs.of(emulation.words)
        segments.append(Segment(payload, emulation, outputs))
        state = emulation.state
        if not state:
            return segments


def join(parts: Sequence[Outputs]) -> Outputs:
    """The outputs of the whole run.

    These are the outputs of the last part, because its counts continue those of earlier parts. Raises
    `ProofRejected` if the parts are not one run: another program or input, another order, or missing parts.
    """
    if not parts:
        raise ProofRejected(Rejection.SEGMENTS_MISSING, "segments: there are none")
    before = BEGINNING
    for number, part in enumerate(parts):
        if part.refusal is not None:
            raise ProofRejected(Rejection.SEGMENT_REFUSED, f"segment {number}: {part.refusal}")
        if (part.program_digest, part.input_digest) != (parts[0].program_digest, parts[0].input_digest):
            raise ProofRejected(
                Rejection.SEGMENT_STATEMENT, f"segment {number}: of another program or input than segment 0"
            )
        if part.state_before != before:
            raise ProofRejected(
                Rejection.SEGMENT_STATE,
                f"segment {number}: starts from state {part.state_before.hex()}, expected {before.hex()}",
            )
        if part.is_complete != (number == len(parts) - 1):
            where = "the run ends here" if part.is_complete else "the run goes on after it"
            raise ProofRejected(Rejection.SEGMENT_ENDING, f"segment {number} of {len(parts)}: {where}")
        before = part.state_after
    return parts[-1]


def state_digest(state: bytes) -> bytes:
    """The digest that the guest outputs for a state."""
    return hashlib.sha256(state).digest()
