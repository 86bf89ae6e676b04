"""Agave's `TransactionError`: the variants, their numbers and texts, and their JSON.

Source: solana-transaction-error 3 (`TransactionError` and its `Display`). The JSON is the one that JSON-RPC
prints (`UiTransactionError`, solana-transaction-status-client-types 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from solproof.runtime.instruction_error import TEXTS as INSTRUCTION_ERROR_TEXTS
from solproof.runtime.instruction_error import InstructionError

TEXTS = {
    "AccountInUse": "Account in use",
    "AccountLoadedTwice": "Account loaded twice",
    "AccountNotFound": "Attempt to debit an account but found no record of a prior credit.",
    "ProgramAccountNotFound": "Attempt to load a program that does not exist",
    "InsufficientFundsForFee": "Insufficient funds for fee",
    "InvalidAccountForFee": "This account may not be used to pay transaction fees",
    "AlreadyProcessed": "This transaction has already been processed",
    "BlockhashNotFound": "Blockhash not found",
    "InstructionError": "Error processing Instruction {index}: {instruction_error}",
    "CallChainTooDeep": "Loader call chain is too deep",
    "MissingSignatureForFee": "Transaction requires a fee but has no signature present",
    "InvalidAccountIndex": "Transaction contains an invalid account reference",
    "SignatureFailure": "Transaction did not pass signature verification",
    "InvalidProgramForExecution": "This program may not be used for executing instructions",
    "SanitizeFailure": "Transaction failed to sanitize accounts offsets correctly",
    "ClusterMaintenance": "Transactions are currently disabled due to cluster maintenance",
    "AccountBorrowOutstanding": (
        "Transaction processing left an account with an outstanding borrowed reference"
    ),
    "WouldExceedMaxBlockCostLimit": "Transaction would exceed max Block Cost Limit",
    "UnsupportedVersion": "Transaction version is unsupported",
    "InvalidWritableAccount": "Transaction loads a writable account that cannot be written",
    "WouldExceedMaxAccountCostLimit": "Transaction would exceed max account limit within the block",
    "WouldExceedAccountDataBlockLimit": "Transaction would exceed account data limit within the block",
    "TooManyAccountLocks": "Transaction locked too many accounts",
    "AddressLookupTableNotFound": "Transaction loads an address table account that doesn't exist",
    "InvalidAddressLookupTableOwner": "Transaction loads an address table account with an invalid owner",
    "InvalidAddressLookupTableData": "Transaction loads an address table account with invalid data",
    "InvalidAddressLookupTableIndex": "Transaction address table lookup uses an invalid index",
    "InvalidRentPayingAccount": (
        "Transaction leaves an account with a lower balance than rent-exempt minimum"
    ),
    "WouldExceedMaxVoteCostLimit": "Transaction would exceed max Vote Cost Limit",
    "WouldExceedAccountDataTotalLimit": "Transaction would exceed total account data limit",
    "DuplicateInstruction": "Transaction contains a duplicate instruction ({index}) that is not allowed",
    "InsufficientFundsForRent": (
        "Transaction results in an account ({index}) with insufficient funds for rent"
    ),
    "MaxLoadedAccountsDataSizeExceeded": "Transaction exceeded max loaded accounts data size cap",
    "InvalidLoadedAccountsDataSizeLimit": (
        "LoadedAccountsDataSizeLimit set for transaction must be greater than 0."
    ),
    "ResanitizationNeeded": "ResanitizationNeeded",
    "ProgramExecutionTemporarilyRestricted": (
        "Execution of the program referenced by account at index {index} is temporarily restricted."
    ),
    "UnbalancedTransaction": "Sum of account balances before and after transaction do not match",
    "ProgramCacheHitMaxLimit": "Program cache hit max limit",
    "CommitCancelled": "CommitCancelled",
}
"""Every variant in the order of the numbers, with its text."""

NUMBERS = {name: number for number, name in enumerate(TEXTS)}

ABOUT_AN_ACCOUNT = ("InsufficientFundsForRent", "ProgramExecutionTemporarilyRestricted")
"""Variants whose index is the position of an account in the transaction. Others count instructions."""

ErrorJson: TypeAlias = "str | dict[str, object]"
"""An error as JSON-RPC prints it."""


@dataclass(frozen=True, slots=True)
class TransactionError:
    """Why a transaction failed.

    name: the variant, a key of `TEXTS`.
    index: the position of an instruction or an account, 0 to 255, for the variants that have one.
    instruction_error: the error of that instruction, for `InstructionError`.
    """

    name: str
    index: int | None = None
    instruction_error: InstructionError | None = None

    def __post_init__(self) -> None:
        assert (self.index is not None) == ("{index}" in TEXTS[self.name]), self.name
        assert (self.instruction_error is not None) == (self.name == "InstructionError"), self.name

    def __str__(self) -> str:
        text = TEXTS[self.name]
        error = self.instruction_error
        if error is None:
            return text.format(index=self.index)
        # The message of a fault is that of the fault. It is in the log, and not in this text.
        reason = INSTRUCTION_ERROR_TEXTS.get(error.name, error.message)
        return text.format(index=self.index, instruction_error=reason)

    @property
    def number(self) -> int:
        """The number of the variant in bincode and Borsh."""
        return NUMBERS[self.name]

    def to_json(self) -> ErrorJson:
        """The value that JSON-RPC prints: the name alone, or an object with the name and its values."""
        if self.index is None:
            return self.name
        if self.instruction_error is not None:
            return {self.name: [self.index, instruction_error_json(self.instruction_error)]}
        return {self.name: {"account_index": self.index} if self.name in ABOUT_AN_ACCOUNT else self.index}


class TransactionFailure(Exception):
    """A step of transaction processing fails.

    reason: the rule that is broken, if the error alone does not tell it.
    """

    def __init__(self, error: TransactionError, reason: str = "") -> None:
        super().__init__(error, reason)
        self.error = error
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.error}: {self.reason}" if self.reason else str(self.error)


def instruction_error_json(error: InstructionError) -> str | dict[str, int]:
    """The error of an instruction as JSON-RPC prints it: its name, or an object with a program's own code."""
    if error.name.startswith("Custom("):
        return {"Custom": int(error.name.removeprefix("Custom(").removesuffix(")"))}
    return error.name
