"""What public words of a guest prove, and of what: the comparisons that a verifier makes.

The words are a prover's to choose only through the guest's input. So what they claim is true of whatever was
read; that it was the program and the input that one has in mind is for the verifier to compare.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof.errors import ProofRejected
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.chunks import join
from solproof.zisk.digests import input_digest, program_digest
from solproof.zisk.outputs import Outputs


def accept(parts: Sequence[Outputs], given: ExecutionInput) -> Outputs:
    """The outputs of a run of `given`, from the public words of all its proofs, one unless it was cut.

    Raises `ProofRejected` when the words claim nothing of it: another program or input, a part that is not
    the whole run, a run that the guest refused.
    """
    outputs = join(parts)
    for name, found, expected in (
        ("program", outputs.program_digest, program_digest(given)),
        ("input", outputs.input_digest, input_digest(given)),
    ):
        if found != expected:
            raise ProofRejected(f"the {name} has SHA-256 {found.hex()}, expected {expected.hex()}")
    return outputs
