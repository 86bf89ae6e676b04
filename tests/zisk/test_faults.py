"""Every way in which a run can end: the guest, the machine and the runtime agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execute import execute
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.zisk.endings import ACCOUNT_RULES, FAULTS, SYSCALL_FAULTS
from tests.program_builder import ProgramBuilder
from tests.zisk.agreement import assert_agrees

PROGRAM = bytes([7]) * 32
OTHER = bytes([9]) * 32
STACK, HEAP, INPUT = 2 << 32, 3 << 32, 4 << 32
LAMPORTS, LENGTH, DATA, OWNER = 8 + 72, 8 + 80, 8 + 88, 8 + 40
"""Offsets in the record of the first account."""

SECOND = 88 + 8 + 10240 + 8
"""Distance from one record to the next if the account has 8 bytes of data."""


def run(
    fill: Callable[[ProgramBuilder], None],
    version: int,
    accounts: tuple[InstructionAccount, ...] = (),
    parameters: Parameters | None = None,
) -> str | None:
    """Run a program of raw bytecode in the guest and in the machine, and return the fault or broken rule."""
    builder = ProgramBuilder(version)
    fill(builder)
    given = ExecutionInput(
        builder.code(), PROGRAM, accounts, b"", parameters or Parameters(), RawFormat(version)
    )
    execution = execute(given)
    outputs = assert_agrees(execution)
    return outputs.fault or outputs.rule


def load(address: int) -> Callable[[ProgramBuilder], None]:
    def fill(builder: ProgramBuilder) -> None:
        builder.constant(1, address)
        builder.emit("LD_8B_REG" if builder.version == 2 else "LD_DW_REG", 0, 1)
        builder.exit()

    return fill


def divide(builder: ProgramBuilder) -> None:
    builder.emit("UDIV64_REG" if builder.version == 2 else "DIV64_REG", 1, 0)
    builder.exit()


def recurse(builder: ProgramBuilder) -> None:
    builder.label("again")
    builder.emit("MOV64_IMM", 0)
    builder.call("again")
    builder.exit()


def call_anywhere(builder: ProgramBuilder) -> None:
    builder.constant(1, 1 << 40)
    builder.call_register(1)
    builder.exit()


def fall_through(builder: ProgramBuilder) -> None:
    builder.emit("MOV64_IMM", 0)


def call_nothing(builder: ProgramBuilder) -> None:
    builder.emit("CALL_IMM", immediate=-1)
    builder.exit()


def loop(builder: ProgramBuilder) -> None:
    builder.label("again")
    builder.emit("ADD64_IMM", 0, immediate=1)
    builder.jump("again")


MACHINE_FAULTS = {
    "DivideByZero": divide,
    "CallDepthExceeded": recurse,
    "CallOutsideTextSegment": call_anywhere,
    "ExecutionOverrun": fall_through,
    "UnsupportedInstruction": call_nothing,
    "ExceededMaxInstructions": loop,
    "AccessViolation": load(INPUT + (1 << 20)),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MACHINE_FAULTS)
def test_machine_faults(name: str, version: int) -> None:
    assert run(MACHINE_FAULTS[name], version) == name


def test_division_overflow() -> None:
    def fill(builder: ProgramBuilder) -> None:
        builder.constant(1, 1 << 63)
        builder.constant(2, 2**64 - 1)
        builder.emit("SDIV64_REG", 1, 2)
        builder.exit()

    assert run(fill, 2) == "DivideOverflow"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("frame", [-2, -1, 0, 1, 63, 64, 65])
def test_stack_edges(frame: int, version: int) -> None:
    """Which addresses belong to the stack, and which raise a fault."""
    faults = {run(load(STACK + frame * 4096 + offset), version) for offset in (-1, 0, 4088, 4089)}
    if version in (1, 2):
        assert faults <= {None, "AccessViolation"}
    elif frame in (-1, 64):
        assert "StackAccessViolation" in faults


@pytest.mark.parametrize("version", [0, 2, 3])
@pytest.mark.parametrize("base", [STACK, HEAP, INPUT, STACK + 0xFF8, HEAP + 32760, INPUT + 40])
def test_every_alignment(base: int, version: int) -> None:
    """Loads and stores of every size at nine consecutive addresses, across ends of frames and regions."""
    sizes = ("1B", "2B", "4B", "8B") if version == 2 else ("B", "H", "W", "DW")
    for position in range(9):
        for size in sizes:

            def fill(builder: ProgramBuilder, size: str = size, address: int = base + position - 1) -> None:
                builder.constant(1, address)
                builder.constant(2, 0x0123_4567_89AB_CDEF)
                builder.emit(f"ST_{size}_REG", 1, 2)
                builder.emit(f"ST_{size}_IMM", 1, offset=1, immediate=-7)
                builder.emit(f"LD_{size}_REG", 0, 1)
                builder.exit()

            run(fill, version)


@pytest.mark.parametrize("units", range(1, 14))
@pytest.mark.parametrize("version", [0, 2, 3])
def test_every_budget(units: int, version: int) -> None:
    """The meter ends before each instruction of a program with blocks of several lengths."""

    def fill(builder: ProgramBuilder) -> None:
        builder.constant(1, 5)
        builder.emit("ADD64_IMM", 1, immediate=1)
        builder.call("function")
        builder.emit("ADD64_IMM", 1, immediate=1)
        builder.jump("out", "JEQ64_IMM", 1, immediate=0)
        builder.emit("MOV64_IMM", 0)
        builder.label("out")
        builder.exit()
        builder.label("function")
        builder.constant(2, 1 << 33)
        builder.exit()

    fault = run(fill, version, parameters=Parameters(compute_unit_limit=units))
    assert fault == ("ExceededMaxInstructions" if units < (11 if version == 2 else 9) else None)


# SYSCALLS


def call(name: str, *arguments: int) -> Callable[[ProgramBuilder], None]:
    def fill(builder: ProgramBuilder) -> None:
        for register, value in enumerate(arguments, start=1):
            builder.constant(register, value)
        builder.syscall(name)
        builder.emit("MOV64_IMM", 0)
        builder.exit()

    return fill


def call_with(memory: bytes, name: str, *arguments: int) -> Callable[[ProgramBuilder], None]:
    """A call after some bytes were written to the heap. Their number must be a multiple of 8."""

    def fill(builder: ProgramBuilder) -> None:
        builder.constant(6, HEAP)
        for offset in range(0, len(memory), 8):
            builder.constant(7, int.from_bytes(memory[offset : offset + 8], "little"))
            builder.emit("ST_DW_REG", 6, 7, offset)
        call(name, *arguments)(builder)

    return fill


def slice_of(address: int, length: int) -> bytes:
    return address.to_bytes(8, "little") + length.to_bytes(8, "little")


CALLS = {
    "Abort": call("abort"),
    "Panic": call("sol_panic_", HEAP, 4, 1, 2),
    "InvalidString": call_with(b"\xff" * 8, "sol_log_", HEAP, 8),
    "InvalidLength": call_with(slice_of(HEAP, 2**63), "sol_sha256", HEAP, 1, HEAP + 64),
    "UnalignedPointer": call("sol_log_data", HEAP + 1, 1),
    "InvalidPointer": call("sol_get_clock_sysvar", INPUT),
    "CopyOverlapping": call("sol_memcpy_", HEAP, HEAP + 1, 8),
    "TooManySlices": call("sol_sha256", HEAP, 20_001, HEAP),
    "BadSeeds": call_with(slice_of(HEAP, 33), "sol_create_program_address", HEAP, 1, HEAP, HEAP + 64),
    "ReturnDataTooLarge": call("sol_set_return_data", HEAP, 1025),
    "ComputationalBudgetExceeded": call("sol_log_", HEAP, 10**9),
    "ArithmeticOverflow": call("sol_get_sysvar", HEAP, HEAP, 2**64 - 1, 1),
    "AccessViolation": call("sol_memset_", 5 << 32, 0, 8),
    "StackAccessViolation": call("sol_memset_", STACK - 8, 0, 8),
}


@pytest.mark.parametrize("name", CALLS)
def test_syscall_faults(name: str) -> None:
    assert run(CALLS[name], 0) == name


def test_every_fault_is_tested() -> None:
    assert set(MACHINE_FAULTS) | {"DivideOverflow", "StackAccessViolation"} == set(FAULTS.values())
    assert set(CALLS) == set(SYSCALL_FAULTS.values())


# ACCOUNT RULES


def account(
    number: int = 1, *, owner: bytes = PROGRAM, writable: bool = True, data: bytes = bytes(8)
) -> InstructionAccount:
    return InstructionAccount(Account(bytes([number]) * 32, owner, 1000, data), is_writable=writable)


def store(*values: tuple[int, int]) -> Callable[[ProgramBuilder], None]:
    """A program that writes 64-bit values to offsets in the input region."""

    def fill(builder: ProgramBuilder) -> None:
        for offset, value in values:
            builder.constant(6, INPUT + offset)
            builder.constant(7, value)
            builder.emit("ST_DW_REG", 6, 7)
        builder.emit("MOV64_IMM", 0)
        builder.exit()

    return fill


RULES = {
    "ExternalAccountLamportSpend": (store((LAMPORTS, 999)), account(owner=OTHER)),
    "ReadonlyLamportChange": (store((LAMPORTS, 1001)), account(writable=False)),
    "InvalidRealloc": (store((LENGTH, 8 + 10_241)), account()),
    "AccountDataSizeChanged": (store((LENGTH, 9)), account(owner=OTHER)),
    "ReadonlyDataModified": (store((DATA, 1)), account(writable=False)),
    "ExternalAccountDataModified": (store((DATA, 1)), account(owner=OTHER)),
    "ModifiedProgramId": (store((OWNER, 1)), account(data=b"content!")),
    "UnbalancedInstruction": (store((LAMPORTS, 1001)), account()),
}


@pytest.mark.parametrize("name", RULES)
def test_account_rules(name: str) -> None:
    fill, entry = RULES[name]
    assert run(fill, 0, (entry,)) == name


def test_every_rule_is_tested() -> None:
    assert set(RULES) == set(ACCOUNT_RULES.values())


@pytest.mark.parametrize("loader", Loader)
def test_changes_that_are_allowed(loader: Loader) -> None:
    """Moving lamports, growing data, and a new owner. Loader v1 reads back fewer fields, at other offsets."""
    moves = store(
        (LAMPORTS, 900), (LAMPORTS + SECOND, 1100), (LENGTH, 16), (DATA + 8, 5), (OWNER + SECOND, 3)
    )
    parameters = Parameters(loader=loader)
    run(moves, 0, (account(1), account(2), account(1)), parameters)
    run(store((8 + 35, 900)), 0, (account(1),), parameters)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 1000])
@pytest.mark.parametrize("loader", Loader)
def test_layout_of_the_input(loader: Loader, length: int) -> None:
    """A program returns the digest of its whole input, and the digests agree."""
    first = account(1, data=bytes(number % 251 for number in range(length)))

    def fill(builder: ProgramBuilder) -> None:
        builder.constant(6, HEAP)
        builder.constant(7, INPUT)
        builder.emit("ST_DW_REG", 6, 7)
        # There is no instruction data, so the region ends with the program's address.
        builder.emit("SUB64_REG", 2, 7)
        builder.emit("ADD64_IMM", 2, immediate=32)
        builder.emit("ST_DW_REG", 6, 2, 8)
        for register, value in ((1, HEAP), (2, 1), (3, HEAP + 16)):
            builder.constant(register, value)
        builder.syscall("sol_sha256")
        for register, value in ((1, HEAP + 16), (2, 32)):
            builder.constant(register, value)
        builder.syscall("sol_set_return_data")
        builder.emit("MOV64_IMM", 0)
        builder.exit()

    assert run(fill, 0, (first, account(2), first), Parameters(loader=loader)) is None
