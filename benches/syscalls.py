"""Runs whose cost is dominated by their syscalls."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from solders.pubkey import Pubkey

from solproof.demo.programs import read_program
from solproof.demo.scenario import demo_key, transfer, wallet
from solproof.oracle.litesvm import runtime
from solproof.runtime.accounts import InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.program_address import program_address
from tests.support.elf_builder import build_elf, call, syscall_program, write_memory

MEMO = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
TOKEN_2022 = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
PROGRAM_ID = bytes([4]) * 32
HEAP = 0x3_0000_0000
TRIES = 10


def memo() -> ExecutionInput:
    """A memo of a short text with one signer."""
    signer = InstructionAccount(wallet(demo_key("signer")), is_signer=True)
    return ExecutionInput(read_program(runtime(), MEMO), bytes(MEMO), (signer,), b"hello, world")


def token_2022_transfer() -> ExecutionInput:
    """The demo's Transfer, made with Token-2022."""
    given = transfer(read_program(runtime(), TOKEN_2022))
    accounts = tuple(
        replace(entry, account=replace(entry.account, owner=bytes(TOKEN_2022)))
        if entry.account.data
        else entry
        for entry in given.accounts
    )
    return replace(given, program_id=bytes(TOKEN_2022), accounts=accounts)


def hashes() -> ExecutionInput:
    """SHA-256 of 1 KiB, 100 times."""
    message = write_memory({HEAP: struct.pack("<QQ", HEAP + 0x1000, 1024)})
    calls = [part for _ in range(100) for part in call("sol_sha256", (HEAP, 1, HEAP + 64))]
    return _given(build_elf([*message, *calls, "exit"]))


def copy() -> ExecutionInput:
    """A copy of 64 KiB."""
    program = syscall_program("sol_memcpy_", (HEAP + 0x10000, HEAP, 0x10000))
    return _given(program, Parameters(heap_size=0x20000))


def address_search() -> ExecutionInput:
    """A search that finds a program address at the tenth attempt."""
    return _given(
        syscall_program(
            "sol_try_find_program_address",
            (HEAP, 1, HEAP + 0x100, HEAP + 0x200, HEAP + 0x300),
            {HEAP: struct.pack("<QQ", HEAP + 0x80, 8), HEAP + 0x80: _seed(), HEAP + 0x100: PROGRAM_ID},
        )
    )


def _seed() -> bytes:
    """A seed of 8 bytes whose address is found at the tenth attempt."""
    for number in count():
        seed = number.to_bytes(8, "little")
        bumps = range(255, 255 - TRIES, -1)
        *misses, found = (program_address([seed, bytes([bump])], PROGRAM_ID) for bump in bumps)
        if found is not None and not any(misses):
            return seed
    raise AssertionError("numbers do not end")


def _given(program: bytes, parameters: Parameters | None = None) -> ExecutionInput:
    return ExecutionInput(program, PROGRAM_ID, (), b"", parameters or Parameters())


SYSCALL_RUNS: dict[str, Callable[[], ExecutionInput]] = {
    "Memo, one signer": memo,
    "Token-2022 Transfer": token_2022_transfer,
    "100 times sha256 of 1 KiB": hashes,
    "memcpy of 64 KiB": copy,
    "Program address, found at the tenth try": address_search,
}
