"""A run in segments: guest runs of their own, each from the state that the one before it left.

Every segment outputs the digest of the state that it starts from and of the state that it leaves. `join`
insists that they fit, so that proofs of all segments are a proof of the whole run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solproof.errors import InputError, ProofRejected
from solproof.zisk.emulator import Emulation
from solproof.zisk.frame import segment_payload
from solproof.zisk.outputs import DIGEST_BYTES, Outputs

BEGINNING = bytes(DIGEST_BYTES)
"""What stands for the state before the first instruction, which the input says."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a run: what its guest is given, and what came out."""

    payload: bytes
    emulation: Emulation
    outputs: Outputs


def split(input_bin: bytes, instructions: int, run: Callable[[bytes], Emulation]) -> list[Segment]:
    """Run an input in segments of so many sBPF instructions; raises `InputError` for less than one."""
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
    """The outputs of the whole run, which are those of the last part: its counts go on from the state.

    Raises `ProofRejected` when the parts are not a run: of another program or input, in another order, or
    not all.
    """
    if not parts:
        raise ProofRejected("segments: there are none")
    before = BEGINNING
    for number, part in enumerate(parts):
        if part.refusal is not None:
            raise ProofRejected(f"segment {number}: {part.refusal}")
        if (part.program_digest, part.input_digest) != (parts[0].program_digest, parts[0].input_digest):
            raise ProofRejected(f"segment {number}: of another program or input than segment 0")
        if part.state_before != before:
            raise ProofRejected(
                f"segment {number}: starts from state {part.state_before.hex()}, expected {before.hex()}"
            )
        if part.is_complete != (number == len(parts) - 1):
            where = "the run ends here" if part.is_complete else "the run goes on after it"
            raise ProofRejected(f"segment {number} of {len(parts)}: {where}")
        before = part.state_after
    return parts[-1]


def state_digest(state: bytes) -> bytes:
    """What the guest outputs of a state."""
    return hashlib.sha256(state).digest()
