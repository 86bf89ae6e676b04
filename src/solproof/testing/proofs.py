"""Prove and verify a transaction of a test."""

from __future__ import annotations

import time
from dataclasses import dataclass

from solders.litesvm import LiteSVM
from solders.transaction import Transaction, VersionedTransaction

from solproof.arguments import wrong_type
from solproof.estimation.affordable import affordable_proof
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.host.resources import available_memory
from solproof.proving.prove import Proof
from solproof.representation import described
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.verifying.verify import Verdict, verify


@dataclass(frozen=True, slots=True)
class TransactionProof:
    """A transaction of a test that was run, proven and verified.

    scene: the transaction with everything that it depends on. A verifier needs it and the proof.
    proof: `proof.data` is the content of a proof file.
    prove_seconds: for the run, the witness and the proof. verify_seconds: for the verification.
    """

    scene: Scene
    proof: Proof[TransactionOutput]
    verdict: Verdict[TransactionOutput]
    prove_seconds: float
    verify_seconds: float

    def __repr__(self) -> str:
        return described(
            self, {**self.output.headline(), "cells": self.cells, "proof_bytes": self.proof_bytes}
        )

    @property
    def output(self) -> TransactionOutput:
        """The result of the transaction, as the verifier has derived it from the proof."""
        return self.verdict.output

    @property
    def compute_units(self) -> int:
        """What the instructions took together."""
        return self.output.compute_units

    @property
    def cells(self) -> int:
        """The committed field elements, in the tables and in their lookup columns, with the padding."""
        return self.proof.report.main_cells + self.proof.report.auxiliary_cells

    @property
    def proof_bytes(self) -> int:
        """The size of the proof file."""
        return len(self.proof.data)

    def facts(self) -> dict[str, bool | int | float]:
        """What the report of the tests has about it."""
        return {
            "success": self.output.success,
            "compute_units": self.compute_units,
            "instructions": self.output.executed_instructions,
            "frames": self.verdict.frames,
            "cells": self.cells,
            "proof_bytes": self.proof_bytes,
            "security_bits": round(self.verdict.security_bits, 3),
            "prove_seconds": round(self.prove_seconds, 6),
            "verify_seconds": round(self.verify_seconds, 6),
        }


def prove_transaction(
    svm: LiteSVM, transaction: Transaction | VersionedTransaction, features: FeatureSet = MAINNET
) -> TransactionProof:
    """Run, prove and verify a transaction on the state of a LiteSVM. The transaction is not sent.

    svm: before the transaction is sent to it.
    features: those that `svm` was made with, because a LiteSVM does not show them.

    Raises `InputError` for a transaction that could not be sent, `UnsupportedError` for a Solana feature that
    solproof does not run yet, `NotEnoughMemory` for a proof that does not fit into memory, and `TypeError`
    for other arguments.
    """
    if not isinstance(svm, LiteSVM):
        wrong_type(svm, "svm", "a solders.litesvm.LiteSVM")
    if not isinstance(transaction, (Transaction, VersionedTransaction)):
        wrong_type(transaction, "transaction", "a Transaction or VersionedTransaction of solders")
    scene = scene_from_litesvm(svm, transaction, features)
    start = time.perf_counter()
    proof = affordable_proof(scene, available_memory())
    proven = time.perf_counter()
    verdict = verify(proof.data, scene)
    return TransactionProof(scene, proof, verdict, proven - start, time.perf_counter() - proven)
