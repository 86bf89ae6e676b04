"""Epoch stakes: valid values, and the errors for invalid values."""

from __future__ import annotations

import pytest

from solproof.errors import InputError
from solproof.runtime.accounts import address_text
from solproof.runtime.epoch_stakes import MAXIMUM_VOTE_ACCOUNTS, EpochStakes

ALICE, BOB = bytes([1]) * 32, bytes([2]) * 32


def test_of_a_mapping() -> None:
    stakes = EpochStakes.of({BOB: 2, ALICE: 1, bytes(32): 0})
    assert stakes == EpochStakes(3, ((ALICE, 1), (BOB, 2)))
    assert [stakes.stake_of(address) for address in (ALICE, BOB, bytes(32))] == [1, 2, 0]
    assert EpochStakes.of({ALICE: 1}, total=10).total == 10


@pytest.mark.parametrize(
    ("total", "vote_accounts", "message"),
    [
        (0, ((ALICE, 1),), "total: expected 1, the sum of the vote accounts, to 18446744073709551615, got 0"),
        (
            2**64,
            (),
            "total: expected 0, the sum of the vote accounts, to 18446744073709551615, "
            "got 18446744073709551616",
        ),
        (9, ((BOB, 1), (ALICE, 1)), "vote_accounts: expected addresses in rising order"),
        (9, ((BOB, 1), (BOB, 1)), "vote_accounts: expected addresses in rising order"),
        (9, ((b"short", 1),), "vote_accounts: expected addresses of 32 bytes, got 5"),
        (
            9,
            ((ALICE, 0),),
            f"vote_accounts: {address_text(ALICE)}: expected a stake of 1 to 18446744073709551615, got 0",
        ),
        (9, ((ALICE, 1),) * (MAXIMUM_VOTE_ACCOUNTS + 1), "vote_accounts: expected at most 65536, got 65537"),
    ],
)
def test_refused(total: int, vote_accounts: tuple[tuple[bytes, int], ...], message: str) -> None:
    with pytest.raises(InputError) as raised:
        EpochStakes(total, vote_accounts)
    assert str(raised.value) == f"epoch_stakes.{message}"
