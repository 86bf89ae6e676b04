"""A call of every syscall that has an effect, and programs that make such calls."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import NATIVE_LOADER, SYSTEM_PROGRAM
from solproof.runtime.syscalls import GATES
from solproof.runtime.sysvars import ADDRESSES
from tests.support.cryptographic_calls import CALLS
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.invocations import Meta, c_invocation, rust_invocation
from tests.support.syscall_harness import FRAME, HEAP, PROGRAM, slices

FEATURES = MAINNET.changed(
    [gate.feature for gate in GATES.values() if not gate.inverted],
    [gate.feature for gate in GATES.values() if gate.inverted],
)
PARAMETERS = Parameters(features=FEATURES)
DATA, RESULT, OTHER_RESULT = HEAP + 0x2000, HEAP + 0x3000, HEAP + 0x3100
TEXT = b"a text of 24 characters."
ONE_SLICE = {HEAP: slices((DATA, 24)), DATA: TEXT}
ACROSS = FRAME + 0xFF6
UNTOUCHED = 0xF00
"""A word of the heap that no call touches."""

ENDING = ("abort", "sol_panic_")
INVOKING = ("sol_invoke_signed_c", "sol_invoke_signed_rust")

PAYER, PAYEE = (Account(bytes([number]) * 32, SYSTEM_PROGRAM, 10**9, b"") for number in (31, 32))
INVOKED_ACCOUNTS = (
    InstructionAccount(PAYER, is_signer=True, is_writable=True),
    InstructionAccount(PAYEE, is_writable=True),
    InstructionAccount(Account(SYSTEM_PROGRAM, NATIVE_LOADER, 1, b"system_program", executable=True)),
)
METAS = (Meta(0, PAYER.key, is_signer=True, is_writable=True), Meta(1, PAYEE.key, is_writable=True))
TRANSFER = struct.pack("<IQ", 2, 5)
"""The data of the system program's instruction that transfers 5 lamports."""


class Example(NamedTuple):
    """A call that has an effect, and the memory before it."""

    arguments: tuple[int, ...]
    memory: Mapping[int, bytes] = MappingProxyType({})


EXAMPLES = {
    "abort": Example(()),
    "sol_panic_": Example((DATA, 24, 3, 4), {DATA: TEXT}),
    "sol_log_": Example((DATA, 24), {DATA: TEXT}),
    "sol_log_64_": Example((1, 2, 3, 4, 5)),
    "sol_log_pubkey": Example((DATA,), {DATA: TEXT}),
    "sol_log_compute_units_": Example(()),
    "sol_log_data": Example((HEAP, 1), ONE_SLICE),
    "sol_create_program_address": Example((HEAP, 1, DATA, RESULT), {HEAP: slices((DATA, 5)), DATA: TEXT}),
    "sol_try_find_program_address": Example((HEAP, 1, DATA, RESULT, OTHER_RESULT), ONE_SLICE),
    **{
        name: Example((HEAP, 1, RESULT), ONE_SLICE)
        for name in ("sol_sha256", "sol_keccak256", "sol_blake3", "sol_sha512")
    },
    **{
        name: Example((RESULT,))
        for name in (
            "sol_get_clock_sysvar",
            "sol_get_epoch_schedule_sysvar",
            "sol_get_fees_sysvar",
            "sol_get_rent_sysvar",
            "sol_get_last_restart_slot",
            "sol_get_epoch_rewards_sysvar",
        )
    },
    "sol_get_sysvar": Example((DATA, RESULT, 0, 8), {DATA: ADDRESSES["clock"]}),
    "sol_get_epoch_stake": Example((DATA,), {DATA: TEXT}),
    # These calls are events, because they cross from one frame of the stack into the next.
    "sol_memcpy_": Example((ACROSS, DATA, 20), {DATA: TEXT}),
    "sol_memmove_": Example((ACROSS + 3, ACROSS, 20)),
    "sol_memset_": Example((ACROSS, 7, 20)),
    "sol_memcmp_": Example((ACROSS, DATA + 8, 16, RESULT), {DATA: TEXT}),
    "sol_get_processed_sibling_instruction": Example((0, RESULT, DATA, HEAP, HEAP)),
    "sol_get_stack_height": Example(()),
    "sol_set_return_data": Example((DATA, 24), {DATA: TEXT}),
    "sol_get_return_data": Example((RESULT, 10, OTHER_RESULT)),
    "sol_alloc_free_": Example((24, 0)),
    "sol_remaining_compute_units": Example(()),
    "sol_invoke_signed_c": Example(*c_invocation(HEAP, SYSTEM_PROGRAM, TRANSFER, METAS)),
    "sol_invoke_signed_rust": Example(*rust_invocation(HEAP, SYSTEM_PROGRAM, TRANSFER, METAS)),
    **{
        cryptographic.name: Example(cryptographic.arguments, cryptographic.memory)
        for cryptographic in reversed(CALLS.values())
    },
}


def given_input(*names: str, before: Sequence[str] = ()) -> ExecutionInput:
    """A program that makes these calls, after some other instructions.

    The instruction names accounts only if a call is an invocation.
    """
    accounts = INVOKED_ACCOUNTS if set(names) & set(INVOKING) else ()
    parts = [
        part
        for name in names
        for part in (
            *write_memory({RESULT: b"\xee" * 8, **EXAMPLES[name].memory}),
            *call(name, (*EXAMPLES[name].arguments, *[FRAME] * 5)[:5]),
        )
    ]
    return ExecutionInput(build_elf([*before, *parts, "exit"]), PROGRAM, accounts, b"", PARAMETERS)
