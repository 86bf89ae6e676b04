"""Addresses for loads and stores: every alignment, and the edges of words, frames and regions."""

from __future__ import annotations

IMAGE, STACK, HEAP, INPUT = 0x1_0000_0000, 0x2_0000_0000, 0x3_0000_0000, 0x4_0000_0000
FRAME, STRIDE = 0x1000, 0x2000
HEAP_SIZE = 32 * 1024
SIZES = {"B": 1, "H": 2, "W": 4, "DW": 8}
SIZES_V2 = {"1B": 1, "2B": 2, "4B": 4, "8B": 8}
OFFSETS = (0, 1, -1, 8, 0x7FFF, -0x8000)


def sizes(version: int) -> dict[str, int]:
    """The names of a version's loads and stores, with the number of bytes that each moves."""
    return SIZES_V2 if version == 2 else SIZES


def image(version: int) -> int:
    """The address of the image of a program of bare instructions."""
    return 0 if version >= 3 else IMAGE


def inside(start: int, end: int, size: int) -> list[int]:
    """Addresses in a region: every alignment at the start, in a middle word, and up to the last byte."""
    middle = start + (end - start) // 2 & -8
    places = [*range(start, start + 17), *range(middle, middle + 8), *range(end - size - 16, end - size + 1)]
    return sorted({place for place in places if start <= place <= end - size})


def across_frames(size: int, version: int = 0) -> list[int]:
    """Addresses whose bytes cross from one frame of the stack into the next, and the last bytes of the stack.

    Only V0 has a hole between two frames.
    """
    places = []
    stride = FRAME if version else STRIDE
    for frame in (0, 1, 31, 62):
        end = STACK + frame * stride + FRAME
        places += [place for place in range(end - 9, end) if place >= end - 9]
        places += [end - FRAME, end - size]
    last = STACK + 63 * stride + FRAME
    return [*places, last - size, last - size - 1]


def split(address: int, number: int) -> tuple[int, int]:
    """A base and an offset that add up to an address. The offset depends on the number."""
    offset = OFFSETS[number % len(OFFSETS)]
    return (address - offset) % 2**64, offset
