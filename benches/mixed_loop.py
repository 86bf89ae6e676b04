"""A loop of mixed instructions, in roughly the proportions of real programs.

It has arithmetic, shifts, products, loads and stores of different sizes, and jumps.
"""

from __future__ import annotations

from tests.support.elf_builder import build_elf

BODY = """
    ldxdw r3, [r1+8]
    add64 r3, r6
    stxdw [r10-8], r3
    mov64 r4, r3
    lsh64 r4, 13
    xor64 r6, r4
    rsh64 r4, 7
    sub64 r6, r4
    ldxdw r5, [r10-8]
    and64 r5, 255
    stxb [r10-16], r5
    ldxb r5, [r10-16]
    add64 r0, r5
    add64 r0, 3
    mov64 r2, 12345
    mul64 r2, r6
    stxdw [r10-24], r2
    jgt r2, 1000, +1
    add64 r6, 1
    jeq r5, 0, +1
    mov64 r8, r2
    ldxdw r8, [r10-24]
    add64 r7, -1
"""


def mixed_loop(iterations: int) -> bytes:
    """The ELF file of a program that runs the body `iterations` times and returns 0."""
    return build_elf(f"""
        mov64 r7, {iterations}
        mov64 r6, 1
    body:
        {BODY}
        jne r7, 0, body
        mov64 r0, 0
        exit
    """)
