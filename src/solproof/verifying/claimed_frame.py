"""The executor that has the claim of a proof instead of a machine.

The claim says how the frame ended, which words of the input it left, and which syscalls it made. This module
replays the syscalls, which call the runtime back as they do from the machine, and executes the last
instruction. What remains is for the circuit to prove: that the program led there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Values
from solproof.accesses.public import InputWords, PublicData
from solproof.errors import ProofRejected, Rejection, UnsupportedError
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext
from solproof.statement.claim import Claim
from solproof.statement.ending import ending
from solproof.statement.replay import replay
from solproof.vm.faults import Fault
from solproof.vm.memory import WORD


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class ClaimedOutcome:
    """The outcome of a frame, if the circuit proves it for these public data."""

    fault: Fault | None
    r0: int
    pc: int
    compute_units: int
    instructions: int
    input_region: bytes
    public: PublicData


class ClaimedFrame:
    """The executor of the one frame that a claim is about."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.is_used = False

    def run(self, invocation: Invocation, context: SyscallContext) -> ClaimedOutcome:
        """The claimed outcome. Raises `ProofRejected` if the frame cannot have ended so."""
        if self.is_used:
            raise UnsupportedError("a call of another program is not proven yet")
        self.is_used = True
        claim, limit = self.claim, invocation.compute_unit_limit
        final = claim.final
        if not 1 <= final.clk <= limit + 1:
            raise ProofRejected(
                Rejection.FINAL_CLK,
                f"the claim's last instruction is number {final.clk}, expected 1 to {limit + 1}",
            )
        first, after = _apply(claim, invocation.serialized.region)
        replayed = replay(claim.events, invocation, context, final.clk, claim.memory_units)
        fault = ending(invocation, final, replayed, context)
        if claim.fault != ("" if fault is None else fault.name):
            raise ProofRejected(
                Rejection.OUTCOME,
                f"the claim says that the run ended with {claim.fault or 'an exit'}, "
                f"it ended with {'an exit' if fault is None else fault.name}",
            )
        public = PublicData(
            entry=invocation.program.entry,
            registers=invocation.registers,
            layout=invocation.layout,
            final=final,
            input_words=InputWords(claim.index, first, claim.last),
            memory_units=claim.memory_units,
            events=claim.events,
        )
        units = claim.instructions + replayed.compute_units
        return ClaimedOutcome(fault, final.registers[0], final.pc, units, claim.instructions, after, public)


def _apply(claim: Claim, region: bytes) -> tuple[Values, bytes]:
    """The values of the touched words in the caller's input, and the input region after the run."""
    words = np.frombuffer(region + bytes(-len(region) % WORD), "<u8")
    index = claim.index
    if len(index) and (index[-1] >= len(words) or (np.diff(index) <= 0).any()):
        raise ProofRejected(
            Rejection.INPUT_WORDS, f"the claim's words of the input do not rise from 0 to {len(words) - 1}"
        )
    after = words.copy()
    after[index] = claim.last
    content = after.tobytes()
    if any(content[len(region) :]):
        raise ProofRejected(Rejection.INPUT_PADDING, "the claim changes bytes after the end of the input")
    return words[index].astype(np.uint64), content[: len(region)]
