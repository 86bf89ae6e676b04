"""Proofs straight from the engine. Programs need no ELF file, and nothing checks the witness first."""

from __future__ import annotations

from collections.abc import Sequence

from solproof._native import prover
from solproof.circuit.registry import CIRCUIT
from solproof.proving.witness import Instance
from solproof.statement.system import default_system

TRANSCRIPT = b"a test"


def _key() -> prover.Key:
    key = default_system().key
    assert isinstance(key, prover.Key)
    return key


def prove(instances: Sequence[Instance]) -> bytes:
    """The engine's proof of the tables, whether they are true or not. Raises `EngineError`."""
    tables = [(CIRCUIT.number(item.chip), item.main, item.public) for item in instances]
    proof, _ = prover.prove(_key(), tables, TRANSCRIPT, prover.parameters_default())
    return proof


def verify(instances: Sequence[Instance], proof: bytes) -> prover.Report:
    """Verify a proof for the public columns of these tables. Raises `EngineRejected`."""
    public = [(CIRCUIT.number(item.chip), item.public) for item in instances if item.public is not None]
    return prover.verify(_key(), proof, public, TRANSCRIPT, prover.parameters_default())
