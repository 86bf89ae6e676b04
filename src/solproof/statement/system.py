"""The proof system that prover and verifier share: a circuit, the backend that proves it, and their key.

The key is the same for all programs, so it is a constant of a version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property

from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Backend, Key, Widths
from solproof.circuit.registry import CIRCUIT, SbpfCircuit

SYSTEM_DOMAIN = b"solproof proof system 2\0"


@dataclass(frozen=True, eq=False)  # compared by identity
class ProofSystem:
    """A circuit and the backend that proves it."""

    circuit: SbpfCircuit
    backend: Backend

    def digest(self) -> bytes:
        """SHA-256 of the circuit, of the key and of the backend's parameters.

        It tells a proof of another version from a false proof. The transcript binds the parts even without
        it.
        """
        circuit = hashlib.sha256(self.circuit.to_bytes()).digest()
        parts = SYSTEM_DOMAIN + circuit + self.key.digest + self.backend.parameters
        return hashlib.sha256(parts).digest()

    @cached_property
    def key(self) -> Key:
        """The circuit with its preprocessed tables committed."""
        return self.backend.setup(self.circuit, self.circuit.preprocessed())

    def widths(self) -> tuple[Widths, ...]:
        """The widths of every chip of the circuit, by number."""
        return self.backend.widths(self.circuit)


@cache
def default_system() -> ProofSystem:
    """The circuit of this version with the Plonky3 engine."""
    return ProofSystem(CIRCUIT, Plonky3())
