"""Proofs that several tests of this folder use. Each is made once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.statement.claim import Claim
from solproof.statement.proof_file import ProofFile


@dataclass(frozen=True)
class Proven:
    """An input, the output of its execution, and the parts of the proof file."""

    given: ExecutionInput
    output: ExecutionOutput
    file: ProofFile
    claim: Claim


def _proven(given: ExecutionInput) -> Proven:
    proof = prove(given)
    file = ProofFile.from_bytes(proof.data)
    return Proven(given, proof.output, file, Claim.from_bytes(file.claim))


@pytest.fixture(scope="session")
def classic() -> Proven:
    """A Transfer of the classic token program, which calls syscalls."""
    return _proven(transfer(classic_token()))


@pytest.fixture(scope="session")
def pinocchio() -> Proven:
    """A Transfer of p-token: 76 instructions, no syscall."""
    return _proven(transfer(p_token()))
