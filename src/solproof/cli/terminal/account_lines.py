"""Lines for people about accounts, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import BAD, GOOD
from solproof.display import counted
from solproof.formats.account_changes import DataRow, Kind, account_change, changed_rows
from solproof.interfaces.interface import Decoded, value_text
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.interfaces.token_amounts import amount_text, mint_decimals
from solproof.runtime.accounts import LONGEST_ADDRESS, Account, address_text

SHOWN_ROWS = 8
"""How many rows of changed data are shown for each account."""
_OFFSET = 10


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account to show. `role` says what the transaction may do with it."""

    before: Account
    after: Account
    role: str = ""


def account_lines(accounts: Sequence[ShownAccount], interfaces: Interfaces = KNOWN) -> list[Line]:
    """A line for each account, and below it a line for each of its changes.

    interfaces: the programs whose accounts are shown with the names of their fields.
    """
    width = max((len(account.role) for account in accounts), default=0)
    decimals = mint_decimals((account.after for account in accounts), interfaces)
    lines: list[Line] = []
    for account in accounts:
        changes = list(_changes(account, interfaces, decimals))
        columns = [f"  {address_text(account.after.key):<{LONGEST_ADDRESS}}"]
        columns += [f"{account.role:<{width}}"] if width else []
        columns += [] if changes else ["unchanged"]
        lines.append("  ".join(columns).rstrip())
        lines += [Text("    ") + change for change in changes]
    return lines


def _changes(account: ShownAccount, interfaces: Interfaces, decimals: Mapping[str, int]) -> Iterator[Text]:
    before, after = account.before, account.after
    change = account_change(before, after)
    if change is None:
        return
    if change.kind is not Kind.CHANGED:
        yield Text(change.kind.value)
    if change.lamports:
        yield _difference("lamports", f"{before.lamports:,}", f"{after.lamports:,}", change.lamports)
    if change.kind is Kind.CREATED or change.owner:
        old = "" if change.kind is Kind.CREATED else f"{address_text(before.owner)} to "
        yield Text(f"owner {old}{address_text(after.owner)}")
    if change.executable:
        yield Text("executable" if after.executable else "not executable any more")
    if change.kind is not Kind.CLOSED:
        yield from _fields(account, interfaces, decimals)
    growth = len(after.data) - len(before.data)
    if change.kind is Kind.CREATED:
        yield Text(f"{counted(len(after.data), 'byte')} of data")
    elif growth:
        different = (
            f", {counted(change.data_bytes, 'byte')} changed" if change.data_bytes > abs(growth) else ""
        )
        yield Text(f"{counted(len(before.data), 'byte')} of data to {len(after.data):,}{different}")
    elif change.data_bytes:
        yield Text(f"{counted(change.data_bytes, 'byte')} of data changed")
    if change.kind is not Kind.CLOSED:
        yield from _data(before.data, after.data)


# FIELDS


def _fields(account: ShownAccount, interfaces: Interfaces, decimals: Mapping[str, int]) -> Iterator[Text]:
    """The fields that differ, by name, if the program that owns the account is known."""
    before, after = account.before, account.after
    new = interfaces.decode_account(after.owner, after.data)
    if new is None or before.data == after.data:
        return
    old = interfaces.decode_account(before.owner, before.data)
    places = decimals.get(str(new.values.get("mint")))
    if old is None or (old.program, old.name) != (new.program, new.name):
        yield Text(printable(f"{new.name} of the {new.program}"))
        old = Decoded(new.program, new.name, {})
    for name, value in new.values.items():
        former = old.values.get(name)
        if name not in old.values:
            yield Text(printable(f"{name} {_value(name, value, places)}"))
        elif former != value:
            texts = (_value(name, former, places), _value(name, value, places))
            is_number = isinstance(value, int) and isinstance(former, int) and not isinstance(value, bool)
            step = value - former if is_number else None
            shown = "" if step is None else _value(name, abs(step), places)
            yield _difference(name, *texts, step, shown)


def _value(name: str, value: object, places: int | None) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return amount_text(value, places) if name == "amount" and places is not None else f"{value:,}"
    return value_text(value)


def _difference(name: str, before: str, after: str, step: int | None, shown: str = "") -> Text:
    """A value before and after, and the difference of numbers, which is green if it is positive."""
    text = Text(printable(f"{name} {before} to {after}"))
    if step is None:
        return text
    sign = "-" if step < 0 else "+"
    return text.append(f" ({sign}{shown or f'{abs(step):,}'})", BAD if step < 0 else GOOD)


# DATA


def _data(before: bytes, after: bytes) -> Iterator[Text]:
    """The first rows that differ: the offset, the old bytes and the new ones. Changed bytes have colours."""
    rows = changed_rows(before, after)
    for row in islice(rows, SHOWN_ROWS):
        yield from _row(row)
    left = sum(1 for _ in rows)
    if left:
        yield Text(f"  and {left:,} more rows of 8 bytes")


def _row(row: DataRow) -> Iterator[Text]:
    label = f"  {row.offset:,}"
    for sign, side, colour in (("-", row.before, BAD), ("+", row.after, GOOD)):
        if side:
            text = Text(f"{label:<{_OFFSET}}{sign}")
            for byte, changed in zip(side, row.changed, strict=False):
                text.append(" ").append(f"{byte:02x}", colour if changed else "")
            yield text
            label = ""
