"""The states of accounts before and after something, in the form that the page needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.interfaces.interface import value_text
from solproof.interfaces.registry import Interfaces
from solproof.runtime.accounts import Account, address_text

Fields = dict[str, Any]
JOINED = 8
"""Changed bytes that are less than this many bytes apart are shown as one range."""
SHOWN_RANGES = 8
SHOWN_BYTES = 32
"""How many ranges of changed data are shown, and how many bytes of each."""


def describe_account(before: Account, after: Account, interfaces: Interfaces) -> Fields:
    """Lamports, owner and length of an account, before and after, and how many bytes of data differ.

    If the data are decoded, also the type of the account, and its fields before and after as texts.
    """
    different = 0
    if len(before.data) == len(after.data):
        different = len(_different(before.data, after.data))
    return {
        "key": address_text(before.key),
        "lamports": [str(before.lamports), str(after.lamports)],
        "owner": [address_text(before.owner), address_text(after.owner)],
        "data_bytes": [len(before.data), len(after.data)],
        "data_bytes_changed": different,
        "decoded": _decoded(before, after, interfaces),
    }


def _decoded(before: Account, after: Account, interfaces: Interfaces) -> Fields | None:
    old, new = (interfaces.decode_account(state.owner, state.data) for state in (before, after))
    if old is None and new is None:
        return None
    values = [{} if decoded is None else decoded.values for decoded in (old, new)]
    fields = [
        [name, *(value_text(part[name]) if name in part else None for part in values)]
        for name in dict.fromkeys([*values[1], *values[0]])
    ]
    shown = new or old
    return {"name": None if shown is None else shown.name, "fields": fields}


def describe_change(before: Account, after: Account, interfaces: Interfaces) -> Fields:
    """The same, with the first ranges of data that differ: offset, old and new bytes in hexadecimal."""
    common = min(len(before.data), len(after.data))
    places = _different(before.data[:common], after.data[:common])
    cuts = np.flatnonzero(np.diff(places) > JOINED) + 1
    ranges = [(int(part[0]), int(part[-1]) + 1) for part in np.split(places, cuts) if len(part)]
    if len(after.data) > common and any(after.data[common:]):
        ranges.append((common, len(after.data)))
    return describe_account(before, after, interfaces) | {
        "data": [
            [start, _digits(before.data, start, end), _digits(after.data, start, end)]
            for start, end in ranges[:SHOWN_RANGES]
        ],
        "more_data": len(ranges) > SHOWN_RANGES,
    }


def _different(before: bytes, after: bytes) -> NDArray[np.int64]:
    """The positions at which two contents of the same length differ."""
    one, other = (np.frombuffer(data, np.uint8) for data in (before, after))
    return np.flatnonzero(one != other)


def _digits(data: bytes, start: int, end: int) -> str:
    shown = data[start : min(end, start + SHOWN_BYTES)].hex()
    return shown + ("…" if min(end, len(data)) > start + SHOWN_BYTES else "")
