"""The statement: this input gave this result. A proof is bound to its statement.

    SHA-256 of the file's header, which holds the digests of the proof system and of the input | the claim

The verifier compares the header's digests with those of its own input before anything else. The engine adds
the circuit, the parameters, the key and the public tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from solproof.formats import bincode, scene_bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene
from solproof.statement.proof_file import ProofFile

DOMAIN = b"solproof statement 3\0"


def program_digest(given: ExecutionInput | Scene) -> bytes | None:
    """SHA-256 of the program's file. None for a scene, whose programs are parts of the scene."""
    return None if isinstance(given, Scene) else hashlib.sha256(given.program).digest()


def input_digest(given: ExecutionInput | Scene) -> bytes:
    """SHA-256 of the whole input, but of an `ExecutionInput` without the program's file.

    Two inputs with the same digest have the same result, given the same program. A scene and an
    `ExecutionInput` never have the same digest, because the bytes that are hashed start differently.
    """
    if isinstance(given, Scene):
        return hashlib.sha256(scene_bincode.pack(given)).digest()
    return hashlib.sha256(bincode.pack(replace(given, program=b""))).digest()


def statement_bytes(file: ProofFile) -> bytes:
    """The bytes that seed the proof's transcript. They are equal only if header and claim are equal.

    They do not depend on the proof in the file.
    """
    return DOMAIN + hashlib.sha256(file.header()).digest() + file.claim
