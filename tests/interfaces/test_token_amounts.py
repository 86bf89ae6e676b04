"""Amounts of tokens with decimals."""

from __future__ import annotations

import struct

import pytest

from solproof.interfaces.token_amounts import amount_text, mint_decimals
from solproof.runtime.accounts import Account, address_bytes, address_text

TOKEN = address_bytes("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
MINT = Account(b"\1" * 32, TOKEN, 1, struct.pack("<I32sQBBI32s", 0, bytes(32), 5, 6, 1, 0, bytes(32)))


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [
        (1_234_567, 6, "1.234567"),
        (5, 2, "0.05"),
        (5, 0, "5"),
        (12_345_678_900, 9, "12.345678900"),
        (10**10, 2, "100,000,000.00"),
    ],
)
def test_amounts(amount: int, decimals: int, text: str) -> None:
    assert amount_text(amount, decimals) == text


def test_decimals_of_mints() -> None:
    others = [Account(b"\2" * 32, TOKEN, 1, bytes(3)), Account(b"\3" * 32, bytes(32), 1, MINT.data)]
    assert mint_decimals([MINT, *others]) == {address_text(MINT.key): 6}
