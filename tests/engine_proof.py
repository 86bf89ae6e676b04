"""Proofs straight from the engine: programs need no ELF file, and nothing checks a witness before."""

from __future__ import annotations

from collections.abc import Sequence

from solproof import _engine
from solproof.backend.key import program_key
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.proving.witness import Instance
from solproof.runtime.features import MAINNET
from solproof.statement.public import PublicData, public_tables

TRANSCRIPT = b"a test"


def prove(program: Program, instances: Sequence[Instance], transcript: bytes = TRANSCRIPT) -> bytes:
    """What the engine makes of the tables, be they true or not."""
    tables = [(CIRCUIT.number(item.chip), item.main, item.public, item.values) for item in instances]
    proof, _ = _engine.prove(
        program_key(program, MAINNET).engine_key, tables, transcript, _engine.parameters_default()
    )
    return proof


def verify(
    program: Program, public: PublicData, proof: bytes, transcript: bytes = TRANSCRIPT
) -> _engine.Report:
    """Verify as `solproof.verifying.verify` does, for this public data; raises `EngineRejected`."""
    return _engine.verify(
        program_key(program, MAINNET).engine_key,
        proof,
        [(CIRCUIT.number(table.chip), table.columns, table.values) for table in public_tables(public)],
        transcript,
        _engine.parameters_default(),
    )
