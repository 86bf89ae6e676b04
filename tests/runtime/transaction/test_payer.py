from __future__ import annotations

import itertools
import struct
from dataclasses import replace

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import COMPUTE_BUDGET, SYSTEM_PROGRAM, VOTE_PROGRAM
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.payer import pay_fee
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.litesvm_transactions import PAYER_KEY, instruction, litesvm, send, store, stored

RENT = Rent.from_sysvar(Sysvars().rent)
FEE = 5_000
NONCE = struct.pack("<II", 1, 1) + bytes(72)
DATA = {
    "none": b"",
    "current nonce": NONCE,
    "legacy nonce": struct.pack("<II", 0, 1) + bytes(72),
    "uninitialized nonce": struct.pack("<II", 1, 0) + bytes(72),
    "nonce of a later version": struct.pack("<II", 2, 1) + bytes(72),
    "short nonce": NONCE[:-1],
    "long nonce": NONCE + b"\0",
    "one byte": b"\0",
}
LAMPORTS = [
    1,
    FEE - 1,
    FEE,
    FEE + 1,
    *(minimum + change for minimum in (890_880, 1_447_680) for change in (-1, 0, FEE - 1, FEE, FEE + 1)),
]


def outcome(payer: Account | None, fee: int = FEE) -> object:
    """The payer after the fee, or the JSON of the error."""
    try:
        return pay_fee(payer, fee, RENT)
    except TransactionFailure as failure:
        return failure.error.to_json()


@pytest.mark.parametrize("owner", [SYSTEM_PROGRAM, VOTE_PROGRAM])
def test_payers_like_litesvm(owner: bytes) -> None:
    machine = litesvm()
    outcomes = set()
    for lamports, (name, data) in itertools.product(LAMPORTS, DATA.items()):
        payer = Account(PAYER_KEY, owner, lamports, data)
        store(machine, payer)
        sent = send(machine, [instruction(COMPUTE_BUDGET, b"\3" + bytes(8))])
        expected = sent.error
        if sent.error is None:
            assert sent.fee == FEE
            expected = stored(machine, PAYER_KEY) or replace(payer, lamports=0)
        got = outcome(payer)
        assert got == expected, (lamports, name)
        outcomes.add("paid" if isinstance(got, Account) else str(got))
    if owner == SYSTEM_PROGRAM:
        rent = "{'InsufficientFundsForRent': {'account_index': 0}}"
        assert outcomes == {"paid", "InvalidAccountForFee", "InsufficientFundsForFee", rent}
    else:
        assert outcomes == {"InvalidAccountForFee"}


def test_a_payer_without_lamports_does_not_exist() -> None:
    machine = litesvm()
    payer = Account(PAYER_KEY, VOTE_PROGRAM, 0, b"")
    store(machine, payer)
    error = send(machine, [instruction(COMPUTE_BUDGET, b"\3" + bytes(8))]).error
    assert outcome(payer) == outcome(None) == error == "AccountNotFound"


def test_a_payer_may_pay_everything() -> None:
    payer = Account(PAYER_KEY, SYSTEM_PROGRAM, FEE, b"")
    assert outcome(payer) == replace(payer, lamports=0)
    assert outcome(payer, FEE + 1) == "InsufficientFundsForFee"
    assert outcome(payer, 0) == payer


def test_a_payer_below_the_minimum_stays_there() -> None:
    # It was paying rent before, so it may go on.
    payer = Account(PAYER_KEY, SYSTEM_PROGRAM, 2 * FEE, b"")
    assert outcome(payer) == replace(payer, lamports=FEE)
