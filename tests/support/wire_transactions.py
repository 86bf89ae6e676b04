"""Transactions as wire bytes, made with solders, and what LiteSVM says about them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from solders.account import Account as SoldersAccount
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.litesvm import LiteSVM
from solders.message import Message, MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.rpc.responses import RpcSimulateTransactionResult
from solders.signature import Signature
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata, SimulatedTransactionInfo

from solproof.formats.solders_objects import solders_account
from solproof.isa.assemble import assemble
from solproof.oracle.litesvm import runtime
from solproof.program.elf_writer import write_elf
from solproof.runtime.accounts import Account
from solproof.runtime.execution_input import Parameters
from solproof.runtime.sysvars import Sysvars

SYSTEM_PROGRAM = bytes(32)
PAYER = b"payer".ljust(32, b"\1")

LOG_FIRST_ACCOUNT = """
entrypoint:
    ldxdw r2, [r1+88]
    add64 r1, 96
    stxdw [r10-16], r1
    stxdw [r10-8], r2
    mov64 r1, r10
    add64 r1, -16
    mov64 r2, 1
    syscall sol_log_data
    mov64 r0, 0
    exit
"""
"""A program that logs the data of its first account."""

DATA_LINE = "Program data: "

Header = tuple[int, int, int]
"""The numbers of required signatures, of read-only accounts that sign, and of read-only ones that do not."""

Instruction = tuple[int, bytes, bytes]
"""Program index, account indices and data."""

Lookup = tuple[bytes, bytes, bytes]
"""Key of the table, writable indices and read-only indices."""


def key(name: str) -> bytes:
    """A key that shows its name."""
    return name.encode().ljust(32, b"\1")


def wire(
    keys: Sequence[bytes],
    instructions: Iterable[Instruction] = (),
    header: Header = (1, 0, 0),
    lookups: Iterable[Lookup] | None = None,
    signatures: int | None = None,
    blockhash: bytes = bytes(32),
) -> bytes:
    """A transaction, of version 0 if it has `lookups`.

    Without `signatures`, it has the number of signatures that its header requires.
    """
    pubkeys = [Pubkey(each) for each in keys]
    compiled = [CompiledInstruction(program, data, accounts) for program, accounts, data in instructions]
    message: Message | MessageV0
    if lookups is None:
        message = Message.new_with_compiled_instructions(*header, pubkeys, Hash(blockhash), compiled)
    else:
        tables = [MessageAddressTableLookup(Pubkey(each[0]), *each[1:]) for each in lookups]
        message = MessageV0(MessageHeader(*header), pubkeys, Hash(blockhash), compiled, tables)
    count = header[0] if signatures is None else signatures
    signed = [Signature(bytes([number]) * 64) for number in range(count)]
    return bytes(VersionedTransaction.populate(message, signed))


def random_wire(random: Random) -> bytes:
    """A transaction with random numbers everywhere, which seldom make sense together."""

    def some(limit: int) -> range:
        return range(random.choice((0, 1, 2, random.randrange(limit), random.randrange(limit))))

    instructions = [
        (random.randrange(256), random.randbytes(len(some(200))), random.randbytes(len(some(600))))
        for _ in some(5)
    ]
    lookups = [(random.randbytes(32), random.randbytes(len(some(20))), random.randbytes(1)) for _ in some(4)]
    return wire(
        [random.randbytes(32) for _ in some(20)],
        instructions,
        (random.randrange(128), random.randrange(256), random.randrange(256)),
        random.choice((None, lookups)),
        len(some(4)),
        random.randbytes(32),
    )


def machine(sysvars: Sysvars | None = None) -> LiteSVM:
    """A LiteSVM with mainnet's features and a payer."""
    made = runtime(Parameters(sysvars=sysvars or Sysvars()))
    made.set_account(Pubkey(PAYER), SoldersAccount(10**12, b"", Pubkey(SYSTEM_PROGRAM)))
    return made


def add_program(made: LiteSVM, program_id: bytes, source: str) -> None:
    """Add a program in assembly to a LiteSVM, under loader v3."""
    made.add_program(Pubkey(program_id), write_elf(assemble(source, version=0)))


def put(made: LiteSVM, account: Account) -> None:
    """Store an account in a LiteSVM."""
    made.set_account(Pubkey(account.key), solders_account(account))


def simulated(made: LiteSVM, content: bytes) -> SimulatedTransactionInfo | FailedTransactionMetadata:
    """What LiteSVM answers to a transaction, without a change of its accounts."""
    return made.simulate_transaction(VersionedTransaction.from_bytes(content))


def litesvm_error(made: LiteSVM, content: bytes) -> Any:
    """The error of a transaction in LiteSVM as JSON-RPC prints it, or None."""
    outcome = simulated(made, content)
    return json_of(outcome.err()) if isinstance(outcome, FailedTransactionMetadata) else None


def logged_data(made: LiteSVM, content: bytes) -> list[bytes]:
    """What the programs of a transaction log with `sol_log_data`. The transaction must succeed."""
    outcome = simulated(made, content)
    assert isinstance(outcome, SimulatedTransactionInfo), outcome
    lines = [line for line in outcome.meta().logs() if line.startswith(DATA_LINE)]
    return [base64.b64decode(line.removeprefix(DATA_LINE)) for line in lines]


def json_of(error: Any) -> Any:
    """An error of solders as JSON-RPC prints it."""
    return json.loads(RpcSimulateTransactionResult(err=error).to_json())["err"]
