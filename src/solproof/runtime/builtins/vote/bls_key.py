"""BLS keys of voters, and the proofs that somebody has the private key (SIMD-0387).

Source: `verify_bls_proof_of_possession` and `generate_pop_message` of solana-vote-program 4.1.2
(vote_state/mod.rs), solana-bls-signatures 3.3.0 (pubkey/verify.rs).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof._native import primitives
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure

BLS_KEYS = "bls_pubkey_management_in_vote_account"
"""The feature with which vote accounts have BLS keys."""

KEY_LENGTH = 48
PROOF_LENGTH = 96
PROOF_UNITS = 34_500
MESSAGE_PREFIX = b"ALPENGLOW"


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A compressed BLS public key with its compressed proof of possession, a signature."""

    key: bytes
    proof: bytes


def read_proven_key(data: InstructionData) -> ProvenKey:
    """A key and then its proof."""
    return ProvenKey(data.take(KEY_LENGTH), data.take(PROOF_LENGTH))


def verify(instruction: InstructionContext, proven: ProvenKey) -> None:
    """Take the compute units of a verification, and check the proof, which is for this vote account only.

    Raises `InvalidArgument` if the proof does not hold, and if the key or the proof is no point.
    """
    instruction.consume(PROOF_UNITS)
    message = MESSAGE_PREFIX + instruction.account(0).key
    if not primitives.bls_proof_of_possession_verify(proven.key, proven.proof, message):
        raise failure("InvalidArgument")
