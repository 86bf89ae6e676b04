"""sol_get_sysvar and the typed getters."""

from __future__ import annotations

import struct

import pytest

from solproof.svm.accounts import address_bytes
from solproof.svm.execution_input import Loader, Parameters
from solproof.svm.sysvars import ADDRESSES, Sysvars, memory_layout
from tests.svm.syscalls.harness import FRAME, HEAP, HEAP_END, IMAGE, INPUT, MASK, check, failure, revealed

GETTERS = {
    "sol_get_clock_sysvar": "clock",
    "sol_get_rent_sysvar": "rent",
    "sol_get_epoch_schedule_sysvar": "epoch_schedule",
    "sol_get_epoch_rewards_sysvar": "epoch_rewards",
    "sol_get_last_restart_slot": "last_restart_slot",
}
NOISE = b"\xee" * 128


@pytest.mark.parametrize(("syscall", "name"), GETTERS.items())
def test_getter(syscall: str, name: str) -> None:
    expected = memory_layout(name, getattr(Sysvars(), name))
    execution = check(syscall, (HEAP + 16,), {HEAP: NOISE}, (HEAP, 128))
    assert revealed(execution) == NOISE[:16] + expected + NOISE[16 + len(expected) :]
    assert execution.run.trace.events[0].compute_units == 100 + len(expected)


OTHERS = Sysvars(
    clock=bytes(range(1, 41)),
    rent=struct.pack("<QdB", 3_480, 2.0, 7),
    epoch_schedule=struct.pack("<QQ?QQ", 8_192, 64, False, 3, 5),
    epoch_rewards=bytes(range(100, 180)) + b"\1",
    last_restart_slot=b"\xfe" * 8,
    stake_history=bytes(8),
)


@pytest.mark.parametrize(("syscall", "name"), GETTERS.items())
def test_getter_of_other_sysvars(syscall: str, name: str) -> None:
    parameters = Parameters(sysvars=OTHERS)
    execution = check(syscall, (HEAP,), {HEAP: NOISE}, (HEAP, 128), parameters)
    assert revealed(execution).startswith(memory_layout(name, getattr(OTHERS, name)))


@pytest.mark.parametrize(
    "address",
    [
        "SysvarFees111111111111111111111111111111111",
        "SysvarRecentB1ockHashes11111111111111111111",
        "SysvarS1otHistory11111111111111111111111111",
        "Sysvar1nstructions1111111111111111111111111",
        "Sysvar1111111111111111111111111111111111111",
    ],
)
def test_get_sysvar_of_sysvars_that_are_not_served(address: str) -> None:
    execution = check("sol_get_sysvar", (HEAP, HEAP + 64, 0, 8), {HEAP: address_bytes(address)}, (HEAP, 8))
    assert execution.output.exit_code == 2


@pytest.mark.parametrize("syscall", GETTERS)
@pytest.mark.parametrize("address", [HEAP + 8, HEAP + 4, HEAP + 1, FRAME + 0xFF8, FRAME + 0xFFC])
def test_getter_alignment(syscall: str, address: int) -> None:
    aligned = address % (16 if syscall == "sol_get_epoch_rewards_sysvar" else 8) == 0
    execution = check(syscall, (address,))
    assert failure(execution) == ((None, None) if aligned else ("UnalignedPointer", "Unaligned pointer"))


@pytest.mark.parametrize("syscall", GETTERS)
@pytest.mark.parametrize("address", [0, IMAGE, HEAP_END - 4, FRAME + 0x1000, INPUT, INPUT + 16, MASK])
def test_getter_violations(syscall: str, address: int) -> None:
    name, message = failure(check(syscall, (address,)))
    if address >= INPUT:
        assert (name, message) == ("InvalidPointer", "Invalid pointer")
    else:
        assert (message or "").startswith("Access violation in ")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(("offset", "length"), [(0, 8), (0, 0), (3, 5), (7, 1), (8, 0)])
