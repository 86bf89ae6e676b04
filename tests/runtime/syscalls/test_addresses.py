"""sol_create_program_address, sol_try_find_program_address."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pytest
from solders.pubkey import Pubkey

from solproof.runtime.accounts import address_bytes
from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.program_address import program_address
from tests.support.syscall_harness import (
    FRAME,
    HEAP,
    HEAP_END,
    IMAGE,
    INPUT,
    MASK,
    check,
    failure,
    revealed,
    slices,
)

CREATE, FIND = "sol_create_program_address", "sol_try_find_program_address"
OWNER = address_bytes("BPFLoaderUpgradeab1e11111111111111111111111")
SEEDS = HEAP + 512  # address of the seeds' bytes, 40 apart
PROGRAM_ID = HEAP + 400
RESULT = HEAP + 440
BUMP = HEAP + 480
NOISE = b"\xee" * 72
FILLED = {RESULT: NOISE}
BAD_SEEDS = (
    "BadSeeds",
    "Could not create program address with signer seeds: "
    "Length of the seed is too long for address generation",
)


def placed(seeds: Sequence[bytes], program_id: bytes = OWNER) -> dict[int, bytes]:
    """Memory with seeds, an array of slices of them at `HEAP`, and a program id."""
    places = [SEEDS + 40 * number for number in range(len(seeds))]
    described = slices(*((place, len(seed)) for place, seed in zip(places, seeds, strict=True)))
    return {HEAP: described, PROGRAM_ID: program_id, **dict(zip(places, seeds, strict=True))}


# VECTORS


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(
    ("seeds", "address"),
    [
        ((b"", b"\1"), "BwqrghZA2htAcqq8dzP1WDAhTXYTYWj7CHxF5j7TDBAe"),
        (("☉".encode(), b"\0"), "13yWmRpaTR4r5nAktwLqMpRNr28tnVUZw26rTvPSSB19"),
        ((b"Talking", b"Squirrels"), "2fnQrngrQT4SeLcdToJAD96phoEjNL2man2kfRLCASVk"),
    ],
)
def test_known_addresses(seeds: Sequence[bytes], address: str, version: int) -> None:
    """Examples from the documentation and from upstream's tests."""
    arguments = (HEAP, len(seeds), PROGRAM_ID, RESULT)
    execution = check(CREATE, arguments, placed(seeds), (RESULT, 32), version=version)
    assert execution.run.trace.events[0].compute_units == 1_500
    assert revealed(execution) == address_bytes(address)


def seeds_by_tries() -> Iterator[tuple[int, bytes]]:
    """Seeds whose address is found after one to ten tries, and after a few more."""
    wanted, number = {*range(1, 11), 12}, 0
    while wanted:
        seed = number.to_bytes(8, "little")
        number += 1
        tries = 1
        while program_address([seed, bytes([256 - tries])], OWNER) is None:
            tries += 1
        if tries in wanted:
            wanted.remove(tries)
            yield tries, seed


@lru_cache(maxsize=1)
def found() -> dict[int, bytes]:
    """The seeds by their number of tries."""
    return dict(seeds_by_tries())


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("tries", [*range(1, 11), 12])
def test_every_try_is_paid(tries: int, version: int) -> None:
    seed = found()[tries]
    arguments = (HEAP, 1, PROGRAM_ID, RESULT, BUMP)
    execution = check(FIND, arguments, placed([seed]), (RESULT, 48), version=version)
    address, bump = Pubkey.find_program_address([seed], Pubkey(OWNER))
    assert bump == 256 - tries
    assert revealed(execution) == bytes(address) + bytes(8) + bytes([bump]) + bytes(7)
    assert execution.run.trace.events[0].compute_units == 1_500 * tries


@pytest.mark.parametrize("tries", [2, 3, 8])
@pytest.mark.parametrize("missing", [1, 1_500, 1_501])
def test_too_few_compute_units_for_the_tries(tries: int, missing: int) -> None:
    memory = {**placed([found()[tries]]), **FILLED}
    arguments = (HEAP, 1, PROGRAM_ID, RESULT, BUMP)
    (event,) = check(FIND, arguments, memory).run.trace.events
    limit = event.clk + 1_500 * tries - missing
    execution = check(FIND, arguments, memory, parameters=Parameters(compute_unit_limit=limit))
    assert failure(execution)[0] == "ComputationalBudgetExceeded"
    assert execution.output.compute_units == limit


@pytest.mark.parametrize(("name", "seeds"), [(CREATE, 17), (FIND, 17), (CREATE, 1), (FIND, 1)])
@pytest.mark.parametrize("units", [0, 1_499])
def test_paid_before_anything_is_read(name: str, seeds: int, units: int) -> None:
    arguments = (0, seeds, 0, 0, 0)
    limit = 6 + units
    execution = check(name, arguments, parameters=Parameters(compute_unit_limit=limit))
    assert failure(execution)[0] == "ComputationalBudgetExceeded"
    assert failure(check(name, arguments))[0] == "AccessViolation"


