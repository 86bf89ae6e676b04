"""BLS keys of voters, and the proofs that somebody has the private key (SIMD-0387).

Source: `verify_bls_proof_of_possession` of solana-vote-program 4.1.2 (vote_state/mod.rs).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.errors import UnsupportedError
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.instruction_context import InstructionContext

BLS_KEYS = "bls_pubkey_management_in_vote_account"
"""The feature with which vote accounts have BLS keys."""

KEY_LENGTH = 48
PROOF_LENGTH = 96
PROOF_UNITS = 34_500


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A compressed BLS public key with its compressed proof of possession, a signature."""

    key: bytes
    proof: bytes


def read_proven_key(data: InstructionData) -> ProvenKey:
    """A key and then its proof."""
    return ProvenKey(data.take(KEY_LENGTH), data.take(PROOF_LENGTH))


def verify(instruction: InstructionContext, _: ProvenKey) -> None:
    """Take the compute units of a verification, and refuse the instruction with `UnsupportedError`."""
    instruction.consume(PROOF_UNITS)
    raise UnsupportedError("the vote program's proofs of possession of BLS keys are not supported yet")
