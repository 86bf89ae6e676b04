"""Encodings of points of Edwards' curve that need care, and encodings of no point."""

from __future__ import annotations

from tests.support.elliptic_curves import CURVE25519_PRIME


def number(value: int) -> bytes:
    """32 bytes, little-endian."""
    return value.to_bytes(32, "little")


SIGN = 1 << 255
LOW_ORDER = [
    number(1),  # the identity
    number(CURVE25519_PRIME - 1),  # of order 2
    number(0),  # of order 4
    number(SIGN),
    # of order 8
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]
NOT_CANONICAL = [
    number(CURVE25519_PRIME),
    number(CURVE25519_PRIME + 1),
    number(SIGN | 1),  # the identity with the sign bit set, although x is 0
    number(SIGN | CURVE25519_PRIME - 1),
    number(SIGN | CURVE25519_PRIME),
    number(SIGN | CURVE25519_PRIME + 1),
    number(CURVE25519_PRIME + 3),
    number(SIGN - 1),
    b"\xff" * 32,
]
NO_POINTS = [number(2), number(7), number(8), number(SIGN | 2), number(SIGN | 7)]
