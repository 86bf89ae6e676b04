"""What a transaction reports about each instruction that it ran."""

from __future__ import annotations

from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.accounts import Account
from solproof.runtime.instruction_error import InstructionError
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import LogLine


@dataclass(frozen=True, slots=True)
class RecordedAccount:
    """An account of an instruction, with the privileges that the instruction had."""

    key: bytes
    is_signer: bool
    is_writable: bool


@dataclass(frozen=True, slots=True)
class InstructionRecord:
    """An instruction that ran, at the top level or as a cross-program invocation.

    index: the position in the message of the instruction that it belongs to, through its callers.
    caller: the position of its caller among the records, None for an instruction of the message.
    height: 1 for an instruction of the message, 2 for an instruction that it invoked, and so on.
    accounts: in instruction order.
    error: the error that the instruction ended with, or None.
    compute_units: the units that the instruction and everything below it took.
    accounts_before, accounts_after: the states of its accounts when it was called and when it ended, each
        account once, in order of first appearance. If an instruction of a transaction fails, these states are
        not committed.
    frame: the position of its frame among those of sBPF programs, None for a builtin program.
    log_lines: the lines of the log that it wrote itself, without those of the instructions that it called.
    """

    index: int
    caller: int | None
    height: int
    program_id: bytes
    accounts: tuple[RecordedAccount, ...]
    data: bytes
    error: InstructionError | None
    compute_units: int
    accounts_before: tuple[Account, ...]
    accounts_after: tuple[Account, ...]
    frame: int | None
    log_lines: tuple[LogLine, ...] = ()

    __repr__ = short_repr


def records(transaction: TransactionContext) -> tuple[InstructionRecord, ...]:
    """Every instruction that was called, in the order of the calls."""
    found: list[InstructionRecord] = []
    index = -1
    positions = {id(instruction): position for position, instruction in enumerate(transaction.trace)}
    for instruction in transaction.trace:
        index += instruction.caller is None
        accounts = tuple(
            RecordedAccount(
                transaction.accounts[reference.index].key, reference.is_signer, reference.is_writable
            )
            for reference in instruction.accounts
        )
        found.append(
            InstructionRecord(
                index,
                None if instruction.caller is None else positions[id(instruction.caller)],
                instruction.height,
                transaction.program_id(instruction),
                accounts,
                instruction.data,
                instruction.error,
                instruction.compute_units,
                instruction.accounts_before,
                instruction.accounts_after,
                instruction.frame,
                tuple(instruction.log_lines),
            )
        )
    return tuple(found)
