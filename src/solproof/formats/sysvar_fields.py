"""Sysvars by their fields: {"slot": 5, "unix_timestamp": 1700000000} instead of the bytes of the account.

Source: the structs of solana-clock 3, solana-rent 4.3, solana-epoch-schedule 3, solana-epoch-rewards 3,
solana-last-restart-slot 3 and solana-sysvar 4 (fees). The layout is bincode: the fields one after the other.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

from solproof.errors import InputError
from solproof.formats.json_fields import (
    expected,
    read_boolean,
    read_bytes,
    read_hash,
    read_integer,
    read_object,
)
from solproof.runtime.sysvars import MAXIMUM_SYSVAR_LENGTH

Encode = Callable[[Any, str], bytes]
"""The bytes of a field's JSON value. The text is its path, for errors."""


def _unsigned(length: int) -> tuple[int, Encode]:
    return length, lambda value, path: read_integer(value, path, 2 ** (8 * length) - 1).to_bytes(
        length, "little"
    )


def _signed(value: Any, path: str) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise expected(path, f"an integer from {-(2**63)} to {2**63 - 1}", value)
    return value.to_bytes(8, "little", signed=True)


def _number(value: Any, path: str) -> bytes:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise expected(path, "a number", value)
    return struct.pack("<d", value)


_U64, _U128, _U8 = _unsigned(8), _unsigned(16), _unsigned(1)
_I64: tuple[int, Encode] = 8, _signed
_F64: tuple[int, Encode] = 8, _number
_BOOL: tuple[int, Encode] = 1, lambda value, path: bytes([read_boolean(value, path)])
_HASH: tuple[int, Encode] = 32, read_hash

SYSVAR_FIELDS: Mapping[str, Mapping[str, tuple[int, Encode]]] = {
    "clock": {
        "slot": _U64,
        "epoch_start_timestamp": _I64,
        "epoch": _U64,
        "leader_schedule_epoch": _U64,
        "unix_timestamp": _I64,
    },
    "rent": {"lamports_per_byte": _U64, "exemption_threshold": _F64, "burn_percent": _U8},
    "epoch_schedule": {
        "slots_per_epoch": _U64,
        "leader_schedule_slot_offset": _U64,
        "warmup": _BOOL,
        "first_normal_epoch": _U64,
        "first_normal_slot": _U64,
    },
    "epoch_rewards": {
        "distribution_starting_block_height": _U64,
        "num_partitions": _U64,
        "parent_blockhash": _HASH,
        "total_points": _U128,
        "total_rewards": _U64,
        "distributed_rewards": _U64,
        "active": _BOOL,
    },
    "last_restart_slot": {"last_restart_slot": _U64},
    "fees": {"lamports_per_signature": _U64},
}
"""The fields of each sysvar that has any, in order: the length in bytes, and how the value is encoded."""


def read_sysvar(value: Any, name: str, path: str, before: bytes) -> bytes:
    """The content of a sysvar, from its bytes or from some of its fields.

    before: the content that has the fields which are left out.

    Raises `InputError` with the path of the invalid field.
    """
    if not isinstance(value, dict) or "parsed" in value:
        return read_bytes(value, path, MAXIMUM_SYSVAR_LENGTH)
    if name not in SYSVAR_FIELDS:
        raise InputError(f"{path}: expected the bytes of the account, because this sysvar is a list")
    layout = SYSVAR_FIELDS[name]
    given = read_object(value, path, tuple(layout))
    content, offset = bytearray(before), 0
    for field, (length, encode) in layout.items():
        if field in given:
            content[offset : offset + length] = encode(given[field], f"{path}.{field}")
        offset += length
    return bytes(content)
