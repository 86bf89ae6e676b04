"""Carry the changes of accounts from a caller's memory to the transaction, and from there back.

Source: `update_callee_account`, `update_caller_account` of solana-program-runtime 4.1 (cpi.rs), with
`virtual_address_space_adjustments` off, as on mainnet.
"""

from __future__ import annotations

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.read_back import replace_data
from solproof.runtime.syscalls.context import SyscallContext, instruction_fault
from solproof.runtime.syscalls.invoke.account_infos import (
    WORD,
    CallerAccount,
    check_data,
    reserved_length,
)
from solproof.runtime.syscalls.translation import check_range, read_range


def publish(context: SyscallContext, account: CallerAccount) -> None:
    """Make the caller's changes to an account visible to the callee.

    Raises `InstructionFailure` if the caller's program may not make the changes.
    """
    state = context.invocation.context.account(account.position)
    memory = context.memory
    lamports = int.from_bytes(memory.read(account.lamports, WORD), "little")
    if lamports != state.lamports:
        state.set_lamports(lamports)
    replace_data(state, read_range(context, account.data, account.length))
    owner = memory.read(account.owner, KEY_LENGTH)
    # The owner comes last, so that the caller may still change lamports and data.
    if owner != state.owner:
        state.set_owner(owner)


def refresh(context: SyscallContext, account: CallerAccount) -> None:
    """Write the state of an account after the call into the caller's memory.

    Raises `SyscallFault` if the account has outgrown the space that it has there.
    """
    state = context.invocation.context.account(account.position).state
    memory = context.memory
    memory.write(account.lamports, state.lamports.to_bytes(WORD, "little"))
    memory.write(account.owner, state.owner)

    before = int.from_bytes(memory.read(account.length_word, WORD), "little")
    length = len(state.data)
    restricted = "syscall_parameter_address_restrictions" in context.features
    reserved = reserved_length(context, account.original_length, restricted=restricted)
    if length > reserved and (restricted or length != before):
        increase = reserved - account.original_length
        context.log(f"Account data size realloc limited to {increase} in inner instructions")
        raise instruction_fault("InvalidRealloc")
    if length != before:
        if length < before:
            if length > account.length:
                raise instruction_fault("AccountDataTooSmall")
            if length < account.length:
                memory.write(account.data + length, bytes(account.length - length))
        check_data(context, account.data, length, account.original_length)
        account.length = length
        memory.write(account.length_word, length.to_bytes(WORD, "little"))
        serialized_length = max(account.data - WORD, 0)
        check_range(context, serialized_length, WORD, write=True, alignment=WORD)
        memory.write(serialized_length, length.to_bytes(WORD, "little"))
    if length != account.length:
        raise instruction_fault("AccountDataTooSmall")
    if length:
        memory.write(account.data, state.data)
