"""An instruction of a transaction, at the top level or called by another instruction, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from solproof.representation import short_repr
from solproof.runtime.accounts import Account
from solproof.runtime.instruction_error import InstructionError


@dataclass(frozen=True, slots=True)
class AccountReference:
    """One mention of an account in an instruction.

    index: the account's position in the transaction.
    """

    index: int
    is_signer: bool = False
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the transaction's log that an instruction wrote.

    position: its position in the log.
    units_left: the compute units on the meter at that moment. They tell which syscall of a frame wrote it.
    """

    position: int
    units_left: int


@dataclass(slots=True, eq=False)  # each is one event of a transaction, so compared by identity
class TransactionInstruction:
    """An instruction, and what became of it.

    program: the position of the program's account in the transaction.
    accounts: in instruction order. All mentions of one account have the same privileges.
    caller: the instruction whose program called this instruction, None at the top level.
    height: the height of the stack when the instruction was called, from 1. It is 0 before that.
    error: the error that the instruction ended with, or None.
    compute_units: the units that the instruction and everything below it took from the transaction.
    accounts_before, accounts_after: the states of its accounts when it was called and when it ended, each
        account once, in order of first appearance.
    frame: the position of its frame among those of sBPF programs, None for a builtin program.
    log_lines: the lines of the log that it wrote itself, without those of the instructions that it called.
    """

    program: int
    accounts: tuple[AccountReference, ...]
    data: bytes
    caller: TransactionInstruction | None = None
    height: int = 0
    error: InstructionError | None = None
    compute_units: int = 0
    accounts_before: tuple[Account, ...] = ()
    accounts_after: tuple[Account, ...] = ()
    frame: int | None = None
    log_lines: list[LogLine] = field(default_factory=list)

    __repr__ = short_repr

    def position_of(self, index: int) -> int | None:
        """The first position in the instruction that names an account of the transaction, or None."""
        for position, reference in enumerate(self.accounts):
            if reference.index == index:
                return position
        return None
