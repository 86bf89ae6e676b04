"""The part that a patch release keeps: the proof system, which includes the key of all programs.

A whole proof is too large to be kept here. tests/engine/test_pinned.py has a proof of the engine alone.
"""

from __future__ import annotations

from solproof.statement.system import default_system

WHAT_TO_DO = (
    "the circuit or the engine's parameters have changed, so earlier proofs are now proofs of another "
    "version. If this is intended, VERSIONING.md states which release may contain it; describe it in "
    "CHANGELOG.md and replace the digest here"
)


def test_proof_system() -> None:
    digest = default_system().digest().hex()
    assert digest == "323544df1f5e424282be4accca62039006c755426c3fc4901e75526a114f2b51", WHAT_TO_DO
