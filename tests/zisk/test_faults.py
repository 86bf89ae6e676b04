"""Every way in which a run can end: the guest, the machine and the runtime agree."""

from __future__ import annotations

import pytest

from assurance.programs import raw
from solproof.execution.execute import execute
from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.zisk.endings import ACCOUNT_RULES, FAULTS, SYSCALL_FAULTS
from tests.support.guest_agreement import assert_agrees

PROGRAM = bytes([7]) * 32
OTHER = bytes([9]) * 32
STACK, HEAP, INPUT = 2 << 32, 3 << 32, 4 << 32
LAMPORTS, LENGTH, DATA, OWNER = 8 + 72, 8 + 80, 8 + 88, 8 + 40
"""Offsets in the record of the first account."""

SECOND = 88 + 8 + 10240 + 8
"""Distance from one record to the next if the account has 8 bytes of data."""


def run(
    source: str,
    version: int,
    accounts: tuple[InstructionAccount, ...] = (),
    parameters: Parameters | None = None,
) -> str | None:
    """Run a program of raw bytecode in the guest and in the machine, and return the fault or broken rule."""
    code = raw(source, version)
    given = ExecutionInput(code, PROGRAM, accounts, b"", parameters or Parameters(), RawFormat(version))
    execution = execute(given)
    outputs = assert_agrees(execution)
    return outputs.fault or outputs.rule


def load(address: int) -> str:
    return f"lddw r1, {address}; ldxdw r0, [r1]; exit"


MACHINE_FAULTS = {
    "DivideByZero": "div64 r1, r0; exit",
    "CallDepthExceeded": "again: mov64 r0, 0; call again; exit",
    "CallOutsideTextSegment": f"lddw r1, {1 << 40}; callx r1; exit",
    "ExecutionOverrun": "mov64 r0, 0",
    "UnsupportedInstruction": "syscall -1; exit",
    "ExceededMaxInstructions": "again: add64 r0, 1; ja again",
    "AccessViolation": load(INPUT + (1 << 20)),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MACHINE_FAULTS)
def test_machine_faults(name: str, version: int) -> None:
    assert run(MACHINE_FAULTS[name], version) == name


def test_division_overflow() -> None:
    assert run(f"lddw r1, {1 << 63}; lddw r2, -1; sdiv64 r1, r2; exit", 2) == "DivideOverflow"


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
    for position in range(9):
        for size in ("b", "h", "w", "dw"):
            source = f"""
                lddw r1, {base + position - 1}
                lddw r2, 0x0123456789ABCDEF
                stx{size} [r1], r2
                st{size} [r1+1], -7
                ldx{size} r0, [r1]
                exit
            """
            run(source, version)


@pytest.mark.parametrize("units", range(1, 14))
@pytest.mark.parametrize("version", [0, 2, 3])
def test_every_budget(units: int, version: int) -> None:
    """The meter ends before each instruction of a program with blocks of several lengths."""
    source = f"""
        lddw r1, 5
        add64 r1, 1
        call function
        add64 r1, 1
        jeq r1, 0, out
        mov64 r0, 0
    out:
        exit
    function:
        lddw r2, {1 << 33}
        exit
    """
    fault = run(source, version, parameters=Parameters(compute_unit_limit=units))
    assert fault == ("ExceededMaxInstructions" if units < (11 if version == 2 else 9) else None)


# SYSCALLS


def call(name: str, *arguments: int) -> str:
    loads = [f"lddw r{register}, {value}" for register, value in enumerate(arguments, start=1)]
    return "\n".join([*loads, f"syscall {name}; mov64 r0, 0; exit"])


def call_with(memory: bytes, name: str, *arguments: int) -> str:
    """A call after some bytes were written to the heap. Their number must be a multiple of 8."""
    words = [memory[offset : offset + 8] for offset in range(0, len(memory), 8)]
    stores = [
        f"lddw r7, {int.from_bytes(word, 'little')}; stxdw [r6+{8 * number}], r7"
        for number, word in enumerate(words)
    ]
    return "\n".join([f"lddw r6, {HEAP}", *stores, call(name, *arguments)])


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


def store(*values: tuple[int, int]) -> str:
    """A program that writes 64-bit values to offsets in the input region."""
    stores = [f"lddw r6, {INPUT + offset}; lddw r7, {value}; stxdw [r6], r7" for offset, value in values]
    return "\n".join([*stores, "mov64 r0, 0; exit"])


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
    source, entry = RULES[name]
    assert run(source, 0, (entry,)) == name


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
    # There is no instruction data: the region ends with the program's address.
    source = f"""
        lddw r6, {HEAP}
        lddw r7, {INPUT}
        stxdw [r6], r7
        sub64 r2, r7
        add64 r2, 32
        stxdw [r6+8], r2
        lddw r1, {HEAP}; lddw r2, 1; lddw r3, {HEAP + 16}
        syscall sol_sha256
        lddw r1, {HEAP + 16}; lddw r2, 32
        syscall sol_set_return_data
        mov64 r0, 0
        exit
    """
    assert run(source, 0, (first, account(2), first), Parameters(loader=loader)) is None
