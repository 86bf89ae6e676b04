"""Turn an instruction that a program wants to invoke into one of the transaction, with checked privileges.

Source: `check_authorized_program` (cpi.rs), `prepare_next_cpi_instruction` and `native_invoke_signed`
(invoke_context.rs) of solana-program-runtime 4.1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from solproof.runtime.accounts import address_text
from solproof.runtime.features import FeatureSet
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import custom_failure, failure
from solproof.runtime.program_address import MAXIMUM_SEED_LENGTH, MAXIMUM_SEEDS, program_address
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, LOADER_V3, NATIVE_LOADER, PRECOMPILE_IDS
from solproof.runtime.requested_instruction import RequestedInstruction
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction

NEVER_INVOKED = frozenset({NATIVE_LOADER, LOADER_V1, LOADER_V2, *PRECOMPILE_IDS})
UPGRADE, SET_AUTHORITY, CLOSE, SET_AUTHORITY_CHECKED = 3, 4, 5, 7
# Agave casts the number of a `PubkeyError` to an `InstructionError`.
SEED_TOO_LONG, INVALID_SEEDS = 0, 1
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


def native_invoke_signed(
    context: InstructionContext, requested: RequestedInstruction, *signers: Sequence[bytes]
) -> None:
    """Invoke an instruction from a builtin program. The call itself costs nothing.

    context: the caller.
    signers: the seeds of each address that the caller signs for.
    Raises `InstructionFailure` as the invoked program does, and for seeds that have no address.
    """
    addresses = [_signer(seeds, context.program_id) for seeds in signers]
    context.transaction.process(invoked_instruction(context, requested, addresses))


def _signer(seeds: Sequence[bytes], program_id: bytes) -> bytes:
    if len(seeds) > MAXIMUM_SEEDS or any(len(seed) > MAXIMUM_SEED_LENGTH for seed in seeds):
        raise custom_failure(SEED_TOO_LONG)
    address = program_address(seeds, program_id)
    if address is None:
        raise custom_failure(INVALID_SEEDS)
    return address
