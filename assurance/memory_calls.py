"""Programs that call memory syscalls: copies, moves, sets and comparisons of any alignment."""

from __future__ import annotations

import random
from collections.abc import Sequence

from assurance.places import FRAME, HEAP, INPUT, STACK, STRIDE, image
from assurance.program_builder import ProgramBuilder
from assurance.runs import run
from solproof.program.program import Program
from solproof.runtime.syscalls import SyscallContext
from solproof.vm.trace import Run

Call = tuple[str, tuple[int, ...]]
"""The name of a syscall and its arguments."""

INPUT_REGION = bytes(range(1, 102))
RESULT = STACK + 0x800
"""Where comparisons put their result by default."""


def program(calls: Sequence[Call], version: int = 0) -> Program:
    """A program that fills a part of the heap, makes the calls, and exits."""
    builder = ProgramBuilder(version)
    builder.constant(6, HEAP)
    store = "ST_8B_REG" if version == 2 else "ST_DW_REG"
    for word in range(16):
        builder.constant(7, random.Random(word).getrandbits(64))
        builder.emit(store, 6, 7, 8 * word)
    for name, arguments in calls:
        for register, value in enumerate(arguments, 1):
            builder.constant(register, value)
        builder.syscall(name)
    builder.emit("MOV64_IMM", 0, immediate=0)
    builder.exit()
    return builder.build()


def execute(calls: Sequence[Call], version: int = 0, context: SyscallContext | None = None) -> Run:
    """The run of `program`."""
    return run(program(calls, version), INPUT_REGION, context=context)


def random_calls(source: random.Random, count: int, version: int = 0) -> list[Call]:
    """Calls that succeed. They are short or long, anywhere in memory, and often at the end of a region."""
    calls: list[Call] = []
    while len(calls) < count:
        name = source.choice(["sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"])
        length = source.choice([source.randrange(70), source.randrange(20), 0, 8, 32, source.randrange(3000)])
        first = _place(source, length, version, write=name != "sol_memcmp_")
        second = _place(source, length, version, write=False)
        if source.random() < 0.2:  # an adjacent range, or the same range
            distance = source.randrange(-length - 9, length + 10) if first >> 32 == HEAP >> 32 else 0
            second = min(max(first + distance, HEAP), HEAP + 32 * 1024 - length) if distance else first
        if name == "sol_memset_":
            calls.append((name, (first, source.getrandbits(64), length)))
        elif name == "sol_memcmp_":
            result = source.choice([RESULT, RESULT + 4, HEAP + 0x7FFC, INPUT + 4 * source.randrange(25)])
            if not first // 8 <= result // 8 <= (first + length - 1) // 8:
                calls.append((name, (first, second, length, result)))
        elif name == "sol_memmove_" or abs(first - second) >= length:
            calls.append((name, (first, second, length)))
    return calls


def _place(source: random.Random, length: int, version: int, *, write: bool) -> int:
    """The start of a range that exists. A range on a V0 stack lies in one frame."""
    regions = [(HEAP, 32 * 1024), (HEAP, max(160, length)), (INPUT, len(INPUT_REGION))]
    stride = STRIDE if version == 0 else FRAME
    regions.append((STACK + stride * source.randrange(64), FRAME))
    if not write:
        regions.append((image(version), 300))
    start, size = source.choice([region for region in regions if region[1] >= length])
    slack = size - length
    return start + source.choice([source.randrange(slack + 1), source.randrange(min(slack, 16) + 1), slack])