# CASES FOR BOTH


@dataclass(frozen=True)
class Case:
    """Seeds, which `memory` or `count` may replace."""

    seeds: tuple[bytes, ...] = (b"seed",)
    fault: str | None = None
    address: int = HEAP
    count: int | None = None
    program: int = PROGRAM_ID
    result: int = RESULT
    bump: int = BUMP
    memory: Mapping[int, bytes] = field(default_factory=dict)
    loader: Loader = Loader.V3


CASES = {
    "no seeds": Case(()),
    "no seeds, nowhere": Case((), address=MASK),
    "an empty seed": Case((b"",)),
    "empty seeds nowhere": Case(count=2, memory={HEAP: slices((0, 0), (MASK, 0))}),
    "a seed of one byte": Case((b"x",)),
    "a seed of 32 bytes": Case((b"s" * 32,)),
    "a seed of 33 bytes": Case((b"s" * 33,), fault="BadSeeds"),
    "a long seed nowhere": Case(count=1, memory={HEAP: slices((0, 33))}, fault="BadSeeds"),
    "an absurd length": Case(count=1, memory={HEAP: slices((SEEDS, MASK))}, fault="BadSeeds"),
    "a good and a long seed": Case((b"good", b"l" * 33), fault="BadSeeds"),
    "a seed nowhere and a long one": Case(
        count=2, memory={HEAP: slices((0x5_0000_0000, 3), (SEEDS, 33))}, fault="AccessViolation"
    ),
    "a long seed and one nowhere": Case(
        count=2, memory={HEAP: slices((SEEDS, 33), (0, 3))}, fault="BadSeeds"
    ),
    "15 seeds": Case(tuple(bytes([number]) for number in range(15))),
    "16 seeds": Case(tuple(bytes([number]) for number in range(16))),
    "17 seeds": Case(tuple(bytes([number]) for number in range(17)), fault="BadSeeds"),
    "17 seeds, one too long": Case((*(b"s" for _ in range(16)), b"l" * 33), fault="BadSeeds"),
    "a thousand seeds": Case(count=1_000, fault="BadSeeds"),
    "2^59 seeds": Case(count=2**59, fault="InvalidLength"),
    "2^58 seeds": Case(count=2**58, fault="AccessViolation"),
    "seeds without number": Case(count=MASK, fault="InvalidLength"),
    "seeds nowhere": Case(address=0x5_0000_0000, fault="AccessViolation"),
    "seeds across the end": Case(address=HEAP_END - 8, fault="AccessViolation"),
    "seeds at an odd address": Case(address=HEAP + 1, fault="UnalignedPointer"),
    "seeds at an odd address, loader v1": Case(
        (),
        count=1,
        address=HEAP + 1,
        memory={HEAP + 1: slices((SEEDS, 4)), PROGRAM_ID: OWNER},
        loader=Loader.V1,
    ),
    "a seed nowhere": Case(count=1, memory={HEAP: slices((0x7_0000_0000, 1))}, fault="AccessViolation"),
    "a seed across the end": Case(count=1, memory={HEAP: slices((HEAP_END - 3, 4))}, fault="AccessViolation"),
    "a seed at an odd address": Case(count=1, memory={HEAP: slices((SEEDS + 3, 7)), SEEDS: b"0123456789"}),
    "the same seed twice": Case(count=2, memory={HEAP: slices((SEEDS, 7), (SEEDS, 7))}),
    "overlapping seeds": Case(
        count=2, memory={HEAP: slices((SEEDS, 7), (SEEDS + 5, 7)), SEEDS: b"0123456789ab"}
    ),
    "a seed on the stack": Case(count=1, memory={HEAP: slices((FRAME + 16, 9))}),
    "the program id as a seed": Case(count=1, memory={HEAP: slices((PROGRAM_ID, 32))}),
    "a program id nowhere": Case(program=0, fault="AccessViolation"),
    "a program id across the end": Case(program=HEAP_END - 31, fault="AccessViolation"),
    "a program id at an odd address": Case(program=PROGRAM_ID + 1),
    "a long seed and a program id nowhere": Case((b"l" * 33,), program=0, fault="BadSeeds"),
    "a result nowhere": Case(result=0, fault="AccessViolation"),
    "a result in the program": Case(result=IMAGE, fault="AccessViolation"),
    "a result across the end": Case(result=HEAP_END - 31, fault="AccessViolation"),
    "a result in the input": Case(result=INPUT + 3),
    "a result over the program id": Case(result=PROGRAM_ID),
    "a result over the seeds": Case(result=SEEDS + 1),
}


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", [CREATE, FIND])
def test_cases(name: str, case: str, version: int) -> None:
    """The result's memory is checked only after an address was found, and these seeds have an address."""
    described = CASES[case]
    seeds = described.seeds
    program_id = OWNER
    if name == CREATE and described.count is None and len(seeds) <= 16:
        program_id = _owner_with_address(seeds)
    memory = {**placed(seeds, program_id), **described.memory}
    count = len(seeds) if described.count is None else described.count
    arguments = (described.address, count, described.program, described.result, described.bump)
    parameters = Parameters(loader=described.loader)
    execution = check(name, arguments, memory, (HEAP, 1024), parameters, version=version)
    assert failure(execution)[0] == described.fault
    if described.fault == "BadSeeds":
        assert failure(execution) == BAD_SEEDS


