"""sol_get_sysvar and the typed getters."""

from __future__ import annotations

import struct

import pytest

from solproof.runtime.accounts import address_bytes
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.sysvars import ADDRESSES, ONLY_TYPED, Sysvars, memory_layout
from tests.support.syscall_harness import FRAME, HEAP, HEAP_END, IMAGE, INPUT, MASK, check, failure, revealed

GETTERS = {
    "sol_get_clock_sysvar": "clock",
    "sol_get_rent_sysvar": "rent",
    "sol_get_epoch_schedule_sysvar": "epoch_schedule",
    "sol_get_epoch_rewards_sysvar": "epoch_rewards",
    "sol_get_last_restart_slot": "last_restart_slot",
    "sol_get_fees_sysvar": "fees",
}
FEATURES = MAINNET.changed(deactivate=["disable_fees_sysvar"])
PARAMETERS = Parameters(features=FEATURES)
SERVED = [name for name in ADDRESSES if name not in ONLY_TYPED]
NOISE = b"\xee" * 128


@pytest.mark.parametrize(("syscall", "name"), GETTERS.items())
def test_getter(syscall: str, name: str) -> None:
    expected = memory_layout(name, getattr(Sysvars(), name))
    execution = check(syscall, (HEAP + 16,), {HEAP: NOISE}, (HEAP, 128), PARAMETERS)
    assert revealed(execution) == NOISE[:16] + expected + NOISE[16 + len(expected) :]
    assert execution.run.trace.events[0].compute_units == 100 + len(expected)


OTHERS = Sysvars(
    clock=bytes(range(1, 41)),
    rent=struct.pack("<QdB", 3_480, 2.0, 7),
    epoch_schedule=struct.pack("<QQ?QQ", 8_192, 64, False, 3, 5),
    epoch_rewards=bytes(range(100, 180)) + b"\1",
    last_restart_slot=b"\xfe" * 8,
    fees=b"\x17" * 8,
    stake_history=bytes(8),
)


@pytest.mark.parametrize(("syscall", "name"), GETTERS.items())
def test_getter_of_other_sysvars(syscall: str, name: str) -> None:
    parameters = Parameters(sysvars=OTHERS, features=FEATURES)
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
    execution = check(syscall, (address,), parameters=PARAMETERS)
    assert failure(execution) == ((None, None) if aligned else ("UnalignedPointer", "Unaligned pointer"))


@pytest.mark.parametrize("syscall", GETTERS)
@pytest.mark.parametrize("address", [0, IMAGE, HEAP_END - 4, FRAME + 0x1000, INPUT, INPUT + 16, MASK])
def test_getter_violations(syscall: str, address: int) -> None:
    name, message = failure(check(syscall, (address,), parameters=PARAMETERS))
    if address >= INPUT:
        assert (name, message) == ("InvalidPointer", "Invalid pointer")
    else:
        assert (message or "").startswith("Access violation in ")


@pytest.mark.parametrize("name", SERVED)
@pytest.mark.parametrize(("offset", "length"), [(0, 8), (0, 0), (3, 5), (7, 1), (8, 0)])
def test_get_sysvar(name: str, offset: int, length: int) -> None:
    memory = {HEAP: ADDRESSES[name], HEAP + 64: NOISE[:16]}
    execution = check("sol_get_sysvar", (HEAP, HEAP + 65, offset, length), memory, (HEAP + 64, 16))
    assert execution.output.success
    content = getattr(Sysvars(), name)[offset : offset + length]
    assert revealed(execution) == NOISE[:1] + content + NOISE[: 15 - length]


@pytest.mark.parametrize("name", SERVED)
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


# WITHOUT THE RULE ABOUT THE INPUT REGION

UNRESTRICTED = Parameters(
    features=MAINNET.changed(deactivate=["disable_fees_sysvar", "syscall_parameter_address_restrictions"])
)


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("syscall", GETTERS)
@pytest.mark.parametrize("address", [INPUT, INPUT + 16, INPUT + 4, INPUT + 400, MASK, MASK - 7])
def test_getter_into_the_input_region(syscall: str, address: int, version: int) -> None:
    execution = check(syscall, (address,), parameters=UNRESTRICTED, version=version, data=bytes(64))
    aligned = address % (16 if syscall == "sol_get_epoch_rewards_sysvar" else 8) == 0
    if address > INPUT + 2**32:
        assert failure(execution)[0] == "AccessViolation"
    else:
        assert failure(execution)[0] == (None if aligned else "UnalignedPointer")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((HEAP, INPUT + 200, 0, 8), None),
        ((HEAP, INPUT + 203, 3, 8), None),
        ((INPUT, INPUT, 0, 8), None),
        ((HEAP, MASK, 0, 0), None),
        ((HEAP, MASK - 7, 0, 8), "AccessViolation"),
        ((HEAP, MASK - 6, 0, 8), "AccessViolation"),
        ((HEAP, INPUT - 1, 0, 8), "AccessViolation"),
    ],
)
def test_get_sysvar_into_the_input_region(arguments: tuple[int, ...], name: str | None) -> None:
    memory = {HEAP: ADDRESSES["clock"]}
    execution = check("sol_get_sysvar", arguments, memory, parameters=UNRESTRICTED, data=bytes(64))
    assert failure(execution)[0] == name


# EPOCH STAKE

ALICE, BOB, CAROL = (bytes([number]) * 32 for number in (1, 2, 3))
STAKES = EpochStakes.of({ALICE: 5, BOB: 10**18}, total=MASK)


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(
    ("stakes", "address", "stake"),
    [
        (EpochStakes(), None, 0),
        (EpochStakes(), ALICE, 0),
        (STAKES, None, MASK),
        (STAKES, ALICE, 5),
        (STAKES, BOB, 10**18),
        (STAKES, CAROL, 0),
        (EpochStakes.of({ALICE: 7, BOB: 3, CAROL: 0}), None, 10),
        (EpochStakes.of({ALICE: 7, BOB: 3, CAROL: 0}), CAROL, 0),
        (EpochStakes(total=12), None, 12),
    ],
)
def test_epoch_stake(stakes: EpochStakes, address: bytes | None, stake: int, version: int) -> None:
    memory = {} if address is None else {HEAP + 3: address}
    arguments = (0 if address is None else HEAP + 3,)
    parameters = Parameters(epoch_stakes=stakes)
    execution = check("sol_get_epoch_stake", arguments, memory, None, parameters, version=version)
    assert execution.output.exit_code == stake
    assert execution.run.trace.events[0].compute_units == (100 if address is None else 110)


@pytest.mark.parametrize("address", [1, IMAGE - 32, HEAP_END - 31, FRAME + 0x1000, INPUT + 40, MASK])
def test_epoch_stake_of_addresses_nowhere(address: int) -> None:
    assert (failure(check("sol_get_epoch_stake", (address,)))[0] or "").endswith("AccessViolation")


@pytest.mark.parametrize(
    ("address", "remaining", "name"),
    [
        (0, 99, "ComputationalBudgetExceeded"),
        (0, 100, "ExceededMaxInstructions"),
        (HEAP, 109, "ComputationalBudgetExceeded"),
        (HEAP, 110, "ExceededMaxInstructions"),
        (1, 109, "ComputationalBudgetExceeded"),
    ],
)
def test_cost_of_epoch_stake(address: int, remaining: int, name: str) -> None:
    parameters = Parameters(compute_unit_limit=2 + remaining)
    assert failure(check("sol_get_epoch_stake", (address,), parameters=parameters))[0] == name
