"""The comparisons that a verifier makes with the public words of a guest.

A prover can influence the words only through the guest's input. So the words make true claims about the input
that the guest read. The verifier must check that this was the expected program and input.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof.errors import ProofRejected, Rejection
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.chunks import join
from solproof.zisk.digests import input_digest, program_digest
from solproof.zisk.outputs import Outputs


def accept(parts: Sequence[Outputs], given: ExecutionInput) -> Outputs:
    """The outputs of a run of `given`, from the public words of its proofs.

    There is one proof, or several if the run was split into segments. Raises `ProofRejected` if the words do
    not describe that run: another program or input, missing parts, or a run that the guest refused.
    """
    outputs = join(parts)
    for reason, name, found, expected in (
        (Rejection.OTHER_PROGRAM, "program", outputs.program_digest, program_digest(given)),
        (Rejection.OTHER_INPUT, "input", outputs.input_digest, input_digest(given)),
    ):
        if found != expected:
            raise ProofRejected(reason, f"the {name} has SHA-256 {found.hex()}, expected {expected.hex()}")
    return outputs
