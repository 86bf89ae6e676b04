"""Transactions of token programs on a ledger."""

from __future__ import annotations

import struct

from tests.support.ledger import Call, Ledger

CREATE, CREATE_IDEMPOTENT, RECOVER_NESTED = b"\0", b"\1", b"\2"
DECIMALS = 6


def create_account(ledger: Ledger, name: str, size: int, owner: str) -> Call:
    """The instruction of the system program that makes an account for another program."""
    data = struct.pack("<IQQ", 0, ledger.rent(size), size) + ledger.key(owner)
    return "system", data, f"payer*! {name}*!"


def create_mint(ledger: Ledger, token: str, name: str = "mint") -> None:
    """A mint with 6 decimals, whose authority is `authority`."""
    initialize = bytes([20, DECIMALS]) + ledger.key("authority") + b"\0"
    ledger.send(create_account(ledger, name, 82, token), (token, initialize, f"{name}!"))


def derive_associated(ledger: Ledger, name: str, owner: str, mint: str, token: str) -> None:
    """Name the associated token account of an owner."""
    seeds = ledger.key(owner), ledger.key(token), ledger.key(mint)
    ledger.derive(name, "associated_token", *seeds)


def create_associated(name: str, owner: str, mint: str, token: str, data: bytes = CREATE) -> Call:
    """Create an associated token account."""
    return "associated_token", data, f"payer*! {name}! {owner} {mint} system {token}"


def mint_to(token: str, mint: str, target: str, amount: int) -> Call:
    """Mint tokens by `authority`."""
    return token, struct.pack("<BQ", 7, amount), f"{mint}! {target}! authority*"


def transfer_checked(
    token: str, source: str, mint: str, target: str, owner: str, amount: int, more: str = ""
) -> Call:
    """Transfer tokens. `more`: names of further accounts."""
    return token, struct.pack("<BQB", 12, amount, DECIMALS), f"{source}! {mint} {target}! {owner}* {more}"


def balance(ledger: Ledger, name: str) -> int:
    """The amount of a token account."""
    return int.from_bytes(ledger.data(name)[64:72], "little")