def test_get_sysvar(name: str, offset: int, length: int) -> None:
    memory = {HEAP: ADDRESSES[name], HEAP + 64: NOISE[:16]}
    execution = check("sol_get_sysvar", (HEAP, HEAP + 65, offset, length), memory, (HEAP + 64, 16))
    assert execution.output.success
    content = getattr(Sysvars(), name)[offset : offset + length]
    assert revealed(execution) == NOISE[:1] + content + NOISE[: 15 - length]


@pytest.mark.parametrize("name", ADDRESSES)
def test_get_sysvar_up_to_its_end(name: str) -> None:
    size = len(getattr(Sysvars(), name))
    for offset, length, exit_code in ((0, size, 0), (size, 0, 0), (1, size, 1), (size + 1, 0, 1)):
        arguments = (HEAP, HEAP + 64, offset, length)
        execution = check("sol_get_sysvar", arguments, {HEAP: ADDRESSES[name]}, (HEAP + 64, 16))
        assert execution.output.exit_code == exit_code


def test_get_sysvar_of_an_address_that_is_none() -> None:
    execution = check("sol_get_sysvar", (HEAP, HEAP + 64, 0, 8), {HEAP: b"\1" * 32}, (HEAP + 64, 8))
    assert execution.output.exit_code == 2
    assert revealed(execution) == bytes(8)


@pytest.mark.parametrize("length", [2_500, 2_750, 20_000])
def test_cost_of_get_sysvar(length: int) -> None:
    execution = check("sol_get_sysvar", (HEAP, HEAP + 64, 0, length), {HEAP: ADDRESSES["slot_hashes"]})
    assert execution.run.trace.events[0].compute_units == 100 + max(10, length // 250)


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        ((HEAP, INPUT, 0, 8), "InvalidPointer", "Invalid pointer"),
        ((HEAP, MASK, 0, 0), "InvalidPointer", "Invalid pointer"),
        (
            (HEAP, IMAGE, 0, 8),
            "AccessViolation",
            "Access violation in program section at address 0x100000000 of size 8",
        ),
        (
            (0, HEAP + 64, 0, 8),
            "AccessViolation",
            "Access violation in unknown section at address 0x0 of size 32",
        ),
        (
            (HEAP_END - 31, HEAP + 64, 0, 8),
            "AccessViolation",
            "Access violation in heap section at address 0x300007fe1 of size 32",
        ),
        ((HEAP, HEAP + 64, MASK, 1), "ArithmeticOverflow", "Program arithmetic overflowed"),
        ((HEAP, HEAP + 64, MASK - 7, 8), "ArithmeticOverflow", "Program arithmetic overflowed"),
        ((HEAP, HEAP + 64, 0, MASK), "ComputationalBudgetExceeded", "Computational budget exceeded"),
    ],
)
def test_get_sysvar_violations(arguments: tuple[int, ...], name: str, message: str) -> None:
    execution = check("sol_get_sysvar", arguments, {HEAP: ADDRESSES["rent"]})
    assert failure(execution) == (name, message)
    expected = (
        name if name in ("ArithmeticOverflow", "ComputationalBudgetExceeded") else "ProgramFailedToComplete"
    )
    assert execution.output.error == expected


def test_get_sysvar_with_the_largest_offset() -> None:
    execution = check("sol_get_sysvar", (HEAP, HEAP + 64, MASK - 8, 8), {HEAP: ADDRESSES["rent"]}, (HEAP, 8))
    assert execution.output.exit_code == 1


@pytest.mark.parametrize("address", [HEAP, HEAP + 1, INPUT, 0])
def test_getters_refuse_programs_of_loader_v1(address: int) -> None:
    for limit, name in ((1_400_000, "UnalignedPointer"), (100, "ComputationalBudgetExceeded")):
        parameters = Parameters(compute_unit_limit=limit, loader=Loader.V1)
        for syscall, arguments in (
            ("sol_get_clock_sysvar", [address]),
            ("sol_get_sysvar", [0, address, 0, 8]),
        ):
            assert failure(check(syscall, arguments, parameters=parameters))[0] == name
