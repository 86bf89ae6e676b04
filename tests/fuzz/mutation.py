"""Random changes of bytes, for the corpus of our own fuzzing loop."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

EDGES = (
    0,
    1,
    2,
    7,
    8,
    16,
    63,
    64,
    127,
    128,
    255,
    256,
    2**15,
    2**16 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**63,
    2**64 - 1,
)
LONGEST_BLOCK = 64


def mutate(
    data: bytes, random: Random, words: Sequence[bytes], corpus: Sequence[bytes], longest: int
) -> bytes:
    """One to four changes, at most `longest` bytes. Whole `words` and pieces of the `corpus` are inserted."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        _change(changed, random, words, corpus)
    return bytes(changed[:longest])


def _change(data: bytearray, random: Random, words: Sequence[bytes], corpus: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    size = random.randrange(1, LONGEST_BLOCK)
    match random.randrange(9):
        case 0 if data:
            data[at % len(data)] ^= 1 << random.randrange(8)
        case 1:
            data[at : at + 1] = random.randbytes(1)
        case 2:
            data[at : at + size] = b""
        case 3:
            data[at:at] = data[at : at + size]
        case 4:
            source = random.randrange(len(data) + 1)
            piece = data[source : source + size]
            data[at : at + len(piece)] = piece
        case 5:
            width = random.choice((1, 2, 4, 8))
            at -= at % width if random.randrange(4) else 0
            data[at : at + width] = _integer(random, bytes(data[at : at + width]), width)
        case 6 if words:
            word = random.choice(words)
            data[at : at + random.choice((0, len(word)))] = word
        case 7:
            other = random.choice(corpus)
            source = random.randrange(len(other) + 1)
            data[at : at + random.choice((0, size))] = other[source : source + size]
        case _:
            del data[at:]


def _integer(random: Random, old: bytes, width: int) -> bytes:
    """An edge value, or a number close to the one in the bytes."""
    near = int.from_bytes(old, "little") + random.randrange(-16, 17)
    value: int = random.choice((*EDGES, near, near)) % (1 << 8 * width)
    return value.to_bytes(width, "little")