def _owner_with_address(seeds: Sequence[bytes]) -> bytes:
    """A program id for which the seeds have an address."""
    owners = (bytes([number]) * 32 for number in range(256))
    return next(
        owner for owner in owners if program_address([seed[:32] for seed in seeds], owner) is not None
    )


# NO ADDRESS


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("result", [RESULT, 0, IMAGE])
def test_seeds_on_the_curve(result: int, version: int) -> None:
    """r0 is 1, and the memory of the result is not checked."""
    seed = next(bytes([number]) for number in range(256) if program_address([bytes([number])], OWNER) is None)
    memory = {**placed([seed]), **FILLED}
    execution = check(CREATE, (HEAP, 1, PROGRAM_ID, result), memory, (RESULT, 72), version=version)
    assert execution.output.exit_code == 1
    assert revealed(execution) == NOISE
    assert execution.run.trace.events[0].compute_units == 1_500


@pytest.mark.parametrize("version", [0, 3])
def test_16_seeds_leave_no_place_for_a_bump(version: int) -> None:
    """The program pays for 255 tries and for one more."""
    memory = {**placed([b"s"] * 16), RESULT: NOISE}
    execution = check(FIND, (HEAP, 16, PROGRAM_ID, RESULT, BUMP), memory, (RESULT, 48), version=version)
    assert execution.output.exit_code == 1
    assert execution.run.trace.events[0].compute_units == 256 * 1_500
    assert revealed(execution) == NOISE[:48]


@pytest.mark.parametrize("tries", [1, 2, 100, 254, 255, 256])
def test_16_seeds_with_a_small_budget(tries: int) -> None:
    memory = placed([b"s"] * 16)
    arguments = (HEAP, 16, PROGRAM_ID, RESULT, BUMP)
    (event,) = check(FIND, arguments, memory).run.trace.events
    limit = event.clk + tries * 1_500
    execution = check(FIND, arguments, memory, parameters=Parameters(compute_unit_limit=limit))
    expected = "ComputationalBudgetExceeded" if tries < 256 else "ExceededMaxInstructions"
    assert failure(execution)[0] == expected


# THE TWO RESULTS


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(
    ("result", "bump", "fault"),
    [
        (RESULT, RESULT, "CopyOverlapping"),
        (RESULT, RESULT + 31, "CopyOverlapping"),
        (RESULT, RESULT + 32, None),
        (RESULT, RESULT - 1, None),
        (RESULT + 1, RESULT, None),
        (RESULT, 0, "AccessViolation"),
        (0, RESULT, "AccessViolation"),
        (0, 0, "AccessViolation"),
        (IMAGE, 0x9_0000_0000, "AccessViolation"),
        (HEAP_END - 32, HEAP_END - 33, None),
        (HEAP_END - 32, HEAP_END, "AccessViolation"),
        (FRAME, FRAME + 40, None),
        (FRAME, HEAP, None),
        (INPUT, INPUT + 33, None),
        (PROGRAM_ID, SEEDS, None),
    ],
)
def test_places_of_the_results(result: int, bump: int, fault: str | None, version: int) -> None:
    arguments = (HEAP, 1, PROGRAM_ID, result, bump)
    execution = check(FIND, arguments, placed([b"seed"]), (HEAP, 1024), version=version)
    assert failure(execution)[0] == fault


def test_results_that_overlap_across_a_hole() -> None:
    """In V0's stack, the byte after a frame is the first byte of the next frame."""
    arguments = (HEAP, 1, PROGRAM_ID, FRAME + 0xFF0, FRAME + 0x2000)
    execution = check(FIND, arguments, placed([b"seed"]))
    assert failure(execution) == ("CopyOverlapping", "Overlapping copy")


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("name", [CREATE, FIND])
def test_random_seeds(name: str, seed: int) -> None:
    source = random.Random(seed)
    seeds = [source.randbytes(source.randrange(33)) for _ in range(source.randrange(15))]
    memory = placed(seeds, source.randbytes(32))
    execution = check(
        name, (HEAP, len(seeds), PROGRAM_ID, RESULT, BUMP), memory, (RESULT, 48), version=source.randrange(4)
    )
    assert execution.output.exit_code in (0, 1)
    if name == FIND:
        address, bump = Pubkey.find_program_address(seeds, Pubkey(memory[PROGRAM_ID]))
        assert revealed(execution)[:41] == bytes(address) + bytes(8) + bytes([bump])
