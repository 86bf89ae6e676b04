"""The difference between two states of an account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.formats.account_changes import AccountChange, DataRow, Kind, account_change, changed_rows
from solproof.runtime.accounts import Account

KEY, OWNER, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
ACCOUNT = Account(KEY, OWNER, 100, b"abcdef")


def test_no_change() -> None:
    assert account_change(ACCOUNT, replace(ACCOUNT)) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"lamports": 60}, AccountChange(Kind.CHANGED, -40, False, False, 0)),
        ({}, {"owner": OTHER}, AccountChange(Kind.CHANGED, 0, True, False, 0)),
        ({}, {"executable": True}, AccountChange(Kind.CHANGED, 0, False, True, 0)),
        ({}, {"data": b"aXcdXX"}, AccountChange(Kind.CHANGED, 0, False, False, 3)),
        ({}, {"data": b"abcdef12"}, AccountChange(Kind.CHANGED, 0, False, False, 2)),
        ({}, {"data": b"Xb"}, AccountChange(Kind.CHANGED, 0, False, False, 5)),
        ({"data": b""}, {}, AccountChange(Kind.CHANGED, 0, False, False, 6)),
        ({"lamports": 0, "data": b""}, {}, AccountChange(Kind.CREATED, 100, False, False, 6)),
        ({}, {"lamports": 0, "data": b"", "owner": OTHER}, AccountChange(Kind.CLOSED, -100, True, False, 6)),
        ({"lamports": 0}, {"lamports": 0, "data": b""}, AccountChange(Kind.CHANGED, 0, False, False, 6)),
    ],
)
def test_changes(before: dict[str, object], after: dict[str, object], expected: AccountChange) -> None:
    states = [replace(ACCOUNT, **changes) for changes in (before, after)]  # type: ignore[arg-type]
    assert account_change(*states) == expected


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        (b"abcdefghij", b"abcdefghij", []),
        (
            b"abcdefghij",
            b"abXdefghiY",
            [
                DataRow(0, b"abcdefgh", b"abXdefgh", (False, False, True, *[False] * 5)),
                DataRow(8, b"ij", b"iY", (False, True)),
            ],
        ),
        (b"", bytes(20), []),
        (b"", bytes(9) + b"x", [DataRow(8, b"", b"\0x", (False, True))]),
        (b"abcdefghi", b"abcdefgh", [DataRow(8, b"i", b"", (True,))]),
    ],
)
def test_rows(before: bytes, after: bytes, rows: list[DataRow]) -> None:
    assert list(changed_rows(before, after)) == rows
