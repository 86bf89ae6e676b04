"""The statement: this program, on this input, gave this result. A proof is bound to its statement.

    SHA-256 of the file's header, which holds the digests of program, input and key | the claim

The verifier compares the header's digests with those of its own program and input before anything else.
The engine adds the circuit, the parameters, the key (which commits to the program) and the public tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.statement.proof_file import ProofFile

DOMAIN = b"solproof statement 2\0"


def program_digest(execution_input: ExecutionInput) -> bytes:
    """SHA-256 of the program's file."""
    return hashlib.sha256(execution_input.program).digest()


def input_digest(execution_input: ExecutionInput) -> bytes:
    """SHA-256 of everything else: accounts, instruction data, parameters."""
    return hashlib.sha256(bincode.pack(replace(execution_input, program=b""))).digest()


def statement_bytes(file: ProofFile) -> bytes:
    """The bytes that seed the proof's transcript. They are equal only if header and claim are equal.

    They do not depend on the proof in the file.
    """
    return DOMAIN + hashlib.sha256(file.header()).digest() + file.claim
