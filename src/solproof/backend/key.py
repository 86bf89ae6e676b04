"""The key of a program: the circuit with the program's image and program table committed. And the digest of
the proof system, in which only the version of solproof counts.

Prover and verifier derive both alike.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solproof import _engine
from solproof.accesses.program import ProgramTable
from solproof.circuit import lookup
from solproof.circuit.memory import image
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.runtime.features import FeatureSet
from solproof.runtime.syscalls import registry

CIRCUIT_BYTES = CIRCUIT.to_bytes()
SYSTEM_DOMAIN = b"solproof proof system 1\0"
KEPT_KEYS = 4


@dataclass(frozen=True, slots=True)
class ProgramKey:
    """The engine's key, and what the witness needs of the program."""

    engine_key: _engine.Key
    table: ProgramTable
    image_columns: NDArray[np.uint32]


@lru_cache(maxsize=KEPT_KEYS)
def program_key(program: Program, features: FeatureSet) -> ProgramKey:
    """The key of a program on a cluster with these features, which decide what is a syscall; the last few are
    kept.

    Raises `_engine.EngineError` for a program beyond the engine's limits.
    """
    table = program_table(program, registry(features).keys())
    columns = image.preprocessed(program, table)
    preprocessed = [
        (CIRCUIT.number(image.CHIP), columns),
        (CIRCUIT.number(lookup.CHIP), lookup.preprocessed()),
    ]
    return ProgramKey(_engine.setup(CIRCUIT_BYTES, preprocessed), table, columns)


def system_digest(parameters: bytes) -> bytes:
    """SHA-256 of the circuit and of the engine's parameters, given as the engine writes them.

    It tells proofs of another version apart from false ones; the transcript binds both parts without it.
    """
    return hashlib.sha256(SYSTEM_DOMAIN + hashlib.sha256(CIRCUIT_BYTES).digest() + parameters).digest()
