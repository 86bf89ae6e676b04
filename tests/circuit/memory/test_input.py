"""The table of touched words of inputs and images: their values, and how many of their bytes exist."""

from __future__ import annotations

from assurance.places import HEAP, INPUT
from assurance.places import image as image_address
from assurance.programs import asm
from assurance.runs import logs_of, run
from solproof.accesses.public import public_data
from solproof.circuit.memory import input
from solproof.program.program import Program
from solproof.vm.memory import INPUT as INPUT_REGION

CONTENT = bytes(range(1, 22))


def program(version: int) -> Program:
    """Reads a word of its image, changes the first word of the input, and reads its partial last word."""
    return asm(
        f"lddw r1, {image_address(version) + 8}; ldxb r2, [r1]; lddw r1, {INPUT}; stxb [r1+1], r2; "
        f"ldxb r0, [r1+20]; lddw r1, {HEAP}; stxb [r1], r2; exit",
        version,
    )


def test_rows() -> None:
    first = program(0)
    logs = logs_of(run(first, CONTENT), run(asm("exit")), run(first, CONTENT))
    rows = input.public([public_data(log) for log in logs])
    assert rows.shape == (16, 13)
    image = int.from_bytes(first.image[8:16], "little")
    before = int.from_bytes(CONTENT[:8], "little")
    after = before & ~0xFF00 | (image & 0xFF) << 8
    partial = int.from_bytes(CONTENT[16:], "little")
    words = [
        (1, 1, 8, image, image),
        (INPUT_REGION, 0, 24, before, after),
        (INPUT_REGION, 2, 21, partial, partial),
    ]
    expected = [
        [invocation, 1, region, index, tag, *limbs(old), *limbs(new)]
        for invocation in (1, 3)
        for region, index, tag, old, new in words
    ]
    assert rows[:6].tolist() == expected
    assert not rows[6:].any()
    assert [input.rows(log) for log in logs] == [3, 0, 3]


def limbs(value: int) -> list[int]:
    return [value >> 16 * limb & 0xFFFF for limb in range(4)]
