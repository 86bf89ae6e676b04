"""The proof system that prover and verifier share: a circuit, the backend that proves it, and program keys.

Prover and verifier derive the key of a program with the same function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from solproof.accesses.program import ProgramTable
from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Backend, Columns, Key, Widths
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.program.program import Program
from solproof.runtime.features import FeatureSet
from solproof.runtime.syscalls import registry

SYSTEM_DOMAIN = b"solproof proof system 1\0"
KEPT_KEYS = 4


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, because program keys are cached by it
class ProofSystem:
    """A circuit and the backend that proves it."""

    circuit: SbpfCircuit
    backend: Backend

    def digest(self) -> bytes:
        """SHA-256 of the circuit and of the backend's parameters.

        It tells a proof of another version from a false proof. The transcript binds both parts even without
        it.
        """
        circuit = hashlib.sha256(self.circuit.to_bytes()).digest()
        return hashlib.sha256(SYSTEM_DOMAIN + circuit + self.backend.parameters).digest()

    def widths(self) -> tuple[Widths, ...]:
        """The widths of every chip of the circuit, by number."""
        return self.backend.widths(self.circuit)


@cache
def default_system() -> ProofSystem:
    """The circuit of this version with the Plonky3 engine."""
    return ProofSystem(CIRCUIT, Plonky3())


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class ProgramKey:
    """The backend's key of a program, and the data about the program that a witness needs.

    preprocessed: the preprocessed columns, by the number of the chip.
    """

    engine_key: Key
    table: ProgramTable
    preprocessed: Mapping[int, Columns]


@lru_cache(maxsize=KEPT_KEYS)
def program_key(system: ProofSystem, program: Program, features: FeatureSet) -> ProgramKey:
    """The key of a program on a cluster with these features, which decide which calls are syscalls.

    The most recent keys are kept. Raises `ProvingError` if the program exceeds the backend's limits.
    """
    table = program_table(program, registry(features).keys())
    preprocessed = system.circuit.preprocessed(program, table)
    return ProgramKey(system.backend.setup(system.circuit, preprocessed), table, preprocessed)
