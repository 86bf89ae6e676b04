"""The accounts of a single instruction are those that a transaction passes, compared with LiteSVM."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from solders.account import Account as SoldersAccount
from solders.clock import Clock
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats import solders_objects
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes, address_text
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.message_accounts import message_accounts
from solproof.runtime.program_ids import LOADER_V3, NATIVE_LOADER, SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, INSTRUCTIONS_SYSVAR, SYSVAR_OWNER, Sysvars
from tests.support.litesvm_oracle import assert_like_litesvm

PROGRAM = address_bytes("DozgQiYtGbdyniV2T74xMdmjZJvYDzoRFFqw7UR5MwPK")
SOURCE = Account(b"A" * 32, PROGRAM, 10**9, b"")

# Moves one lamport from account 0, which has no data, to account 1.
PAY = """
    ldxdw r2, [r1+0x50]
    add64 r2, -1
    stxdw [r1+0x50], r2
    ldxdw r2, [r1+0x28b0]
    add64 r2, 1
    stxdw [r1+0x28b0], r2
    mov64 r0, 0
    exit
"""
# Logs the length and the first four words of account 0's data.
LENGTH = """
    mov64 r9, r1
    ldxdw r1, [r9+0x58]
    ldxdw r2, [r9+0x60]
    ldxdw r3, [r9+0x68]
    ldxdw r4, [r9+0x70]
    ldxdw r5, [r9+0x78]
    syscall sol_log_64_
    mov64 r0, 0
    exit
"""
# Logs the slot of the clock's account, which is account 0, and the slot that the syscall gives.
SLOTS = """
    ldxdw r6, [r1+0x60]
    mov64 r1, r10
    add64 r1, -40
    syscall sol_get_clock_sysvar
    mov64 r1, r6
    ldxdw r2, [r10-40]
    mov64 r3, 0
    mov64 r4, 0
    mov64 r5, 0
    syscall sol_log_64_
    mov64 r0, 0
    exit
