"""The statement: this program, on this input, gave this result. It is what a proof is bound to.

    SHA-256 of the ELF | SHA-256 of the rest of the input | the claim

The engine adds the circuit, the parameters, the key (which commits to the program) and the public tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from solproof.proof.claim import Claim
from solproof.svm import bincode
from solproof.svm.execution_input import ExecutionInput

DOMAIN = b"solproof statement 1\0"


def statement_bytes(execution_input: ExecutionInput, claim: Claim) -> bytes:
    """The bytes that seed the proof's transcript: equal only for equal program, input and claim."""
    without_program = bincode.pack(replace(execution_input, program=b""))
    program = hashlib.sha256(execution_input.program).digest()
    return DOMAIN + program + hashlib.sha256(without_program).digest() + claim.to_bytes()
