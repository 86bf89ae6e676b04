"""The ZK ElGamal proof program: checks zero-knowledge proofs about encrypted amounts.

A proof comes after its statement. When the proof holds, the program can keep the statement in a context state
account, where other programs find it. Such an account holds the address that may close it, the number of the
kind of proof, and the statement.

Source: solana-zk-elgamal-proof-program 4.1.2 (lib.rs), solana-zk-sdk 5.0.1 (instruction.rs, state.rs and
proof_data in zk_elgamal_proof_program).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solproof._native import primitives
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.program_ids import SYSTEM_PROGRAM

ENABLED = "zk_elgamal_proof_program_enabled"
"""The feature with which the program exists."""

DISABLED = "disable_zk_elgamal_proof_program"
ENABLED_AGAIN = "reenable_zk_elgamal_proof_program"

CLOSE = 0
CLOSE_UNITS = 3_300
UNINITIALIZED = 0

DATA_LENGTH_WITH_OFFSET = 5
"""Instruction data of this length say where the proof is in an account."""

KEY_LENGTH = 32
HEADER_LENGTH = KEY_LENGTH + 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of proof.

    compute_units: what a check costs, whether it succeeds or fails.
    statement_length, proof_length: in bytes.
    """

    name: Literal[
        "ZeroCiphertext",
        "CiphertextCiphertextEquality",
        "CiphertextCommitmentEquality",
        "PubkeyValidity",
        "PercentageWithCap",
        "BatchedRangeProofU64",
        "BatchedRangeProofU128",
        "BatchedRangeProofU256",
        "GroupedCiphertext2HandlesValidity",
        "BatchedGroupedCiphertext2HandlesValidity",
        "GroupedCiphertext3HandlesValidity",
        "BatchedGroupedCiphertext3HandlesValidity",
    ]
    compute_units: int
    statement_length: int
    proof_length: int


KINDS: tuple[Kind, ...] = (
    Kind("ZeroCiphertext", 6_000, 96, 96),
    Kind("CiphertextCiphertextEquality", 8_000, 192, 224),
    Kind("CiphertextCommitmentEquality", 6_400, 128, 192),
    Kind("PubkeyValidity", 2_600, 32, 64),
    Kind("PercentageWithCap", 6_500, 104, 256),
    Kind("BatchedRangeProofU64", 111_000, 264, 672),
    Kind("BatchedRangeProofU128", 200_000, 264, 736),
    Kind("BatchedRangeProofU256", 368_000, 264, 800),
    Kind("GroupedCiphertext2HandlesValidity", 6_400, 160, 160),
    Kind("BatchedGroupedCiphertext2HandlesValidity", 13_000, 256, 160),
    Kind("GroupedCiphertext3HandlesValidity", 8_100, 224, 192),
    Kind("BatchedGroupedCiphertext3HandlesValidity", 16_400, 352, 192),
)
"""Every kind of proof. The first has number 1, both as an instruction and in context state accounts."""


def run(instruction: InstructionContext) -> None:
    """Execute one instruction. Raises `InstructionFailure` if it fails."""
    features = instruction.environment.features
    if DISABLED in features and ENABLED_AGAIN not in features:
        instruction.log("zk-elgamal-proof program is temporarily disabled")
        raise failure("InvalidInstructionData")
    if not instruction.data or instruction.data[0] > len(KINDS):
        raise failure("InvalidInstructionData")
    number = instruction.data[0]
    if number == CLOSE:
        _close(instruction)
    else:
        _verify(instruction, number)


def _close(instruction: InstructionContext) -> None:
    """Close a context state account. Accounts: context state, receiver of its lamports, authority, signs."""
    instruction.consume(CLOSE_UNITS)
    instruction.log("CloseContextState")
    authority = instruction.account(2)
    if not authority.is_signer:
        raise failure("MissingRequiredSignature")
    closed, receiver = instruction.account(0), instruction.account(1)
    if closed.key == receiver.key:
        raise failure("InvalidInstructionData")
    if not closed.is_owned:
        raise failure("InvalidAccountOwner")
    if _kept_kind(closed.data) == UNINITIALIZED:
        raise failure("UninitializedAccount")
    if closed.data[:KEY_LENGTH] != authority.key:
        raise failure("InvalidAccountOwner")
    receiver.add_lamports(closed.lamports)
    closed.set_lamports(0)
    closed.set_length(0)
    closed.set_owner(SYSTEM_PROGRAM)


def _verify(instruction: InstructionContext, number: int) -> None:
    """Check a proof, and keep its statement if two more accounts say where and who may close it.

    Accounts: that of the proof, if the instruction data say where it is; context state; its authority.
    """
    kind = KINDS[number - 1]
    instruction.consume(kind.compute_units)
    instruction.log(f"Verify{kind.name}")
    has_proof_account = len(instruction.data) == DATA_LENGTH_WITH_OFFSET
    proven = _from_account(instruction, kind) if has_proof_account else instruction.data[1:]
    if len(proven) != kind.statement_length + kind.proof_length:
        instruction.log("invalid proof data")
        raise failure("InvalidInstructionData")
    error = primitives.zk_elgamal_verify(kind.name, proven)
    if error is not None:
        instruction.log(f"proof verification failed: {error}")
        raise failure("InvalidInstructionData")
    context_state = int(has_proof_account)
    if len(instruction) >= context_state + 2:
        _keep(instruction, context_state, number, proven[: kind.statement_length])


def _from_account(instruction: InstructionContext, kind: Kind) -> bytes:
    """The statement and its proof in the first account."""
    start = int.from_bytes(instruction.data[1:], "little")
    end = start + kind.statement_length + kind.proof_length
    data = instruction.account(0).data
    if end > len(data):
        raise failure("InvalidAccountData")
    return data[start:end]


def _keep(instruction: InstructionContext, position: int, number: int, statement: bytes) -> None:
    """Store a statement in the account at a position. The account after it becomes the authority."""
    account, authority = instruction.account(position), instruction.account(position + 1)
    if not account.is_owned:
        raise failure("InvalidAccountOwner")
    if _kept_kind(account.data) != UNINITIALIZED:
        raise failure("AccountAlreadyInitialized")
    state = authority.key + bytes([number]) + statement
    if len(account.data) != len(state):
        raise failure("InvalidAccountData")
    account.set_data(state)


def _kept_kind(data: bytes) -> int:
    """The kind of proof in a context state account, which may have any number there."""
    if len(data) < HEADER_LENGTH:
        raise failure("InvalidAccountData")
    return data[KEY_LENGTH]
