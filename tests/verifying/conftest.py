"""Proofs that several tests of this folder use. Each is made once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from solders.keypair import Keypair

from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import ProofFile
from tests.support.token_transactions import TokenMachine


@dataclass(frozen=True)
class Proven:
    """The input of an instruction, the output of its execution, and the parts of the proof file."""

    given: ExecutionInput
    output: ExecutionOutput
    file: ProofFile
    claim: Claim

    @classmethod
    def of(cls, given: ExecutionInput) -> Proven:
        """A new proof."""
        proof = prove(given)
        file = ProofFile.from_bytes(proof.data)
        return cls(given, proof.output, file, Claim.from_bytes(file.claim))

    @property
    def frame(self) -> FrameClaim:
        """The claim about the only frame."""
        (frame,) = self.claim.frames
        return frame

    def with_frame(self, **changes: Any) -> bytes:
        """The file with some fields of the claim about the frame changed."""
        claim = Claim((replace(self.frame, **changes),))
        return replace(self.file, claim=claim.to_bytes()).to_bytes()


@dataclass(frozen=True)
class ProvenTransaction:
    """A scene, the output of its transaction, and the parts of the proof file."""

    scene: Scene
    output: TransactionOutput
    file: ProofFile
    claim: Claim

    @classmethod
    def of(cls, scene: Scene) -> ProvenTransaction:
        """A new proof."""
        proof = prove(scene)
        file = ProofFile.from_bytes(proof.data)
        return cls(scene, proof.output, file, Claim.from_bytes(file.claim))

    def with_claim(self, claim: Claim) -> bytes:
        """The file with another claim."""
        return replace(self.file, claim=claim.to_bytes()).to_bytes()


@pytest.fixture(scope="session")
def classic() -> Proven:
    """A Transfer of the classic token program, which calls syscalls."""
    return Proven.of(transfer(classic_token()))


@pytest.fixture(scope="session")
def pinocchio() -> Proven:
    """A Transfer of p-token: 76 instructions, no syscall."""
    return Proven.of(transfer(p_token()))


@pytest.fixture(scope="session")
def token_account() -> ProvenTransaction:
    """The creation of an associated token account: four frames, and a call of the system program."""
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    owner = Keypair.from_seed(bytes([3]) * 32).pubkey()
    return ProvenTransaction.of(machine.scene([machine.create_token_account(owner)]))
