"""The emulated precompiles against other implementations, and the guest's hashes, which use them."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest

from solproof._native import primitives
from solproof.zisk.precompiles import compress, keccak_permutation

INITIAL = struct.pack(
    ">8I",
    *(0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19),
)


@pytest.mark.parametrize("length", [0, 1, 55, 56, 64, 200])
def test_sha256(length: int) -> None:
    message = random.Random(length).randbytes(length)
    padded = message + b"\x80" + bytes(-(length + 9) % 64) + struct.pack(">Q", 8 * length)
    state = INITIAL
    for start in range(0, len(padded), 64):
        state = compress(state, padded[start : start + 64])
    assert state == hashlib.sha256(message).digest()


@pytest.mark.parametrize("length", [0, 1, 134, 135])
def test_keccak(length: int) -> None:
    message = random.Random(length).randbytes(length)
    block = bytearray((message + b"\1").ljust(200, b"\0"))
    block[135] |= 0x80
    assert keccak_permutation(bytes(block))[:32] == primitives.keccak256(message)
