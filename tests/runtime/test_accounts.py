"""Accounts, and the accounts of an instruction."""

from __future__ import annotations

import pytest

from solproof.errors import InputError
from solproof.runtime.accounts import (
    Account,
    InstructionAccount,
    address_bytes,
    address_text,
    check_accounts,
    distinct_accounts,
    first_positions,
    merge_privileges,
)

ALICE, BOB = bytes([1]) * 32, bytes([2]) * 32
OWNER = bytes([9]) * 32


def entry(
    key: bytes, *, signer: bool = False, writable: bool = False, lamports: int = 5
) -> InstructionAccount:
    return InstructionAccount(Account(key, OWNER, lamports, b"data"), signer, writable)


def test_address_round_trip() -> None:
    text = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
    assert address_text(address_bytes(text)) == text
    assert address_text(bytes(32)) == "1" * 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0OIl", "expected a base58 address, got '0OIl'"),
        ("é", "expected a base58 address, got 'é'"),
        ("", "expected a base58 address of 32 bytes, got 0 bytes in ''"),
        ("1" * 33, f"expected a base58 address of 32 bytes, got 33 bytes in '{'1' * 33}'"),
        ("2" * 1_000_000, "expected a base58 address of at most 44 characters, got 1000000 characters"),
    ],
)
def test_address_that_is_none(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        address_bytes(text)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((b"", OWNER, 0, b""), "account key: expected 32 bytes, got 0"),
        ((ALICE, bytes(33), 0, b""), "account owner: expected 32 bytes, got 33"),
        (
            (bytes(32), OWNER, -1, b""),
            f"account {'1' * 32}: lamports: expected 0 to 18446744073709551615, got -1",
        ),
        (
            (bytes(32), OWNER, 2**64, b""),
            f"account {'1' * 32}: lamports: expected 0 to 18446744073709551615, got 18446744073709551616",
        ),
        (
            (bytes(32), OWNER, 0, bytes(10 * 2**20 + 1)),
            f"account {'1' * 32}: data: expected at most 10485760 bytes, got 10485761",
        ),
    ],
)
def test_account_that_cannot_be(arguments: tuple[bytes, bytes, int, bytes], message: str) -> None:
    with pytest.raises(InputError) as raised:
        Account(*arguments)
    assert str(raised.value) == message


def test_first_positions_and_distinct_accounts() -> None:
    accounts = (entry(ALICE), entry(BOB), entry(ALICE), entry(BOB))
    assert first_positions(accounts) == (0, 1, 0, 1)
    assert [account.key for account in distinct_accounts(accounts)] == [ALICE, BOB]
    assert first_positions(()) == ()


def test_privileges_are_those_of_all_mentions() -> None:
    merged = merge_privileges([entry(ALICE, signer=True), entry(BOB), entry(ALICE, writable=True)])
    assert [(one.is_signer, one.is_writable) for one in merged] == [
        (True, True),
        (False, False),
        (True, True),
    ]
    check_accounts(merged)


def test_mentions_that_disagree() -> None:
    with pytest.raises(InputError) as raised:
        check_accounts((entry(BOB), entry(ALICE), entry(ALICE, lamports=6)))
    assert str(raised.value) == (
        f"accounts[2]: the same account as accounts[1] ({address_text(ALICE)}) "
        "with different state or privileges"
    )
    with pytest.raises(InputError, match=r"accounts\[1\]: the same account as accounts\[0\]"):
        check_accounts((entry(ALICE), entry(ALICE, signer=True)))


def test_too_many_accounts() -> None:
    check_accounts((entry(ALICE),) * 255)
    with pytest.raises(InputError) as raised:
        check_accounts((entry(ALICE),) * 256)
    assert str(raised.value) == "accounts: expected at most 255, got 256"
