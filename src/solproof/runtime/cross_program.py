"""Turn an instruction that a program wants to invoke into one of the transaction, with checked privileges.

Source: `check_authorized_program` (cpi.rs) and `prepare_next_cpi_instruction` (invoke_context.rs) of
solana-program-runtime 4.1.
"""

from __future__ import annotations

from collections.abc import Collection

from solproof.runtime.accounts import address_text
from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.features import FeatureSet
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, LOADER_V3, NATIVE_LOADER
from solproof.runtime.requested_instruction import RequestedInstruction
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction

NEVER_INVOKED = frozenset({NATIVE_LOADER, LOADER_V1, LOADER_V2, *PRECOMPILES})
UPGRADE, SET_AUTHORITY, CLOSE, SET_AUTHORITY_CHECKED = 3, 4, 5, 7
INVOKED_OF_LOADER_V3 = frozenset({UPGRADE, SET_AUTHORITY, CLOSE})


def may_be_invoked(program_id: bytes, data: bytes, features: FeatureSet) -> bool:
    """Whether an sBPF program may invoke a program with these instruction data."""
    if program_id != LOADER_V3:
        return program_id not in NEVER_INVOKED
    allowed = INVOKED_OF_LOADER_V3
    if "enable_bpf_loader_set_authority_checked_ix" in features:
        allowed |= {SET_AUTHORITY_CHECKED}
    return bool(data) and data[0] in allowed


def invoked_instruction(
    context: InstructionContext, requested: RequestedInstruction, signers: Collection[bytes]
) -> TransactionInstruction:
    """The requested instruction with positions in the transaction instead of keys.

    context: the caller.
    signers: the addresses that the caller signs for, as derived from seeds.
    All mentions of an account get the union of their privileges. Raises `InstructionFailure` for an account
    that the caller does not have, and for a privilege that neither the caller has nor its seeds give.
    """
    transaction, caller = context.transaction, context.instruction
    positions: list[int] = []
    for meta in requested.metas:
        if meta.key not in transaction.positions:
            context.log(f"Instruction references an unknown account {address_text(meta.key)}")
            raise failure("MissingAccount")
        positions.append(transaction.positions[meta.key])
    flags = list(zip(positions, requested.metas, strict=True))
    signing = {index for index, meta in flags if meta.is_signer}
    writing = {index for index, meta in flags if meta.is_writable}
    for index in dict.fromkeys(positions):
        position = caller.position_of(index)
        if position is None:
            raise failure("MissingAccount")
        own, key = caller.accounts[position], transaction.accounts[index].key
        if index in writing and not own.is_writable:
            context.log(f"{address_text(key)}'s writable privilege escalated")
            raise failure("PrivilegeEscalation")
        if index in signing and not own.is_signer and key not in signers:
            context.log(f"{address_text(key)}'s signer privilege escalated")
            raise failure("PrivilegeEscalation")
    program = transaction.positions.get(requested.program_id)
    if program is None or caller.position_of(program) is None:
        context.log(f"Unknown program {address_text(requested.program_id)}")
        raise failure("MissingAccount")
    references = tuple(AccountReference(index, index in signing, index in writing) for index in positions)
    return TransactionInstruction(program, references, requested.data, caller)
