"""The statement: this program, on this input, gave this result. It is what a proof is bound to.

    SHA-256 of the file's header | SHA-256 of the ELF | SHA-256 of the rest of the input | the claim

The engine adds the circuit, the parameters, the key (which commits to the program) and the public tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from solproof.proof.proof_file import ProofFile
from solproof.svm import bincode
from solproof.svm.execution_input import ExecutionInput

DOMAIN = b"solproof statement 1\0"


def statement_bytes(execution_input: ExecutionInput, file: ProofFile) -> bytes:
    """The bytes that seed the proof's transcript: equal only for equal program, input, header and claim.

    The proof in `file` does not count.
    """
    without_program = bincode.pack(replace(execution_input, program=b""))
    parts = (file.header(), execution_input.program, without_program)
    return DOMAIN + b"".join(hashlib.sha256(part).digest() for part in parts) + file.claim
