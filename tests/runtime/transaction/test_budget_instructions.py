from __future__ import annotations

import random
import struct
from functools import lru_cache

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.program_ids import (
    COMPUTE_BUDGET,
    ED25519,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    LOADER_V4,
    SECP256K1,
    SECP256R1,
    SYSTEM_PROGRAM,
    VOTE_PROGRAM,
)
from solproof.runtime.transaction.budget_instructions import ComputeBudgetLimits, compute_budget_limits
from solproof.runtime.transaction.fees import transaction_fee
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.litesvm_transactions import instruction, litesvm, send

VOTE_FEATURE = "bls_pubkey_management_in_vote_account"
FEATURES = frozenset({VOTE_FEATURE})
MEMO = bytes(31) + b"\1"
HEAP, LIMIT, PRICE, DATA_SIZE = 1, 2, 3, 4


def request(kind: int, value: int) -> tuple[bytes, bytes]:
    return COMPUTE_BUDGET, struct.pack("<BQ" if kind == PRICE else "<BI", kind, value)


def error_of(*instructions: tuple[bytes, bytes]) -> object:
    with pytest.raises(TransactionFailure) as failure:
        compute_budget_limits(instructions, FEATURES)
    return failure.value.error.to_json()


@lru_cache
def machine(vote_feature: bool) -> LiteSVM:
    return litesvm(deactivate=() if vote_feature else (VOTE_FEATURE,))


def test_every_request_and_its_trailing_bytes() -> None:
    instructions = [
        request(HEAP, 65_536),
        (COMPUTE_BUDGET, request(LIMIT, 50_000)[1] + b"more"),
        request(PRICE, 2**64 - 1),
        request(DATA_SIZE, 1),
    ]
    assert compute_budget_limits(instructions, FEATURES) == ComputeBudgetLimits(50_000, 65_536, 2**64 - 1, 1)


def test_values_are_capped() -> None:
    limits = compute_budget_limits([request(LIMIT, 2**32 - 1), request(DATA_SIZE, 2**32 - 1)], FEATURES)
    assert limits == ComputeBudgetLimits(1_400_000, 32_768, 0, 64 * 1024 * 1024)


def test_a_limit_of_zero_is_a_limit() -> None:
    assert compute_budget_limits([request(LIMIT, 0)], FEATURES).compute_unit_limit == 0


@pytest.mark.parametrize(
    ("program", "units"),
    [
        (SYSTEM_PROGRAM, 3_000),
        (COMPUTE_BUDGET, 3_000),
        (LOADER_V1, 3_000),
        (LOADER_V2, 3_000),
        (LOADER_V3, 3_000),
        (LOADER_V4, 3_000),
        (ED25519, 3_000),
        (SECP256K1, 3_000),
        (SECP256R1, 200_000),
        (VOTE_PROGRAM, 200_000),
        (MEMO, 200_000),
    ],
)
def test_the_default_limit_of_an_instruction(program: bytes, units: int) -> None:
    # A price of 10^6 makes each unit of the limit cost a lamport, whether the transaction succeeds or not.
    given = [(program, request(HEAP, 32_768)[1]), request(PRICE, 10**6)]
    assert compute_budget_limits(given, FEATURES).compute_unit_limit == units + 3_000
    fee = send(machine(True), [instruction(*item) for item in given]).fee
    signatures = 1 + (program in (ED25519, SECP256K1, SECP256R1))
    assert fee == signatures * 5_000 + units + 3_000


def test_vote_counts_as_a_builtin_before_its_feature() -> None:
    given = [(VOTE_PROGRAM, b""), request(PRICE, 10**6)]
    assert compute_budget_limits(given, frozenset()).compute_unit_limit == 6_000
    assert send(machine(False), [instruction(*item) for item in given]).fee == 11_000


def test_the_sum_of_the_defaults_is_capped() -> None:
    assert compute_budget_limits([(MEMO, b"")] * 8, FEATURES).compute_unit_limit == 1_400_000


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0" * 9, b"\5" + bytes(8), b"\1", b"\2abc", b"\3" + bytes(7), b"\4" + bytes(3)]
)
def test_unreadable_data(data: bytes) -> None:
    expected = {"InstructionError": [1, "InvalidInstructionData"]}
    assert error_of((MEMO, b""), (COMPUTE_BUDGET, data)) == expected
    ours = [instruction(SYSTEM_PROGRAM, b""), instruction(COMPUTE_BUDGET, data)]
    assert send(machine(True), ours).error == expected


def test_errors_come_in_the_order_of_the_runtime() -> None:
    duplicate, heap, size = request(LIMIT, 2), request(HEAP, 32_767), request(DATA_SIZE, 0)
    # Data and duplicates in the order of the instructions, then the heap, then the data size.
    assert error_of(heap, size, duplicate, duplicate, (COMPUTE_BUDGET, b"")) == {"DuplicateInstruction": 3}
    assert error_of(size, heap) == {"InstructionError": [1, "InvalidInstructionData"]}
    assert error_of(size) == "InvalidLoadedAccountsDataSizeLimit"


def test_random_requests_like_litesvm() -> None:
    source = random.Random(14)
    errors = set()
    for _ in range(400):
        given = random_instructions(source)
        features = frozenset({VOTE_FEATURE} if source.random() < 0.8 else ())
        sent = send(machine(VOTE_FEATURE in features), [instruction(*item) for item in given])
        try:
            limits = compute_budget_limits(given, features)
        except TransactionFailure as failure:
            assert failure.error.to_json() == sent.error, given
            errors.add(failure.error.name)
        else:
            # A failure that comes later has paid the fee, which shows limit and price.
            assert transaction_fee(1, given, limits, 5_000).total == sent.fee, given
    assert errors == {"InstructionError", "DuplicateInstruction", "InvalidLoadedAccountsDataSizeLimit"}


def random_instructions(source: random.Random) -> list[tuple[bytes, bytes]]:
    programs = [SYSTEM_PROGRAM, LOADER_V1, LOADER_V2, LOADER_V3, VOTE_PROGRAM, ED25519, SECP256K1, SECP256R1]
    given = []
    for kind in source.sample([HEAP, LIMIT, PRICE, DATA_SIZE], source.randrange(5)):
        values = {
            HEAP: [32_767, 32_768, 33_000, 40_960, 262_144, 263_168],
            LIMIT: [0, 1, 1_399_999, 1_400_001, 2**32 - 1],
            PRICE: [0, 1, 999_999, 10**6, source.randrange(2**40), 2**64 - 1],
            DATA_SIZE: [0, 1, 10**6, 2**32 - 1],
        }[kind]
        given.append(request(kind, source.choice(values)))
    given += [
        (source.choice(programs), source.randbytes(source.randrange(4))) for _ in range(source.randrange(4))
    ]
    if source.random() < 0.2:
        given.append((COMPUTE_BUDGET, source.randbytes(source.randrange(10))))
    if given and source.random() < 0.2:
        given.append(source.choice(given))
    source.shuffle(given)
    return given or [(SYSTEM_PROGRAM, b"")]
