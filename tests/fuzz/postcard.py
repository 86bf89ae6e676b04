"""A proof of the engine as a tree, and mutations of it that keep every length consistent.

Random changes of bytes rarely get past the decoder. These mutations do. A list loses, repeats or swaps
elements. An optional value is added or removed. A number changes. Then the result is encoded again. The
layout is that of `Envelope` in native/prover/src/wire.rs, with p3-batch-stark and p3-fri 0.8, in postcard 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

HEADER_BYTES = 6
NUMBERS = (0, 1, 2, 22, 23, 63, 127, 128, 255, 2**16, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1)
CELLS = (0, 1, 2, 2**31 - 2**24, 2**31 - 2**24 + 1, 2**32 - 1)

Shape: TypeAlias = "Number | Cells | Many | Maybe | tuple[Shape, ...]"
Tree: TypeAlias = Any
"""An int for a number, bytes for cells, a list for `Many` and tuples, and [] or [tree] for `Maybe`."""


@dataclass(frozen=True, slots=True)
class Number:
    """A varint."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Field elements of `size` bytes: `count` of them, or as many as the preceding length."""

    size: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A length and this number of elements."""

    element: Shape


@dataclass(frozen=True, slots=True)
class Maybe:
    """One byte, and a value if it is 1."""

    value: Shape


VALUE, CHALLENGE, DIGEST = Cells(4, 1), Cells(16, 1), Cells(32)
CHALLENGES = Cells(16)
ROW = Maybe(CHALLENGES)
OPENED = (CHALLENGES, ROW, ROW, ROW, Many(CHALLENGES), ROW, CHALLENGES, CHALLENGES)
COMMITMENTS = (DIGEST, Maybe(DIGEST), DIGEST, Maybe(DIGEST))
LOW_DEGREE_TEST = (
    VALUE,
    Many(DIGEST),
    Cells(4),
    Many((Many(Many(Cells(4))), DIGEST)),
    Many((Many(CHALLENGES), DIGEST)),
    CHALLENGES,
    VALUE,
)
PROOF = (
    COMMITMENTS,
    Many(OPENED),
    LOW_DEGREE_TEST,
    Many(Maybe(CHALLENGE)),
    Many(Number()),
    Maybe(VALUE),
    VALUE,
)


def _openings(cells: Cells) -> Shape:
    return Many((Many(Many(Number())), Many((Number(), Number(), cells))))


ENVELOPE: Shape = (Many((Number(), Number())), PROOF, _openings(Cells(4)), _openings(CHALLENGES))


def parse(proof: bytes) -> Tree:
    """The tree of a proof. Raises `ValueError` or `IndexError` if the bytes are not a proof."""
    tree, end = _read(ENVELOPE, proof, HEADER_BYTES)
    if end != len(proof):
        raise ValueError(f"{len(proof) - end} bytes follow the proof")
    return tree


def encode(header: bytes, tree: Tree) -> bytes:
    """The bytes of a tree after a header."""
    parts = [header]
    _write(ENVELOPE, tree, parts)
    return b"".join(parts)


def mutate(proof: bytes, random: Random) -> bytes:
    """The proof with one to three nodes of its tree changed. If it is not a proof, one byte changes."""
    try:
        tree = parse(proof)
    except (ValueError, IndexError):
        at = random.randrange(len(proof) + 1)
        return proof[:at] + random.randbytes(1) + proof[at + 1 :]
    for _ in range(random.choice((1, 1, 2, 3))):
        _change(tree, random)
    return encode(proof[:HEADER_BYTES], tree)


# READ AND WRITE


def _read(shape: Shape, data: bytes, at: int) -> tuple[Tree, int]:
    match shape:
        case Number():
            return _read_number(data, at)
        case Cells(size, count):
            if count is None:
                count, at = _read_number(data, at)
            if at + size * count > len(data):
                raise ValueError(f"the proof ends before byte {at + size * count}")
            return data[at : at + size * count], at + size * count
        case Many(element):
            count, at = _read_number(data, at)
            if count > len(data):
                raise ValueError(f"{count} elements at byte {at}")
            return _read_all((element,) * count, data, at)
        case Maybe(value):
            present = data[at]
            return _read_all((value,) * min(present, 1), data, at + 1)
        case _:
            return _read_all(shape, data, at)


def _read_all(shapes: tuple[Shape, ...], data: bytes, at: int) -> tuple[list[Tree], int]:
    trees = []
    for shape in shapes:
        tree, at = _read(shape, data, at)
        trees.append(tree)
    return trees, at


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _write(shape: Shape, tree: Tree, parts: list[bytes]) -> None:
    match shape:
        case Number():
            parts.append(_number(tree))
        case Cells(size, count):
            if count is None:
                parts.append(_number(len(tree) // size))
            parts.append(tree)
        case Many(element):
            parts.append(_number(len(tree)))
            for item in tree:
                _write(element, item, parts)
        case Maybe(value):
            parts.append(bytes([len(tree)]))
            for item in tree:
                _write(value, item, parts)
        case _:
            for part, item in zip(shape, tree, strict=True):
                _write(part, item, parts)


def _number(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


# CHANGE


def _change(tree: Tree, random: Random) -> None:
    """Walk down to a random node level by level, so that small parts are chosen as often as large ones."""
    shape: Shape = ENVELOPE
    while True:
        places = list(_places(shape, tree))
        if not places:
            return
        at, below = random.choice(places)
        inner = isinstance(below, Many | Maybe | tuple) and tree[at]
        if inner and random.randrange(4):
            shape, tree = below, tree[at]
            continue
        tree[at] = _changed(below, tree[at], random)
        return


def _places(shape: Shape, tree: Tree) -> Iterator[tuple[int, Shape]]:
    match shape:
        case Many(below) | Maybe(below):
            yield from ((at, below) for at in range(len(tree)))
        case tuple():
            yield from enumerate(shape)


def _changed(shape: Shape, tree: Tree, random: Random) -> Tree:
    match shape:
        case Number():
            return random.choice((*NUMBERS, tree + 1, max(tree - 1, 0)))
        case Cells(size, count):
            return _changed_cells(tree, 4 if count else size, random, fixed=count is not None)
        case Many():
            return _changed_list(tree, random)
        case Maybe(value):
            return [] if tree else [_empty(value)]
        case _:
            at = random.randrange(len(shape))
            return [*tree[:at], _changed(shape[at], tree[at], random), *tree[at + 1 :]]


def _changed_cells(cells: bytes, size: int, random: Random, *, fixed: bool) -> bytes:
    if not fixed and random.randrange(3) == 0:
        return b"".join(_changed_list([cells[at : at + size] for at in range(0, len(cells), size)], random))
    if not cells:
        return cells if fixed else bytes(size)
    at = random.randrange(len(cells) // 4) * 4
    cell = random.choice((*CELLS, random.randrange(2**32), int.from_bytes(cells[at : at + 4], "little") ^ 1))
    return cells[:at] + cell.to_bytes(4, "little") + cells[at + 4 :]


def _changed_list(items: list[Tree], random: Random) -> list[Tree]:
    if not items:
        return items
    first, second = random.randrange(len(items)), random.randrange(len(items))
    match random.randrange(6):
        case 0:
            return items[:first] + items[first + 1 :]
        case 1:
            return [*items[:first], items[second], *items[first:]]
        case 2:
            changed = list(items)
            changed[first], changed[second] = items[second], items[first]
            return changed
        case 3:
            return items[:first]
        case 4:
            return items * random.choice((2, 3))
        case _:
            return []


def _empty(shape: Shape) -> Tree:
    match shape:
        case Number():
            return 0
        case Cells(size, count):
            return bytes(size * (count or 0))
        case Many() | Maybe():
            return []
        case _:
            return [_empty(part) for part in shape]
