from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest
from solders.keypair import Keypair

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import INCINERATOR, SYSTEM_PROGRAM
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.rent_transitions import check_transitions, transition_allowed
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.litesvm_transactions import instruction, litesvm, send, store

RENT = Rent.from_sysvar(Sysvars().rent)
SENDER, OTHER = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2))
SENDER_KEY, OTHER_KEY = bytes(SENDER.pubkey()), bytes(OTHER.pubkey())
MINIMUM = 890_880


def error_of(*writable: tuple[int, Account, Account]) -> object:
    try:
        check_transitions(RENT, writable)
    except TransactionFailure as failure:
        return failure.error.to_json()
    return None


def account(lamports: int, length: int = 0, key: bytes = OTHER_KEY) -> Account:
    return Account(key, SYSTEM_PROGRAM, lamports, bytes(length))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (account(0), account(0), True),
        (account(0), account(1), False),
        (account(0), account(MINIMUM), True),
        (account(1), account(0), True),
        (account(5), account(5), True),
        (account(5), account(4), True),
        (account(5), account(6), False),
        (account(5), account(5, 1), False),
        (account(5, 2), account(5, 1), False),
        (account(5), account(MINIMUM), True),
        (account(MINIMUM), account(MINIMUM - 1), False),
        (account(MINIMUM), account(MINIMUM, 1), False),
        (account(MINIMUM), account(0, 9), True),
        (account(0, 0, INCINERATOR), account(1, 0, INCINERATOR), True),
        (account(5, 0, INCINERATOR), account(6, 3, INCINERATOR), True),
    ],
)
def test_each_transition(before: Account, after: Account, allowed: bool) -> None:
    assert transition_allowed(RENT, before, after) == allowed
    expected = None if allowed else {"InsufficientFundsForRent": {"account_index": 3}}
    assert error_of((3, before, after)) == expected


def test_the_first_account_counts() -> None:
    fine, wrong = (0, account(1), account(1)), (account(0), account(1))
    assert error_of(fine, (4, *wrong), (2, *wrong)) == {"InsufficientFundsForRent": {"account_index": 4}}


def test_transfers_like_litesvm() -> None:
    source = random.Random(15)
    machine = litesvm()
    balances = [1, 2, 100, MINIMUM - 1, MINIMUM, MINIMUM + 1, MINIMUM + 100, 2 * MINIMUM, 10 * MINIMUM]
    failures = 0
    for _ in range(300):
        sender = account(source.choice(balances), key=SENDER_KEY)
        receiver = account(source.choice([0, *balances]), source.choice([0, 0, 1, 80]))
        amounts = [0, 1, sender.lamports, sender.lamports // 2, MINIMUM, sender.lamports - MINIMUM]
        amount = min(max(source.choice(amounts), 0), sender.lamports)
        if receiver.key == OTHER_KEY and source.random() < 0.2:
            receiver = account(0, key=INCINERATOR)
        if receiver.lamports == 0:
            receiver = replace(receiver, data=b"")
        store(machine, sender)
        store(machine, receiver)
        data = struct.pack("<IQ", 2, amount)
        accounts = [(SENDER_KEY, True, True), (receiver.key, False, True)]
        sent = send(machine, [instruction(SYSTEM_PROGRAM, data, accounts)], [SENDER])
        # The payer's own index is 0. The sender signs too, so it comes before the receiver.
        got = error_of(
            (1, sender, replace(sender, lamports=sender.lamports - amount)),
            (2, receiver, replace(receiver, lamports=receiver.lamports + amount)),
        )
        assert got == sent.error, (sender, receiver, amount)
        failures += got is not None
    assert 50 < failures < 250


@pytest.mark.parametrize("lamports", [MINIMUM - 1, MINIMUM, MINIMUM + 6_959])
@pytest.mark.parametrize("space", [0, 1])
def test_resizes_like_litesvm(lamports: int, space: int) -> None:
    machine = litesvm()
    before = account(lamports)
    store(machine, before)
    data = struct.pack("<IQ", 8, space)
    sent = send(machine, [instruction(SYSTEM_PROGRAM, data, [(OTHER_KEY, True, True)])], [OTHER])
    expected = {"InsufficientFundsForRent": {"account_index": 1}} if space else None
    assert sent.error == error_of((1, before, replace(before, data=bytes(space)))) == expected
