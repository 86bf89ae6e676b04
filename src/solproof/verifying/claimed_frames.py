"""The executor that has the claim of a proof instead of a machine.

The claim says how each frame ended, which words of the input it left, and which syscalls it made. This module
replays the syscalls, which call the runtime back as they do from the machine, and executes the last
instruction. A syscall that calls another program leads to the next frame of the claim. What remains is for
the circuit to prove: that the program led there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers
from solproof.accesses.public import OuterWords, PublicData
from solproof.circuit.program_table import program_table
from solproof.errors import ProofRejected, Rejection
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.ending import ending
from solproof.statement.replay import replay
from solproof.vm.faults import Fault
from solproof.vm.memory import INPUT, WORD, ReplayMemory


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class ClaimedOutcome:
    """The outcome of a frame, if the circuit proves it for these public data."""

    fault: Fault | None
    r0: int
    pc: int
    compute_units: int
    instructions: int
    public: PublicData


class ClaimedFrames:
    """The executor of the frames that a claim is about. Each run takes the next frame of the claim."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._used = 0

    def run(self, invocation: Invocation, context: SyscallContext) -> tuple[ClaimedOutcome, bytes]:
        """The claimed outcome, and the input region after it. Raises `ProofRejected` if it cannot be."""
        if self._used == len(self.claim.frames):
            raise ProofRejected(
                Rejection.FRAME_MISSING, f"the claim has {self._used} frames, but the run begins another one"
            )
        self._used += 1
        return _outcome(self.claim.frames[self._used - 1], self._used, invocation, context)

    def finish(self, ended: int) -> None:
        """Raise `ProofRejected` if a frame of the claim never began, or never ended.

        ended: how many frames the runtime says have ended. Only these are proven.
        """
        if ended != len(self.claim.frames):
            raise ProofRejected(
                Rejection.FRAME_SURPLUS,
                f"the claim has {len(self.claim.frames)} frames, but the run has {ended}",
            )


def _outcome(
    claim: FrameClaim, number: int, invocation: Invocation, context: SyscallContext
) -> tuple[ClaimedOutcome, bytes]:
    limit, final, program = invocation.compute_unit_limit, claim.final, invocation.program
    if not 1 <= final.clk <= limit + 1:
        raise ProofRejected(
            Rejection.FINAL_CLK,
            f"the claim's last instruction is number {final.clk}, expected 1 to {limit + 1}",
        )
    if len(claim.slots) and claim.slots[-1] >= program.slots:
        raise ProofRejected(
            Rejection.SLOTS, f"the claim's slots reach {claim.slots[-1]}, the program has {program.slots}"
        )
    input_region = invocation.serialized.region
    words = _words(claim, invocation, input_region)
    listed = {region: words.of(region).index.tolist() for region in (invocation.layout.image_region, INPUT)}
    memory = ReplayMemory(invocation.layout, program.image, input_region, listed)
    replayed = replay(claim.events, invocation, context, memory, final.clk, claim.memory_units)
    fault = ending(invocation, final, replayed, context)
    if claim.fault != ("" if fault is None else fault.name):
        raise ProofRejected(
            Rejection.OUTCOME,
            f"the claim says that the run ended with {claim.fault or 'an exit'}, "
            f"it ended with {'an exit' if fault is None else fault.name}",
        )
    public = PublicData(
        invocation=number,
        entry=program.entry,
        registers=invocation.registers,
        layout=invocation.layout,
        final=final,
        slots=claim.slots,
        program=program_table(program, registry(context.features).keys(), claim.slots),
        words=words,
        memory_units=claim.memory_units,
        events=claim.events,
    )
    outcome = ClaimedOutcome(
        fault=fault,
        r0=final.registers[0],
        pc=final.pc,
        compute_units=claim.instructions + replayed.compute_units,
        instructions=claim.instructions,
        public=public,
    )
    return outcome, _after(claim, memory.input_region())


def _words(claim: FrameClaim, invocation: Invocation, region: bytes) -> OuterWords:
    """The touched words, with their values in the verifier's own program and input region."""
    image, given = _as_words(invocation.program.image), _as_words(region)
    _check_rising(claim.image, len(image), Rejection.IMAGE_WORDS, "program's image")
    _check_rising(claim.index, len(given), Rejection.INPUT_WORDS, "input")
    loaded = image[claim.image]
    return OuterWords(
        region=np.concatenate(
            [np.full(len(claim.image), invocation.layout.image_region), np.full(len(claim.index), INPUT)]
        ),
        index=np.concatenate([claim.image, claim.index]),
        first=np.concatenate([loaded, given[claim.index]]),
        last=np.concatenate([loaded, claim.last]),
    )


def _as_words(content: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(content + bytes(-len(content) % WORD), "<u8")


def _check_rising(index: Integers, count: int, reason: Rejection, name: str) -> None:
    if len(index) and (index[-1] >= count or (np.diff(index) <= 0).any()):
        raise ProofRejected(reason, f"the claim's words of the {name} do not rise from 0 to {count - 1}")


def _after(claim: FrameClaim, region: bytes) -> bytes:
    """The input region after the run: the listed words as claimed, the others as the events left them."""
    words = _as_words(region).copy()
    words[claim.index] = claim.last
    content = words.tobytes()
    if any(content[len(region) :]):
        raise ProofRejected(Rejection.INPUT_PADDING, "the claim changes bytes after the end of the input")
    return content[: len(region)]
