from __future__ import annotations

import pickle

import pytest
from solders.transaction_status import (
    InstructionErrorCustom,
    InstructionErrorFieldless,
    TransactionErrorDuplicateInstruction,
    TransactionErrorFieldless,
    TransactionErrorInstructionError,
    TransactionErrorInsufficientFundsForRent,
    TransactionErrorProgramExecutionTemporarilyRestricted,
)

from solproof.runtime.instruction_error import InstructionError, custom_error, instruction_error
from solproof.runtime.transaction.transaction_error import TEXTS, TransactionError, TransactionFailure
from tests.support.wire_transactions import json_of

IN_ORDER = (
    "AccountInUse",
    "AccountLoadedTwice",
    "AccountNotFound",
    "ProgramAccountNotFound",
    "InsufficientFundsForFee",
    "InvalidAccountForFee",
    "AlreadyProcessed",
    "BlockhashNotFound",
    "InstructionError",
    "CallChainTooDeep",
    "MissingSignatureForFee",
    "InvalidAccountIndex",
    "SignatureFailure",
    "InvalidProgramForExecution",
    "SanitizeFailure",
    "ClusterMaintenance",
    "AccountBorrowOutstanding",
    "WouldExceedMaxBlockCostLimit",
    "UnsupportedVersion",
    "InvalidWritableAccount",
    "WouldExceedMaxAccountCostLimit",
    "WouldExceedAccountDataBlockLimit",
    "TooManyAccountLocks",
    "AddressLookupTableNotFound",
    "InvalidAddressLookupTableOwner",
    "InvalidAddressLookupTableData",
    "InvalidAddressLookupTableIndex",
    "InvalidRentPayingAccount",
    "WouldExceedMaxVoteCostLimit",
    "WouldExceedAccountDataTotalLimit",
    "DuplicateInstruction",
    "InsufficientFundsForRent",
    "MaxLoadedAccountsDataSizeExceeded",
    "InvalidLoadedAccountsDataSizeLimit",
    "ResanitizationNeeded",
    "ProgramExecutionTemporarilyRestricted",
    "UnbalancedTransaction",
    "ProgramCacheHitMaxLimit",
    "CommitCancelled",
)
"""Number 0 and the following, as solana-transaction-error 3 declares them."""

FIELDLESS = [name for name in dir(TransactionErrorFieldless) if name[0].isupper()]
BORSH_IO_ERROR = InstructionError("BorshIoError", "Failed to serialize or deserialize account data")

VALUES = [
    (
        TransactionError("InstructionError", 3, custom_error(7)),
        TransactionErrorInstructionError(3, InstructionErrorCustom(7)),
        "Error processing Instruction 3: custom program error: 0x7",
    ),
    (
        TransactionError("InstructionError", 0, instruction_error("InvalidArgument")),
        TransactionErrorInstructionError(0, InstructionErrorFieldless.InvalidArgument),
        "Error processing Instruction 0: invalid program argument",
    ),
    (
        TransactionError("InstructionError", 255, BORSH_IO_ERROR),
        TransactionErrorInstructionError(255, InstructionErrorFieldless.BorshIoError),
        "Error processing Instruction 255: Failed to serialize or deserialize account data",
    ),
    (
        TransactionError("DuplicateInstruction", 2),
        TransactionErrorDuplicateInstruction(2),
        "Transaction contains a duplicate instruction (2) that is not allowed",
    ),
    (
        TransactionError("InsufficientFundsForRent", 0),
        TransactionErrorInsufficientFundsForRent(0),
        "Transaction results in an account (0) with insufficient funds for rent",
    ),
    (
        TransactionError("ProgramExecutionTemporarilyRestricted", 6),
        TransactionErrorProgramExecutionTemporarilyRestricted(6),
        "Execution of the program referenced by account at index 6 is temporarily restricted.",
    ),
]


def test_every_variant_has_its_number() -> None:
    errors = [TransactionError(name) for name in FIELDLESS] + [error for error, _, _ in VALUES]
    assert {error.name: error.number for error in errors} == {name: at for at, name in enumerate(IN_ORDER)}
    assert set(TEXTS) == set(IN_ORDER)


@pytest.mark.parametrize("name", FIELDLESS)
def test_a_variant_without_values_is_its_name_in_json(name: str) -> None:
    assert TransactionError(name).to_json() == json_of(getattr(TransactionErrorFieldless, name)) == name


@pytest.mark.parametrize(("error", "theirs", "text"), VALUES)
def test_json_and_text_of_a_variant_with_values(error: TransactionError, theirs: object, text: str) -> None:
    assert error.to_json() == json_of(theirs)
    assert str(error) == text


def test_the_text_of_a_fault_is_that_of_the_variant() -> None:
    fault = InstructionError("ProgramFailedToComplete", "Access violation in unknown section")
    error = TransactionError("InstructionError", 1, fault)
    assert str(error) == "Error processing Instruction 1: Program failed to complete"


@pytest.mark.parametrize(
    ("name", "index", "inner"),
    [
        ("SanitizeFailure", 0, None),
        ("DuplicateInstruction", None, None),
        ("DuplicateInstruction", 0, BORSH_IO_ERROR),
        ("InstructionError", 0, None),
        ("InstructionError", None, BORSH_IO_ERROR),
    ],
)
def test_a_variant_has_exactly_its_values(
    name: str, index: int | None, inner: InstructionError | None
) -> None:
    with pytest.raises(AssertionError):
        TransactionError(name, index, inner)


def test_a_failure_shows_its_reason() -> None:
    failure = TransactionFailure(TransactionError("TooManyAccountLocks"))
    assert str(failure) == "Transaction locked too many accounts"
    failure = TransactionFailure(TransactionError("TooManyAccountLocks"), "65 accounts")
    assert str(failure) == "Transaction locked too many accounts: 65 accounts"
    copied = pickle.loads(pickle.dumps(failure))
    assert (copied.error, copied.reason) == (failure.error, failure.reason)
