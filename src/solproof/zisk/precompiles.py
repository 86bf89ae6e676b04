"""The two precompiles that the guest uses: the compression of SHA-256 and the permutation of Keccak.

Sources: FIPS 180-4, FIPS 202.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from solproof.isa.integers import MASK32, MASK64

KEPT_BLOCKS = 1 << 15


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _cube_root_fraction(number: int) -> int:
    """The first 32 bits of the fractional part of a cube root."""
    target = number << 96
    low, high = 0, 1 << 36
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= target else (low, middle - 1)
    return low & MASK32


_ROUND_CONSTANTS = [_cube_root_fraction(prime) for prime in _primes(64)]


@lru_cache(maxsize=KEPT_BLOCKS)  # every run hashes the program's file
def compress(state: bytes, block: bytes) -> bytes:
    """The state of SHA-256, eight big-endian words, after one more block of 64 bytes."""
    words = list(struct.unpack(">16I", block))
    for index in range(16, 64):
        early, late = words[index - 15], words[index - 2]
        first = (early >> 7 | early << 25) ^ (early >> 18 | early << 14) ^ early >> 3
        second = (late >> 17 | late << 15) ^ (late >> 19 | late << 13) ^ late >> 10
        words.append((words[index - 16] + (first & MASK32) + words[index - 7] + (second & MASK32)) & MASK32)
    before = struct.unpack(">8I", state)
    a, b, c, d, e, f, g, h = before
    for constant, word in zip(_ROUND_CONSTANTS, words, strict=True):
        rotated = ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) & MASK32
        first = h + rotated + ((e & f) ^ (~e & g)) + constant + word
        rotated = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) & MASK32
        second = rotated + ((a & b) ^ (a & c) ^ (b & c))
        h, g, f, e, d, c, b, a = g, f, e, (d + first) & MASK32, c, b, a, (first + second) & MASK32
    after = (a, b, c, d, e, f, g, h)
    return struct.pack(">8I", *((old + new) & MASK32 for old, new in zip(before, after, strict=True)))


def _rotate(lane: int, bits: int) -> int:
    return (lane << bits | lane >> (64 - bits)) & MASK64


def _iota_constants() -> list[int]:
    """The constants of the 24 rounds, from their shift register."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << (2**power - 1)
            register = register << 1 ^ (register >> 7) * 0x171
        constants.append(constant)
    return constants


_IOTA = _iota_constants()


def keccak_permutation(state: bytes) -> bytes:
    """Keccak-f[1600] of 25 little-endian lanes."""
    lanes = list(struct.unpack("<25Q", state))
    for constant in _IOTA:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        spread = [columns[(x - 1) % 5] ^ _rotate(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ spread[position % 5] for position, lane in enumerate(lanes)]
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], _rotate(current, (step + 1) * (step + 2) // 2 % 64)
        rows = list(lanes)
        for position in range(25):
            row = position - position % 5
            following, next_following = (
                rows[row + (position + 1) % 5],
                rows[row + (position + 2) % 5],
            )
            lanes[position] = rows[position] ^ (~following & MASK64 & next_following)
        lanes[0] ^= constant
    return struct.pack("<25Q", *lanes)
