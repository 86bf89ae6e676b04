"""Amounts of tokens with the decimals of their mints."""

from __future__ import annotations

from collections.abc import Iterable

from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.accounts import Account, address_text


def mint_decimals(accounts: Iterable[Account], interfaces: Interfaces = KNOWN) -> dict[str, int]:
    """The decimals of every mint among some accounts, by the address of the mint in base58."""
    found = {}
    for account in accounts:
        decoded = interfaces.decode_account(account.owner, account.data)
        if decoded is not None and decoded.name == "Mint":
            decimals = decoded.values.get("decimals")
            if isinstance(decimals, int):
                found[address_text(account.key)] = decimals
    return found


def amount_text(amount: int, decimals: int) -> str:
    """An amount of the smallest units as people write it: 1234567 with 6 decimals is 1.234567."""
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}}" if decimals else f"{whole:,}"
