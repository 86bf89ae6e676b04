"""Lines for people about accounts, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solproof.formats.account_changes import AccountChange, Kind, account_change
from solproof.runtime.accounts import LONGEST_ADDRESS, Account, address_text


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account to show. `role` says what the transaction may do with it."""

    before: Account
    after: Account
    role: str = ""


def account_lines(accounts: Sequence[ShownAccount]) -> list[str]:
    """One line for each account and each of its changes, in columns: address, role, change."""
    width = max((len(account.role) for account in accounts), default=0)
    lines = []
    for account in accounts:
        address, role = address_text(account.after.key), account.role
        for text in _changes(account.before, account.after):
            columns = [f"  {address:<{LONGEST_ADDRESS}}", *([f"{role:<{width}}"] if width else []), text]
            lines.append("  ".join(columns))
            address = role = ""  # only beside the first change
    return lines


def _changes(before: Account, after: Account) -> list[str]:
    change = account_change(before, after)
    return ["unchanged"] if change is None else list(_described(change, before, after))


def _described(change: AccountChange, before: Account, after: Account) -> Iterator[str]:
    if change.kind is not Kind.CHANGED:
        yield change.kind.value
    if change.lamports:
        yield f"lamports {before.lamports:,} to {after.lamports:,} ({change.lamports:+,})"
    if change.kind is Kind.CREATED:
        yield f"owner {address_text(after.owner)}"
        yield f"{len(after.data):,} bytes of data"
    elif change.kind is Kind.CHANGED:
        yield from _different_fields(change, before, after)


def _different_fields(change: AccountChange, before: Account, after: Account) -> Iterator[str]:
    if change.owner:
        yield f"owner {address_text(before.owner)} to {address_text(after.owner)}"
    if change.executable:
        yield "executable" if after.executable else "not executable any more"
    growth = abs(len(after.data) - len(before.data))
    if growth:
        different = f", {change.data_bytes:,} bytes changed" if change.data_bytes > growth else ""
        yield f"{len(before.data):,} bytes of data to {len(after.data):,}{different}"
    elif change.data_bytes:
        yield f"{change.data_bytes:,} bytes of data changed"
