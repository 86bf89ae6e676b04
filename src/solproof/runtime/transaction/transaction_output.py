"""The result of a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from solproof.representation import short_repr
from solproof.runtime.accounts import Account
from solproof.runtime.execution_output import ExecutionOutput, ReturnData, outcome_lines
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.transaction.transaction_error import ErrorJson, TransactionError


class Status(Enum):
    """How far a transaction came."""

    NOT_PROCESSED = "not processed"
    """Refused before anything ran. It is in no block, and nothing changes."""
    FEES_ONLY = "fees only"
    """Its accounts could not be loaded. It pays its fee, and nothing runs."""
    EXECUTED = "executed"
    """Its instructions ran, with success or until one of them failed."""


@dataclass(frozen=True, slots=True)
class TransactionOutput:
    """What a validator reports about a transaction, and what it commits.

    failure: the transaction's error, None on success.
    fee: lamports that the payer has paid.
    compute_units: what the instructions took together, including those of the instruction that failed.
    executed_instructions: how many instructions of sBPF programs ran, in all frames.
    accounts_modified: number of accounts whose committed state has other lamports, data or owner than before.
    loaded_accounts_data_size: bytes of the accounts that the transaction loaded, by the runtime's rule.
    keys_writable: for each account, whether the instructions might write to it.
    accounts_before, accounts: all accounts of the message in its order, before the transaction and as
        committed. An account without lamports does not exist.
    instructions: every instruction that was called, in the order of the calls.
    logs: the lines that the runtime prints, truncated at the runtime's limit.
    """

    status: Status
    failure: TransactionError | None
    fee: int
    compute_units: int
    executed_instructions: int
    accounts_modified: int
    loaded_accounts_data_size: int
    keys_writable: tuple[bool, ...]
    accounts_before: tuple[Account, ...]
    accounts: tuple[Account, ...]
    instructions: tuple[InstructionRecord, ...]
    logs: tuple[str, ...]
    return_data: ReturnData

    __repr__ = short_repr

    @property
    def success(self) -> bool:
        """Whether every instruction succeeded and the result was committed."""
        return self.failure is None

    @property
    def is_repeated(self) -> bool:
        """Whether it was refused because its message was processed before."""
        return self.error == "AlreadyProcessed"

    @property
    def error(self) -> ErrorJson | None:
        """The error as JSON-RPC prints it, None on success."""
        return None if self.failure is None else self.failure.to_json()

    def headline(self) -> dict[str, object]:
        """How it ended and what it cost: the fields that a short representation shows."""
        return {
            "success": self.success,
            "error": None if self.failure is None else str(self.failure),
            "fee": self.fee,
            "compute_units": self.compute_units,
            "executed_instructions": self.executed_instructions,
        }


def transaction_lines(output: TransactionOutput) -> list[tuple[str, str]]:
    """The outcome as pairs of a name and a value, for display."""
    return [
        ("success", "yes" if output.success else "no"),
        *([] if output.failure is None else [("error", str(output.failure))]),
        *([] if output.status is Status.EXECUTED else [("status", output.status.value)]),
        ("fee", f"{output.fee:,} lamports"),
        ("compute units", f"{output.compute_units:,}"),
        ("instructions", f"{output.executed_instructions:,} in {_frames(output)} of sBPF programs"),
        ("accounts modified", str(output.accounts_modified)),
    ]


def result_lines(output: ExecutionOutput | TransactionOutput) -> list[tuple[str, str]]:
    """The outcome of an instruction or of a transaction, for display."""
    return transaction_lines(output) if isinstance(output, TransactionOutput) else outcome_lines(output)


def _frames(output: TransactionOutput) -> str:
    count = sum(record.frame is not None for record in output.instructions)
    return "1 frame" if count == 1 else f"{count} frames"
