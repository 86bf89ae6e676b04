"""The limits that a transaction requests with compute budget instructions, read before anything runs.

Source: `ComputeBudgetInstructionDetails` of solana-compute-budget-instruction 4.1.2
(compute_budget_instruction_details.rs), the programs of solana-builtins-default-costs 4.1.2.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from solproof.runtime.budget import (
    HEAP_SIZE_STEP,
    MAXIMUM_COMPUTE_UNIT_LIMIT,
    MINIMUM_HEAP_SIZE,
)
from solproof.runtime.instruction_error import instruction_error
from solproof.runtime.program_ids import (
    COMPUTE_BUDGET,
    ED25519,
    LOADERS,
    SECP256K1,
    SYSTEM_PROGRAM,
    VOTE_PROGRAM,
)
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure

DEFAULT_UNITS_OF_BUILTIN = 3_000
DEFAULT_UNITS_OF_PROGRAM = 200_000
MAXIMUM_HEAP_SIZE = 256 * 1024
MAXIMUM_LOADED_ACCOUNTS_DATA_SIZE = 64 * 1024 * 1024

_BUILTINS = frozenset({SYSTEM_PROGRAM, COMPUTE_BUDGET, ED25519, SECP256K1, *LOADERS})
VOTE_COUNTS_AS_PROGRAM = "bls_pubkey_management_in_vote_account"  # SIMD-0387

_HEAP, _LIMIT, _PRICE, _DATA_SIZE = 1, 2, 3, 4
_VALUE_LENGTHS = {_HEAP: 4, _LIMIT: 4, _PRICE: 8, _DATA_SIZE: 4}
"""Tag of each compute budget instruction, and the bytes of its value. More bytes may follow."""


@dataclass(frozen=True, slots=True)
class ComputeBudgetLimits:
    """What one transaction may use.

    compute_unit_limit: CU of all instructions together.
    heap_size: bytes of heap of each program.
    compute_unit_price: millionths of a lamport for each CU of the limit.
    loaded_accounts_data_size_limit: bytes of all loaded accounts together.
    """

    compute_unit_limit: int = MAXIMUM_COMPUTE_UNIT_LIMIT
    heap_size: int = MINIMUM_HEAP_SIZE
    compute_unit_price: int = 0
    loaded_accounts_data_size_limit: int = MAXIMUM_LOADED_ACCOUNTS_DATA_SIZE


def compute_budget_limits(
    instructions: Sequence[tuple[bytes, bytes]], features: Container[str]
) -> ComputeBudgetLimits:
    """The limits of a transaction, from program id and data of each of its instructions.

    Raises `TransactionFailure`: first in the order of the instructions for unreadable data and for a second
    request of one kind, then for the requested heap, then for the requested data size.
    """
    requests = _requests(instructions)
    heap_index, heap_size = requests.get(_HEAP, (0, MINIMUM_HEAP_SIZE))
    if not MINIMUM_HEAP_SIZE <= heap_size <= MAXIMUM_HEAP_SIZE or heap_size % HEAP_SIZE_STEP:
        raise _invalid_data(heap_index)
    _, data_size = requests.get(_DATA_SIZE, (0, MAXIMUM_LOADED_ACCOUNTS_DATA_SIZE))
    if data_size == 0:
        raise TransactionFailure(TransactionError("InvalidLoadedAccountsDataSizeLimit"))
    _, price = requests.get(_PRICE, (0, 0))
    _, limit = requests.get(_LIMIT) or (0, _default_limit(instructions, features))
    return ComputeBudgetLimits(
        compute_unit_limit=min(limit, MAXIMUM_COMPUTE_UNIT_LIMIT),
        heap_size=heap_size,
        compute_unit_price=price,
        loaded_accounts_data_size_limit=min(data_size, MAXIMUM_LOADED_ACCOUNTS_DATA_SIZE),
    )


def _requests(instructions: Sequence[tuple[bytes, bytes]]) -> dict[int, tuple[int, int]]:
    """Index of the instruction and value of each request, by its tag."""
    requests: dict[int, tuple[int, int]] = {}
    for index, (program_id, data) in enumerate(instructions):
        if program_id != COMPUTE_BUDGET:
            continue
        tag, value = data[:1], data[1:]
        length = _VALUE_LENGTHS.get(tag[0]) if tag else None
        if length is None or len(value) < length:
            raise _invalid_data(index)
        if tag[0] in requests:
            raise TransactionFailure(TransactionError("DuplicateInstruction", index))
        requests[tag[0]] = index, int.from_bytes(value[:length], "little")
    return requests


def _invalid_data(index: int) -> TransactionFailure:
    error = instruction_error("InvalidInstructionData")
    return TransactionFailure(TransactionError("InstructionError", index, error))


def _default_limit(instructions: Sequence[tuple[bytes, bytes]], features: Container[str]) -> int:
    builtins = _BUILTINS if VOTE_COUNTS_AS_PROGRAM in features else _BUILTINS | {VOTE_PROGRAM}
    return sum(
        DEFAULT_UNITS_OF_BUILTIN if program_id in builtins else DEFAULT_UNITS_OF_PROGRAM
        for program_id, _ in instructions
    )
