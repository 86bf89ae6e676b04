"""What happened to an account: the difference between two of its states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from solproof.runtime.accounts import Account


class Kind(Enum):
    """What happened to an account as a whole. An account without lamports does not exist."""

    CREATED = "created"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """The difference between two states of an account.

    lamports: how many more lamports the account has, negative if it has fewer.
    owner, executable: whether these fields are different.
    data_bytes: how many bytes of data are different, including those that only one of the states has.
    """

    kind: Kind
    lamports: int
    owner: bool
    executable: bool
    data_bytes: int


def account_change(before: Account, after: Account) -> AccountChange | None:
    """What happened between two states of an account, or None if they are equal."""
    if before == after:
        return None
    kind = Kind.CHANGED
    if before.lamports == 0 < after.lamports:
        kind = Kind.CREATED
    elif after.lamports == 0 < before.lamports:
        kind = Kind.CLOSED
    return AccountChange(
        kind,
        after.lamports - before.lamports,
        after.owner != before.owner,
        after.executable != before.executable,
        _different_bytes(before.data, after.data),
    )


def _different_bytes(before: bytes, after: bytes) -> int:
    common = min(len(before), len(after))
    old, new = (np.frombuffer(data, np.uint8, common) for data in (before, after))
    return int(np.count_nonzero(old != new)) + abs(len(before) - len(after))


ROW_BYTES = 8
"""How many bytes of data a row shows: one number of 64 bits."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """The bytes at some offset that differ in at least one place. A side is shorter where its data end.

    offset: a multiple of `ROW_BYTES`.
    changed: for each byte, whether it differs. A byte that only one of the states has differs unless it is 0.
    """

    offset: int
    before: bytes
    after: bytes
    changed: tuple[bool, ...]


def changed_rows(before: bytes, after: bytes) -> Iterator[DataRow]:
    """The rows in which two states of an account's data differ, in order."""
    length = max(len(before), len(after))
    padded = -(-length // ROW_BYTES) * ROW_BYTES
    old, new = (np.frombuffer(data.ljust(padded, b"\0"), np.uint8) for data in (before, after))
    rows = (old != new).reshape(-1, ROW_BYTES)
    for number in np.flatnonzero(rows.any(axis=1)).tolist():
        offset = number * ROW_BYTES
        end = offset + ROW_BYTES
        width = min(end, length) - offset
        changed = tuple(map(bool, rows[number, :width]))
        yield DataRow(offset, before[offset:end], after[offset:end], changed)
