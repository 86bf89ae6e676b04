"""Cross-program invocation: sol_invoke_signed_c, sol_invoke_signed_rust.

Source: `cpi_common` of solana-program-runtime 4.1 (cpi.rs), with `virtual_address_space_adjustments` off, as
on mainnet.
"""

from __future__ import annotations

from collections.abc import Iterator

from solproof.runtime.accounts import address_text
from solproof.runtime.budget import INVOKE_COST
from solproof.runtime.cross_program import invoked_instruction, may_be_invoked
from solproof.runtime.instruction_error import InstructionFailure, InstructionFault
from solproof.runtime.requested_instruction import RequestedInstruction
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.invoke.account_infos import (
    C_LAYOUT,
    RUST_LAYOUT,
    CallerAccount,
    InfoLayout,
    caller_accounts,
)
from solproof.runtime.syscalls.invoke.instruction import read_c_instruction, read_rust_instruction
from solproof.runtime.syscalls.invoke.signers import read_signers
from solproof.runtime.syscalls.invoke.synchronize import publish, refresh

SUCCESS = 0


def invoke_signed_c(
    context: SyscallContext, instruction: int, infos: int, count: int, seeds: int, signers: int
) -> int:
    """Invoke the instruction at `instruction`, with `count` account infos and the seeds of `signers` signers.

    The instruction and the infos have the layout of the C SDK. Before the call, the runtime reads the
    changes of accounts that the caller has made so far. If a change is not allowed, or if the invoked program
    fails, this program fails with the same error.
    """
    context.consume(INVOKE_COST)
    requested = read_c_instruction(context, instruction)
    return _invoke(context, requested, C_LAYOUT, infos, count, seeds, signers)


def invoke_signed_rust(
    context: SyscallContext, instruction: int, infos: int, count: int, seeds: int, signers: int
) -> int:
    """Like `sol_invoke_signed_c`, with the layout of the Rust SDK."""
    context.consume(INVOKE_COST)
    requested = read_rust_instruction(context, instruction)
    return _invoke(context, requested, RUST_LAYOUT, infos, count, seeds, signers)


def _invoke(
    context: SyscallContext,
    requested: RequestedInstruction,
    layout: InfoLayout,
    infos: int,
    count: int,
    seeds: int,
    signers: int,
) -> int:
    signed = read_signers(context, seeds, signers)
    if not may_be_invoked(requested.program_id, requested.data, context.features):
        raise syscall_fault("ProgramNotSupported", address_text(requested.program_id))
    try:
        callee = invoked_instruction(context.invocation.context, requested, signed)
        accounts = _publish_all(context, caller_accounts(context, layout, infos, count, callee))
        context.transaction.process(callee)
    except InstructionFailure as failed:
        raise InstructionFault(failed.error.without_detail()) from None
    for account in accounts:
        if account.is_writable:
            refresh(context, account)
    return SUCCESS


def _publish_all(context: SyscallContext, found: Iterator[CallerAccount]) -> list[CallerAccount]:
    """Find all accounts in the caller's memory, and make the caller's changes visible to the callee."""
    if "syscall_parameter_address_restrictions" in context.features:
        accounts = list(found)
        for account in accounts:
            publish(context, account)
        return accounts
    # Without the feature, each account is published before the next account is found.
    accounts = []
    for account in found:
        publish(context, account)
        accounts.append(account)
    return accounts


_FAULTS = (
    BUDGET,
    *ACCESS,
    "UnalignedPointer",
    "InvalidLength",
    "MaxInstructionAccountsExceeded",
    "MaxInstructionDataLenExceeded",
    "InvalidArgument",
    "TooManySigners",
    "MaxSeedLengthExceeded",
    "BadSeeds",
    "ProgramNotSupported",
    "MissingAccount",
    "PrivilegeEscalation",
    "InvalidPointer",
    "MaxInstructionAccountInfosExceeded",
    "InvalidRealloc",
    "AccountDataTooSmall",
)
_COST = (
    "INVOKE_COST + data_length // CROSS_PROGRAM_BYTES_PER_UNIT + 34 * metas // CROSS_PROGRAM_BYTES_PER_UNIT "
    "+ 80 * count // CROSS_PROGRAM_BYTES_PER_UNIT + sum(length // CROSS_PROGRAM_BYTES_PER_UNIT for length in "
    "lengths) + invoked"
)

SYSCALLS = (
    Syscall("sol_invoke_signed_c", invoke_signed_c, _COST, _FAULTS),
    Syscall("sol_invoke_signed_rust", invoke_signed_rust, _COST, _FAULTS),
)
