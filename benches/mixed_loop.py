"""A loop of mixed instructions, in roughly the shares of real programs.

Arithmetic, shifts, products, loads and stores of different sizes, and jumps.
"""

from __future__ import annotations

import struct

from tests.runtime.elf_builder import build_elf


def slot(code: int, destination: int = 0, source: int = 0, offset: int = 0, immediate: int = 0) -> bytes:
    """One instruction."""
    return struct.pack("<BBhi", code, destination | source << 4, offset, immediate)


BODY = [
    slot(0x79, 3, 1, 8),  # ldxdw r3, [r1+8]
    slot(0x0F, 3, 6),  # add64 r3, r6
    slot(0x7B, 10, 3, -8),  # stxdw [r10-8], r3
    slot(0xBF, 4, 3),  # mov64 r4, r3
    slot(0x67, 4, 0, 0, 13),  # lsh64 r4, 13
    slot(0xAF, 6, 4),  # xor64 r6, r4
    slot(0x77, 4, 0, 0, 7),  # rsh64 r4, 7
    slot(0x1F, 6, 4),  # sub64 r6, r4
    slot(0x79, 5, 10, -8),  # ldxdw r5, [r10-8]
    slot(0x57, 5, 0, 0, 0xFF),  # and64 r5, 255
    slot(0x73, 10, 5, -16),  # stxb [r10-16], r5
    slot(0x71, 5, 10, -16),  # ldxb r5, [r10-16]
    slot(0x0F, 0, 5),  # add64 r0, r5
    slot(0x07, 0, 0, 0, 3),  # add64 r0, 3
    slot(0xB7, 2, 0, 0, 12345),  # mov64 r2, 12345
    slot(0x2F, 2, 6),  # mul64 r2, r6
    slot(0x7B, 10, 2, -24),  # stxdw [r10-24], r2
    slot(0x25, 2, 0, 1, 1000),  # jgt r2, 1000, +1
    slot(0x07, 6, 0, 0, 1),  # add64 r6, 1
    slot(0x15, 5, 0, 1, 0),  # jeq r5, 0, +1
    slot(0xBF, 8, 2),  # mov64 r8, r2
    slot(0x79, 8, 10, -24),  # ldxdw r8, [r10-24]
    slot(0x07, 7, 0, 0, -1),  # add64 r7, -1
]


def mixed_loop(iterations: int) -> bytes:
    """The ELF file of a program that runs the body so many times and returns 0."""
    head = [slot(0xB7, 7, 0, 0, iterations), slot(0xB7, 6, 0, 0, 1)]
    back = slot(0x55, 7, 0, -len(BODY) - 1, 0)  # jne r7, 0, body
    return build_elf([b"".join([*head, *BODY, back, slot(0xB7, 0, 0, 0, 0), slot(0x95)])])
