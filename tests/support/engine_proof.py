"""Proofs straight from the engine. Programs need no ELF file, and nothing checks the witness first."""

from __future__ import annotations

from collections.abc import Sequence

from solproof._native import prover
from solproof.accesses.public import PublicData
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.proving.witness import Instance
from solproof.runtime.features import MAINNET
from solproof.statement.system import default_system, program_key

TRANSCRIPT = b"a test"


def _key(program: Program) -> prover.Key:
    key = program_key(default_system(), program, MAINNET).engine_key
    assert isinstance(key, prover.Key)
    return key


def prove(program: Program, instances: Sequence[Instance], transcript: bytes = TRANSCRIPT) -> bytes:
    """The engine's proof of the tables, whether they are true or not."""
    tables = [(CIRCUIT.number(item.chip), item.main, item.public) for item in instances]
    proof, _ = prover.prove(
        _key(program),
        tables,
        transcript,
        prover.parameters_default(),
    )
    return proof


def verify(
    program: Program, public: PublicData, proof: bytes, transcript: bytes = TRANSCRIPT
) -> prover.Report:
    """Verify like `solproof.verifying.verify`, for this public data. Raises `EngineRejected`."""
    return prover.verify(
        _key(program),
        proof,
        [(given.chip, given.columns) for given in CIRCUIT.public_inputs(public)],
        transcript,
        prover.parameters_default(),
    )
