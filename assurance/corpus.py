"""The frames whose witnesses the soundness tests change. They have rows of every chip and of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from assurance.forgery import Forgery
from assurance.memory_calls import RESULT, Call
from assurance.memory_calls import program as program_of_calls
from assurance.mutation import Hashes, Subject, provided, sample_rows
from assurance.places import FRAME, HEAP, INPUT, STACK, STRIDE, image, sizes
from assurance.program_builder import ProgramBuilder
from assurance.programs import asm
from assurance.runs import PROGRAM_ID, run, witness_of
from solproof.air.chip import Chip
from solproof.circuit.instructions.jump import MODES as JUMPS
from solproof.isa import semantics
from solproof.isa.opcodes import OPCODES, Format, by_mnemonic
from solproof.program.program import Program
from solproof.program.raw import RawFormat
from solproof.proving.witness import Witness
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.vm.trace import Run

VALUES = (
    0,
    1,
    0xFFFF,
    0x1_0000,
    2**31,
    2**63,
    2**64 - 1,
    0x0123_4567_89AB_CDEF,
    0xFEDC_BA98_7654_3210,
    0x8000_8000_8000_8000,
)
INPUT_REGION = bytes(range(1, 102))
ROWS = 8
"""Rows of a chip that are sampled from each witness, not counting padding."""


def every_opcode(version: int) -> Program:
    """All opcodes of a version with several operands, every region and alignment, calls, and syscalls."""
    builder = ProgramBuilder(version)
    source = random.Random(1)
    _compute(builder, source)
    _jump(builder, source)
    _access(builder, source)
    _call(builder)
    _syscalls(builder)
    builder.emit("MOV64_IMM", 0, immediate=0x1234)
    builder.exit()
    _functions(builder)
    return builder.build()


def _value(source: random.Random) -> int:
    return source.choice([*VALUES, source.getrandbits(64), source.getrandbits(20)])


def _compute(builder: ProgramBuilder, source: random.Random) -> None:
    kinds = (Format.REGISTER, Format.REGISTER_IMMEDIATE, Format.REGISTER_REGISTER, Format.ENDIAN)
    for row in OPCODES:
        if builder.version not in row.versions or row.format not in kinds:
            continue
        for number in range(6):
            a, b, immediate = (
                _value(source),
                _value(source),
                source.choice([0, 1, -1, source.getrandbits(31)]),
            )
            if row.is_shift:
                b, immediate = (number * 16 + source.choice([0, 5])) % 100, source.choice([0, 7, 16, 31])
            if row.is_division:
                b, immediate = b % 2 ** source.choice([1, 17, 33, 64]) | 1, immediate or 3
            if row.format is Format.ENDIAN:
                immediate = (16, 32, 64)[number % 3]
            register = row.format is Format.REGISTER_REGISTER
            if raises(row.mnemonic, builder.version, a, b if register else immediate % 2**64):
                continue
            builder.constant(3, a)
            builder.constant(4, b)
            builder.emit(row.mnemonic, 3, 4 if register else 0, immediate=0 if register else immediate)
        if row.mnemonic.endswith(("MUL64_REG", "DIV64_REG", "MOD64_REG", "REM64_REG")):
            # One byte in each position. A fraction in the place of one byte is then easy to hide.
            for position in range(8):
                for a, b in (
                    (0x0706_0504_0302_0101, 1 << 8 * position),
                    (1 << 8 * position, 0x1F1E_1D1C_1B1A_1918),
                ):
                    builder.constant(3, a)
                    builder.constant(4, b)
                    builder.emit(row.mnemonic, 3, 4)
        if row.mnemonic in ("SDIV64_REG", "SDIV32_REG", "SREM64_REG", "SREM32_REG"):
            # Two negative numbers, in both widths.
            for a, b in ((-1000, -7), (-(2**30) - 5, -(2**17)), (-3, -(2**29) - 1)):
                builder.constant(3, a % 2**64)
                builder.constant(4, b % 2**64)
                builder.emit(row.mnemonic, 3, 4)
        if row.format is Format.REGISTER_REGISTER and not row.is_division:
            builder.emit(row.mnemonic, 3, 3)


def _jump(builder: ProgramBuilder, source: random.Random) -> None:
    builder.emit("JA", offset=0)
    widths = (64, 32) if builder.version >= 3 else (64,)
    for stem in (f"{name}{width}" for width in widths for name in (*JUMPS, "JSET")):
        for a in (0, 5, 2**63, 2**64 - 1):
            for b in (a, a ^ 1, source.getrandbits(64), 2**63):
                builder.constant(3, a)
                builder.constant(4, b)
                builder.emit(f"{stem}_REG", 3, 4, offset=1)
                builder.emit("ADD64_IMM", 5, immediate=0)
            builder.emit(f"{stem}_IMM", 3, offset=1, immediate=source.choice([0, 5, -1]))
            builder.emit("ADD64_IMM", 5, immediate=1)


def _access(builder: ProgramBuilder, source: random.Random) -> None:
    end = INPUT + len(INPUT_REGION)
    starts = [STACK + 64, HEAP + 128, INPUT + 40, STACK + FRAME - 8, STACK + 3 * STRIDE + FRAME - 8, end - 13]
    for name, size in sizes(builder.version).items():
        for start in starts:
            for shift in (0, 1, 2, 3, 4, 6, 7):
                if start == end - 13 and shift + size > 13:
                    continue
                builder.constant(6, start + shift - 9)
                builder.constant(7, _value(source))
                builder.emit(f"ST_{name}_REG", 6, 7, 9)
                if shift % 2:
                    builder.emit(f"ST_{name}_IMM", 6, offset=9, immediate=source.getrandbits(32))
                builder.emit(f"LD_{name}_REG", 8, 6, 9)
                builder.emit(f"LD_{name}_REG", 6, 6, 9)
        for shift in (0, 1, 4, 8):
            builder.constant(6, image(builder.version) + 80 + shift)
            builder.emit(f"LD_{name}_REG", 8, 6, -8)
        builder.constant(6, end)
        builder.emit(f"LD_{name}_REG", 8, 6, -size)
    # Heap words with no stack words before them, and the last word of the heap.
    builder.constant(6, HEAP + 32 * 1024 - 8)
    builder.emit("ST_8B_IMM" if builder.version == 2 else "ST_DW_IMM", 6, immediate=-1)


def _call(builder: ProgramBuilder) -> None:
    for register in (6, 7, 8, 9):
        builder.emit("MOV64_IMM", register, immediate=register)
    builder.emit("MOV64_IMM", 1, immediate=3)
    builder.call("count")
    builder.call("leaf")
    builder.address_of(2, "leaf", 3)
    builder.call_register(2)
    builder.address_of(9, "count")
    builder.call_register(9)
    builder.call("leaf")


def _functions(builder: ProgramBuilder) -> None:
    builder.label("count")
    if builder.version in (1, 2):
        builder.emit("ADD64_IMM", 10, immediate=-64)
    builder.emit("ADD64_IMM", 6, immediate=1)
    builder.emit("ST_8B_REG" if builder.version == 2 else "ST_DW_REG", 10, 6, -8)
    builder.jump("done", "JEQ64_IMM", 1, immediate=0)
    builder.emit("ADD64_IMM", 1, immediate=-1)
    builder.call("count")
    builder.emit("MOV64_REG", 9, 10)
    builder.label("done")
    builder.exit()
    builder.label("leaf")
    builder.emit("MOV64_IMM", 7, immediate=-7)
    builder.exit()


def _syscalls(builder: ProgramBuilder) -> None:
    builder.emit("MOV64_IMM", 0, immediate=-1)
    for arguments, name in (
        ((HEAP + 4, INPUT + 3, 9), "sol_memcpy_"),
        ((HEAP + 0, HEAP + 5, 12), "sol_memmove_"),
        ((STACK + 100, 0xAB, 3), "sol_memset_"),
        ((HEAP + 0, image(builder.version) + 16, 8, HEAP + 64), "sol_memcmp_"),
        ((7, 0xFEDC_BA98_7654_3210, 0, HEAP + 64), "sol_memcmp_"),
        # This call remains an event, because its difference lies in a word that it compares.
        ((HEAP + 0, HEAP + 40, 20, HEAP + 16), "sol_memcmp_"),
        ((INPUT + 20, 5), "sol_log_"),
        ((HEAP + 0, 0), "sol_set_return_data"),
    ):
        for register, value in enumerate(arguments, 1):
            builder.constant(register, value)
        builder.syscall(name)


def long_waits() -> Program:
    """Registers, the frame register and words that are accessed again after more than 2^16 instructions."""
    source = f"""
        mov64 r6, 33000
        stdw [r10-8], 5
        mov64 r7, 9
        lddw r8, {INPUT}
        ldxdw r2, [r8]
        call loop
        ldxdw r2, [r10-8]
        ldxw r3, [r8+4]
        add64 r0, r7
        exit
    loop:
        sub64 r6, 1
        jne r6, 0, loop
        exit
    """
    return asm(source)


IMAGE_BYTES = 0x3000 - 3
"""Size of the image of `memory_calls`. Its last word has 5 bytes."""


def memory_calls() -> list[Call]:
    """Memory syscalls of every kind and alignment. In V3: no holes in the stack, the image at 0."""
    end = INPUT + len(INPUT_REGION)
    calls: list[Call] = []
    # Every shift, head and tail. Some sources span fewer words than their destination, and some span more.
    for shift in range(8):
        for start, length in ((0, 8), (5, 2), (3, 18), (7, 9)):
            calls.append(("sol_memcpy_", (HEAP + 256 + start, HEAP + (start + shift) % 8 + 16, length)))
            calls.append(("sol_memcmp_", (HEAP + start, HEAP + (start + shift) % 8 + 64, length, RESULT)))
    # Near copies in both directions, whose distance borrows 0, 1 or 2. Adjacent and identical ranges.
    for low, high, length in ((16, 0xFF0, 8), (0xFFF0, 0x1_0000, 16), (0xFFF0, 0x2_0000, 32)):
        calls.append(("sol_memcpy_", (STACK + low, STACK + high, length)))
        calls.append(("sol_memcpy_", (STACK + high, STACK + low, length)))
    for name in ("sol_memcpy_", "sol_memmove_"):
        for length in (3, 40):
            calls.append((name, (HEAP + 0x1003 + length, HEAP + 0x1003, length)))
            calls.append((name, (HEAP + 0x1003, HEAP + 0x1003 + length, length)))
    calls += [("sol_memmove_", (HEAP + 3 + distance, HEAP + 3, 21)) for distance in (0, 1, 8, -2)]
    # Between regions, to the last byte of the input, and from the last byte of the image.
    calls += [
        ("sol_memcpy_", (end - 13, image(3) + 3, 13)),
        ("sol_memcpy_", (HEAP + 6, end - 12, 12)),
        ("sol_memcpy_", (HEAP + 3, end - 5, 5)),
        ("sol_memcpy_", (STACK + 9, image(3) + IMAGE_BYTES - 7, 7)),
        ("sol_memmove_", (end - 3, end - 9, 3)),
        ("sol_memcmp_", (image(3) + IMAGE_BYTES - 9, end - 9, 9, end - 25 & -4)),
        ("sol_memset_", (end - 6, 0x1_0000_0000, 6)),
    ]
    # Differences of each sign, in each byte, written to each half of a word. Later bytes do not count.
    for byte in range(8):
        for first, second in ((9, 7), (0, 255)):
            calls.append(("sol_memset_", (HEAP + 0x80, 0xAA00, 48)))
            calls.append(("sol_memset_", (HEAP + 0x83 + byte, 0xFF00 + first, 1)))
            calls.append(("sol_memset_", (HEAP + 0x95 + byte, second, 3)))
            calls.append(("sol_memcmp_", (HEAP + 0x83, HEAP + 0x95, 11, RESULT + 4 * (byte % 2))))
    # Long calls, and empty calls, whose addresses do not even have to exist.
    calls.append(("sol_memset_", (HEAP + 0x2001, 0xC5, 2765)))
    calls.append(("sol_memcpy_", (HEAP + 0x4004, HEAP + 0x2001, 2750)))
    for name in ("sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"):
        calls.append((name, (7, 0xFEDC_BA98_7654_3210, 0, RESULT)))
    return calls


@cache
def every_opcode_run(version: int = 0) -> Run:
    """The run of `every_opcode`."""
    return _finished(run(every_opcode(version), INPUT_REGION))


@cache
def long_waits_run() -> Run:
    """The run of `long_waits`."""
    return _finished(run(long_waits(), INPUT_REGION))


@cache
def memory_calls_run() -> Run:
    """The run of `memory_calls`."""
    program = program_of_calls(memory_calls(), version=3)
    assert len(program.image) <= IMAGE_BYTES
    return _finished(run(replace(program, image=program.image.ljust(IMAGE_BYTES, b"x")), INPUT_REGION))


def _finished(outcome: Run) -> Run:
    assert outcome.fault is None, f"{outcome.fault} at pc {outcome.pc}"
    return outcome


@cache
def runs() -> tuple[tuple[Run, ...], ...]:
    """The frames of each witness: of every opcode of V0, of long waits, of V2 and V3, and of memory syscalls.

    Each witness has the same frame twice. So a row that moves to another frame finds there every instruction,
    register and word with the value that it needs. Frames of V0 and V3 are together in one witness, because
    their memory maps differ.
    """
    return (
        (every_opcode_run(), every_opcode_run(3), every_opcode_run()),
        (long_waits_run(), long_waits_run()),
        (every_opcode_run(2), every_opcode_run(2)),
        (every_opcode_run(3), every_opcode_run(3)),
        (memory_calls_run(), memory_calls_run()),
    )


@cache
def witnesses() -> tuple[Witness, ...]:
    """The witnesses of `runs`. Do not change them."""
    return tuple(witness_of(*frames) for frames in runs())


def forgery(number: int) -> Forgery:
    """A copy of a witness that may be changed."""
    return Forgery(witnesses()[number], [frame.program for frame in runs()[number]])


def forgery_with(chip: str) -> Forgery:
    """A copy of the first witness that has rows of a chip."""
    return forgery(next(number for number, each in enumerate(witnesses()) if chip in each.rows()))


def tour(version: int) -> ExecutionInput:
    """The input of a program with calls and syscalls.

    It calls by name and by address, to a depth of three. Its syscalls read and write memory.
    """
    builder = ProgramBuilder(version)
    store = "ST_8B_REG" if version == 2 else "ST_DW_REG"
    load = "LD_8B_REG" if version == 2 else "LD_DW_REG"
    for register in (6, 7, 8, 9):
        builder.emit("MOV64_IMM", register, immediate=11 * register)
    builder.emit("MOV64_IMM", 1, immediate=2)
    builder.call("count")
    builder.address_of(2, "count", 3)
    builder.emit("MOV64_IMM", 1, immediate=1)
    builder.call_register(2)
    for arguments, name in (
        ((HEAP + 4, INPUT + 3, 9), "sol_memcpy_"),
        ((HEAP + 4, HEAP + 5, 12), "sol_memmove_"),
        ((STACK + 100, 0xAB, 3), "sol_memset_"),
        ((HEAP, image(version) + 16 if version < 3 else INPUT, 8, HEAP + 64), "sol_memcmp_"),
        ((INPUT + 56, 5), "sol_log_"),
        ((INPUT + 20, 5), "sol_set_return_data"),
    ):
        for register, value in enumerate(arguments, 1):
            builder.constant(register, value)
        builder.syscall(name)
        builder.emit("ADD64_REG", 6, 0)
    builder.constant(1, HEAP)
    builder.emit(load, 0, 1, 64)
    builder.emit("ADD64_REG", 0, 6)
    builder.exit()
    builder.label("count")
    if version in (1, 2):
        builder.emit("ADD64_IMM", 10, immediate=-64)
    builder.emit("ADD64_IMM", 6, immediate=1)
    builder.emit(store, 10, 6, -8)
    builder.jump("done", "JEQ64_IMM", 1, immediate=0)
    builder.emit("ADD64_IMM", 1, immediate=-1)
    builder.call("count")
    builder.emit("MOV64_REG", 9, 10)
    builder.label("done")
    builder.emit(load, 7, 10, -8)
    builder.exit()
    return ExecutionInput(
        builder.code(), PROGRAM_ID, (), b"hello, world, hello", Parameters(5000), RawFormat(version)
    )


@cache
def offered(witness: int) -> dict[str, Hashes]:
    """The entries that the lookup tables of a witness provide."""
    return provided(witnesses()[witness].instances)


def subjects(chip: Chip, count: int = ROWS, seed: int = 0) -> Iterator[Subject]:
    """Sampled rows of a chip, from every witness that has rows of it."""
    for number, witness in enumerate(witnesses()):
        for instance, row in sample_rows(witness.instances, chip, count, seed):
            yield Subject(instance, row, offered(number))


def raises(mnemonic: str, version: int, a: int, b: int) -> bool:
    """Whether an instruction faults on these operands. `test_divide.py` is about such faults."""
    try:
        semantics.binary(by_mnemonic(mnemonic), version)(a, b)
    except (ZeroDivisionError, OverflowError):
        return True
    return False
