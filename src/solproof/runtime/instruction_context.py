"""An instruction as its program sees it: its accounts with the rules for changing them, and its data.

Builtin programs work on this view. The same rules apply when the runtime reads accounts back from the memory
of an sBPF program, and when such a program calls another program.

Source: `BorrowedInstructionAccount` and `InstructionContext` of solana-transaction-context 4.1
(instruction_accounts.rs, instruction.rs, transaction_accounts.rs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from solproof.representation import short_repr
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, MAXIMUM_LAMPORTS, Account
from solproof.runtime.environment import Environment
from solproof.runtime.instruction_error import failure
from solproof.runtime.rent import Rent
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction

MAXIMUM_GROWTH = 20 * 1024 * 1024  # bytes in a transaction, MAX_ACCOUNT_DATA_GROWTH_PER_TRANSACTION


@dataclass(frozen=True, slots=True)
class BorrowedAccount:
    """An account of an instruction, with the privileges that the instruction has.

    Every setter raises `InstructionFailure` for a change that the instruction may not make.
    """

    transaction: TransactionContext
    program_id: bytes
    reference: AccountReference

    @property
    def state(self) -> Account:
        """The present state."""
        return self.transaction.accounts[self.reference.index]

    @property
    def key(self) -> bytes:
        """The address."""
        return self.state.key

    @property
    def owner(self) -> bytes:
        """The address of the program that owns the account."""
        return self.state.owner

    @property
    def lamports(self) -> int:
        """The balance."""
        return self.state.lamports

    @property
    def data(self) -> bytes:
        """The content."""
        return self.state.data

    @property
    def is_signer(self) -> bool:
        """Whether the account has signed for this instruction."""
        return self.reference.is_signer

    @property
    def is_writable(self) -> bool:
        """Whether the instruction may change the account."""
        return self.reference.is_writable

    @property
    def is_owned(self) -> bool:
        """Whether the program of the instruction owns the account now."""
        return self.state.owner == self.program_id

    def set_lamports(self, lamports: int) -> None:
        """Set the balance.

        Raises for a smaller balance of an account that the program does not own, and for every read-only
        account, even if the balance stays the same.
        """
        old = self.state.lamports
        if not self.is_owned and lamports < old:
            raise failure("ExternalAccountLamportSpend")
        if not self.is_writable:
            raise failure("ReadonlyLamportChange")
        if lamports != old:
            self.transaction.lamports_delta += lamports - old
            self._replace(replace(self.state, lamports=lamports))

    def add_lamports(self, amount: int) -> None:
        """Add to the balance. Raises `ArithmeticOverflow` for a balance that does not fit 64 bits."""
        if self.lamports + amount > MAXIMUM_LAMPORTS:
            raise failure("ArithmeticOverflow")
        self.set_lamports(self.lamports + amount)

    def subtract_lamports(self, amount: int) -> None:
        """Subtract from the balance. Raises `ArithmeticOverflow` for a balance below 0."""
        if amount > self.lamports:
            raise failure("ArithmeticOverflow")
        self.set_lamports(self.lamports - amount)

    def check_data_change(self) -> None:
        """Raise if the program may not change the content (`can_data_be_changed`)."""
        if not self.is_writable:
            raise failure("ReadonlyDataModified")
        if not self.is_owned:
            raise failure("ExternalAccountDataModified")

    def check_length(self, length: int) -> None:
        """Raise if the program may not give the content this length in bytes (`can_data_be_resized`)."""
        old = len(self.state.data)
        if length != old and not self.is_owned:
            raise failure("AccountDataSizeChanged")
        if length > MAXIMUM_DATA_LENGTH:
            raise failure("InvalidRealloc")
        if self.transaction.resize_delta + length - old > MAXIMUM_GROWTH:
            raise failure("MaxAccountsDataAllocationsExceeded")
        self.check_data_change()

    def set_data(self, data: bytes) -> None:
        """Replace the content."""
        self.check_length(len(data))
        old = self.state
        if data != old.data:  # otherwise keep one copy in memory, because data can have 10 MiB
            self.transaction.resize_delta += len(data) - len(old.data)
            self._replace(replace(old, data=data))

    def set_length(self, length: int) -> None:
        """Cut the content, or extend it with zeros."""
        self.set_data(self.data[:length].ljust(length, b"\0"))

    def write(self, offset: int, content: bytes) -> None:
        """Overwrite a part of the content. The part must lie inside the content."""
        self.check_data_change()
        data = self.data
        assert offset + len(content) <= len(data), (offset, len(content), len(data))
        self._replace(replace(self.state, data=data[:offset] + content + data[offset + len(content) :]))

    def set_owner(self, owner: bytes) -> None:
        """Give the account to another program, which must not find data that it did not write."""
        data = self.state.data
        if not self.is_owned or not self.is_writable or data.count(0) != len(data):
            raise failure("ModifiedProgramId")
        self._replace(replace(self.state, owner=owner))

    def set_executable(self, executable: bool) -> None:
        """Set the mark of programs. The account must be exempt from rent, also to take the mark away."""
        state, rent = self.state, Rent.from_sysvar(self.transaction.environment.sysvars.rent)
        if not rent.is_exempt(state.lamports, len(state.data)):
            raise failure("ExecutableAccountNotRentExempt")
        if not self.is_owned or not self.is_writable:
            raise failure("ExecutableModified")
        self._replace(replace(state, executable=executable))

    def _replace(self, state: Account) -> None:
        self.transaction.accounts[self.reference.index] = state


@dataclass(frozen=True, slots=True)
class InstructionContext:
    """The instruction that runs now, and the transaction that it is part of."""

    transaction: TransactionContext
    instruction: TransactionInstruction

    __repr__ = short_repr

    @property
    def program_id(self) -> bytes:
        """The address of the instruction's program."""
        return self.transaction.program_id(self.instruction)

    @property
    def data(self) -> bytes:
        """The instruction data."""
        return self.instruction.data

    @property
    def environment(self) -> Environment:
        """The cluster's state."""
        return self.transaction.environment

    def __len__(self) -> int:
        return len(self.instruction.accounts)

    def account(self, position: int) -> BorrowedAccount:
        """The account at a position. Raises `MissingAccount` if the instruction names fewer accounts."""
        if position >= len(self.instruction.accounts):
            raise failure("MissingAccount")
        return BorrowedAccount(self.transaction, self.program_id, self.instruction.accounts[position])

    def signers(self) -> frozenset[bytes]:
        """The addresses that have signed for this instruction, at any position."""
        accounts = self.transaction.accounts
        return frozenset(
            accounts[reference.index].key for reference in self.instruction.accounts if reference.is_signer
        )

    def log(self, line: str) -> None:
        """Append a line to the transaction's log, as a line of this instruction."""
        self.transaction.log(line, self.instruction)

    def consume(self, units: int) -> None:
        """Take compute units from the meter."""
        self.transaction.consume(units)