"""


def elf(source: str) -> bytes:
    return write_elf(assemble(source, 0))


def entry(account: Account, *, signer: bool = False, writable: bool = False) -> InstructionAccount:
    return InstructionAccount(account, signer, writable)


# PRIVILEGES


@pytest.mark.parametrize(
    "account",
    [
        Sysvars().account("clock"),
        Account(SYSTEM_PROGRAM, NATIVE_LOADER, 1, b"system_program", executable=True),
        Account(LOADER_V3, NATIVE_LOADER, 1, b"solana_bpf_loader_upgradeable_program", executable=True),
    ],
    ids=["clock", "system program", "loader v3"],
)
def test_a_reserved_account_is_read_only(account: Account) -> None:
    entries = [entry(SOURCE, writable=True), entry(account, writable=True)]
    given = ExecutionInput(elf(PAY), PROGRAM, message_accounts(PROGRAM, entries, b""), b"")
    assert assert_like_litesvm(given).output.error == "ReadonlyLamportChange"


def test_the_called_program_is_read_only_unless_loader_v3_is_named() -> None:
    own = Account(PROGRAM, LOADER_V3, 10**9, b"", executable=True)
    loader = Account(LOADER_V3, NATIVE_LOADER, 1, b"", executable=True)
    entries = [entry(own, writable=True), entry(SOURCE, writable=True)]
    assert [each.is_writable for each in message_accounts(PROGRAM, entries, b"")] == [False, True]
    named = message_accounts(PROGRAM, [*entries, entry(loader, writable=True)], b"")
    assert [each.is_writable for each in named] == [True, True, False]


def test_each_mention_has_the_privileges_of_all() -> None:
    entries = message_accounts(PROGRAM, [entry(SOURCE, writable=True), entry(SOURCE, signer=True)], b"")
    assert [(each.is_signer, each.is_writable) for each in entries] == [(True, True)] * 2


def test_an_input_with_a_flag_that_no_transaction_passes() -> None:
    clock = Sysvars().account("clock")
    with pytest.raises(InputError) as raised:
        ExecutionInput(b"", PROGRAM, (entry(clock, writable=True),), b"")
    assert str(raised.value) == (
        "accounts[0].is_writable: expected false, because "
        "SysvarC1ock11111111111111111111111111111111 is a reserved address"
    )
    own = Account(PROGRAM, LOADER_V3, 1, b"", executable=True)
    with pytest.raises(InputError) as raised:
        ExecutionInput(b"", PROGRAM, (entry(own, writable=True),), b"")
    assert str(raised.value) == (
        f"accounts[0].is_writable: expected false, because {address_text(PROGRAM)} "
        "is the program that the instruction calls"
    )


# THE INSTRUCTIONS SYSVAR


def test_the_instructions_sysvar_is_that_of_litesvm() -> None:
    instruction = Instruction(
        Pubkey(PROGRAM),
        b"\7\x08\x09",
        [AccountMeta(Pubkey(INSTRUCTIONS_SYSVAR), False, True), AccountMeta(Pubkey(SOURCE.key), False, True)],
    )
    states = {Pubkey(SOURCE.key): solders_objects.solders_account(SOURCE)}
    given = solders_objects.execution_input(elf(LENGTH), instruction, states)
    assert given.accounts[0].account.owner == SYSVAR_OWNER
    assert len(given.accounts[0].account.data) == 2 + 2 + 2 + 2 * 33 + 32 + 2 + 3 + 2
    assert_like_litesvm(given)


def test_the_instructions_sysvar_is_not_free() -> None:
    sysvar = Account(INSTRUCTIONS_SYSVAR, SYSVAR_OWNER, 0, b"")
    entries = message_accounts(PROGRAM, [entry(sysvar)], b"\1")
    given = ExecutionInput(b"", PROGRAM, entries, b"\1")
    message = "accounts[0]: the instructions sysvar is made of the instruction, and this account differs"
    for attempt in (
        lambda: replace(given, instruction_data=b"\2"),
        lambda: replace(given, accounts=(entry(sysvar),)),
        lambda: message_accounts(PROGRAM, entries, b"\2"),
    ):
        with pytest.raises(InputError) as raised:
            attempt()
        assert str(raised.value) == message


# OTHER SYSVARS


def test_a_sysvar_is_that_of_its_account() -> None:
    clock = Clock(123, 0, 0, 0, 0)
    state = SoldersAccount(1, bytes(clock), Pubkey(SYSVAR_OWNER), False, 2**64 - 1)
    key = Pubkey(ADDRESSES["clock"])
    instruction = Instruction(Pubkey(PROGRAM), b"", [AccountMeta(key, False, False)])
    given = solders_objects.execution_input(elf(SLOTS), instruction, {key: state})
    assert given.parameters.sysvars == Sysvars(clock=bytes(clock))
    assert_like_litesvm(given)
    assert solders_objects.execution_input(b"", instruction, {}).accounts[0].account == Sysvars().account(
        "clock"
    )


def test_a_sysvar_that_contradicts_its_account() -> None:
    clock = Account(ADDRESSES["clock"], SYSVAR_OWNER, 1, struct.pack("<Q", 5).ljust(40, b"\0"))
    with pytest.raises(InputError) as raised:
        ExecutionInput(b"", PROGRAM, (entry(clock),), b"")
    assert str(raised.value) == "accounts[0]: the data differs from the parameters' sysvar clock"
    key = Pubkey(clock.key)
    instruction = Instruction(Pubkey(PROGRAM), b"", [AccountMeta(key, False, False)])
    parameters = Parameters(sysvars=Sysvars(clock=bytes(40)))
    with pytest.raises(InputError) as raised:
        solders_objects.execution_input(
            b"", instruction, {key: solders_objects.solders_account(clock)}, parameters
        )
    assert str(raised.value) == ("parameters.sysvars.clock: differs from the data of its account in accounts")
