"""A proof that an earlier build of the engine made is still valid."""

from __future__ import annotations

from pathlib import Path

from solproof._native import prover
from tests.support.small_circuits import machine

PINNED = Path(__file__).with_name("pinned.proof")
WHAT_TO_DO = (
    "the engine no longer accepts a proof that it made before: its parameters, its transcript, Plonky3 or "
    "tests/support/small_circuits.py has changed. If that is meant, raise FORMAT in statement/proof_file.py, "
    "unless system_digest in statement/system.py tells the two apart already (VERSIONING.md); then write "
    "machine().prove() to tests/engine/pinned.proof"
)


def test_a_proof_made_before() -> None:
    try:
        machine().verify(PINNED.read_bytes())
    except (prover.EngineRejected, prover.EngineVersionError) as error:
        raise AssertionError(WHAT_TO_DO) from error
