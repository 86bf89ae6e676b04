"""sol_sha256, sol_keccak256, sol_blake3, sol_sha512."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET
from tests.support.syscall_harness import (
    ACCOUNT_DATA,
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

NAMES = {"sol_sha256": "Sha256", "sol_keccak256": "Keccak256", "sol_blake3": "Blake3", "sol_sha512": "Sha512"}
FEATURES = MAINNET.changed(["blake3_syscall_enabled", "enable_sha512_syscall"])
DATA = HEAP + 1024
RESULT = HEAP + 512
CONTENT = random.Random(5).randbytes(200)

VECTORS = {
    ("sol_sha256", b""): hashlib.sha256(b"").hexdigest(),
    ("sol_sha256", b"abc"): "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ("sol_keccak256", b""): "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    ("sol_keccak256", b"abc"): "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    ("sol_blake3", b""): "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    ("sol_blake3", b"abc"): "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
    ("sol_sha512", b""): hashlib.sha512(b"").hexdigest(),
    ("sol_sha512", b"abc"): "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
}


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(("name", "content"), VECTORS)
def test_known_vectors(name: str, content: bytes, version: int) -> None:
    expected = bytes.fromhex(VECTORS[name, content])
    memory = {HEAP: slices((DATA, len(content))), DATA: content}
    parameters = Parameters(features=FEATURES)
    execution = check(name, (HEAP, 1, RESULT), memory, (RESULT, len(expected)), parameters, version=version)
    assert revealed(execution) == expected
    assert execution.run.trace.events[0].compute_units == 85 + 10


@dataclass(frozen=True)
class Case:
    """Slices at `address`, which `memory` or `count` may replace."""

    pairs: tuple[tuple[int, int], ...] = ()
    fault: str | None = None
    address: int = HEAP
    count: int | None = None
    result: int = RESULT
    memory: Mapping[int, bytes] = field(default_factory=dict)
    loader: Loader = Loader.V3


CASES = {
    "no slices": Case(),
    "no slices anywhere": Case(address=MASK),
    "no slices at an odd address": Case(address=HEAP + 1),
    "an empty slice": Case(((DATA, 0),)),
    "an empty slice nowhere": Case(((0, 0), (MASK, 0), (HEAP_END, 0))),
    "one byte": Case(((DATA, 1),)),
    "one byte at an odd address": Case(((DATA + 7, 1),)),
    "19 bytes": Case(((DATA + 3, 19),)),
    "20 bytes": Case(((DATA, 20),)),
    "22 bytes": Case(((DATA, 22),)),
    "a block": Case(((DATA, 64),)),
    "a block and a byte": Case(((DATA, 128), (DATA + 128, 1))),
    "135 and 136 bytes": Case(((DATA, 135), (DATA, 136))),
    "the same slice twice": Case(((DATA, 50), (DATA, 50))),
    "overlapping slices": Case(((DATA, 50), (DATA + 10, 60), (DATA + 69, 1))),
    "slices that are split in another way": Case(((DATA, 1), (DATA + 1, 0), (DATA + 1, 149))),
    "the slices themselves": Case(((HEAP, 32), (HEAP, 16))),
    "the result's place": Case(((RESULT, 32), (RESULT - 5, 20))),
    "the result over the data": Case(((DATA, 100),), result=DATA + 20),
    "the result over the slices": Case(((DATA, 100), (DATA + 5, 9)), result=HEAP),
    "the result over the slices, shifted": Case(((DATA, 100), (DATA + 5, 9)), result=HEAP + 5),
    "a result at an odd address": Case(((DATA, 9),), result=RESULT + 3),
    "a result on the stack": Case(((DATA, 9),), result=FRAME + 1),
    "a result in the input": Case(((DATA, 9),), result=INPUT),
    "a result across the end": Case(((DATA, 9),), result=HEAP_END - 31, fault="AccessViolation"),
    "a result nowhere": Case(((DATA, 9),), result=0x5_0000_0000, fault="AccessViolation"),
    "a result nowhere and slices nowhere": Case(
        count=1, address=0x6_0000_0000, result=0x5_0000_0000, fault="AccessViolation"
    ),
    "a result in a hole": Case(((DATA, 9),), result=FRAME + 0x2000 * 64, fault="AccessViolation"),
    "slices nowhere": Case(count=1, address=0x5_0000_0000, fault="AccessViolation"),
    "slices across the end": Case(count=2, address=HEAP_END - 24, fault="AccessViolation"),
    "slices at an odd address": Case(count=1, address=HEAP + 4, fault="UnalignedPointer"),
    "slices at an odd address, loader v1": Case(
        memory={HEAP + 4: slices((DATA, 30))}, count=1, address=HEAP + 4, loader=Loader.V1
    ),
    "a slice nowhere": Case(((DATA, 9), (0x5_0000_0000, 1)), fault="AccessViolation"),
    "a slice across the end": Case(((HEAP_END - 8, 9),), fault="AccessViolation"),
    "a slice of the stack and the input": Case(((FRAME + 100, 80), (INPUT, 40))),
    "a slice that is too long": Case(((DATA, 2**63 - 1),), fault="AccessViolation"),
    "a slice of half the address space": Case(((DATA, 2**63),), fault="InvalidLength"),
    "a slice of the whole address space": Case(((DATA, MASK),), fault="InvalidLength"),
    "20,001 slices": Case(count=20_001, fault="TooManySlices"),
    "slices without number": Case(count=MASK, fault="TooManySlices"),
    "20,000 slices that are not there": Case(count=20_000, fault="AccessViolation"),
}


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_cases(name: str, case: str, version: int) -> None:
    described = CASES[case]
    memory = {HEAP: slices(*described.pairs), DATA: CONTENT, **described.memory}
    count = len(described.pairs) if described.count is None else described.count
    arguments = (described.address, count, described.result)
    parameters = Parameters(features=FEATURES, loader=described.loader)
    execution = check(name, arguments, memory, (HEAP, 1024), parameters, version=version, data=bytes(64))
    assert failure(execution)[0] == described.fault
    if described.fault is None:
        cost = 85 + sum(max(10, length // 2) for _, length in described.pairs)
        if not described.memory:
            assert execution.run.trace.events[0].compute_units == cost
    if described.fault == "TooManySlices":
        assert execution.output.logs[1] == (
            f"{NAMES[name]} Hashing {count} sequences in one syscall is over the limit 20000"
        )
        assert execution.run.trace.events[0].compute_units == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("units", "charged"),
    [(84, 84), (85, 85), (94, 94), (95, 95), (134, 134), (135, 135), (144, 144), (145, 145)],
)
def test_too_few_compute_units(name: str, units: int, charged: int) -> None:
    """85 for the call, then 10, 40 and 10 for the slices. Each is paid before the next is checked."""
    memory = {HEAP: slices((DATA, 1), (DATA, 80), (MASK, 0)), DATA: CONTENT}
    free = check(name, (HEAP, 3, RESULT), memory, parameters=Parameters(features=FEATURES))
    (event,) = free.run.trace.events
    parameters = Parameters(compute_unit_limit=event.clk + units, features=FEATURES)
    execution = check(name, (HEAP, 3, RESULT), memory, parameters=parameters)
    expected = "ComputationalBudgetExceeded" if units < 145 else "ExceededMaxInstructions"
    assert failure(execution)[0] == expected
    assert execution.output.compute_units == event.clk + units


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_slice_before_too_few_compute_units(name: str) -> None:
    """An address is checked before its slice is paid."""
    memory = {HEAP: slices((DATA, 1), (0, 1_000))}
    free = check(name, (HEAP, 2, RESULT), memory, parameters=Parameters(features=FEATURES))
    (event,) = free.run.trace.events
    assert (failure(free)[0], event.compute_units) == ("AccessViolation", 95)
    parameters = Parameters(compute_unit_limit=event.clk + 95, features=FEATURES)
    assert failure(check(name, (HEAP, 2, RESULT), memory, parameters=parameters))[0] == "AccessViolation"


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("name", NAMES)
def test_20_000_slices(name: str, version: int) -> None:
    """The largest number of slices, all short, in an account's data."""
    data = slices(*((ACCOUNT_DATA + number, number % 3) for number in range(20_000)))
    parameters = Parameters(features=FEATURES)
    execution = check(
        name, (ACCOUNT_DATA, 20_000, RESULT), {}, (RESULT, 64), parameters, version=version, data=data
    )
    assert execution.output.success
    assert execution.run.trace.events[0].compute_units == 85 + 200_000


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", NAMES)
def test_random_slices(name: str, seed: int) -> None:
    source = random.Random(seed)
    pairs = [
        (DATA + source.randrange(200), source.choice([0, 1, source.randrange(200), source.randrange(3_000)]))
        for _ in range(source.randrange(1, 12))
    ]
    memory = {HEAP: slices(*pairs), DATA: source.randbytes(400)}
    version = source.randrange(4)
    execution = check(
        name, (HEAP, len(pairs), RESULT), memory, (RESULT, 64), Parameters(features=FEATURES), version=version
    )
    assert execution.output.success


@pytest.mark.parametrize("address", [IMAGE, 0])
@pytest.mark.parametrize("version", [0, 3])
def test_the_image(address: int, version: int) -> None:
    """The image can be read but not written. V3 has it at another address."""
    memory = {HEAP: slices((address, 16))}
    readable = address == (0 if version == 3 else IMAGE)
    execution = check("sol_sha256", (HEAP, 1, RESULT), memory, version=version)
    assert (failure(execution)[0] is None) == readable
    assert failure(check("sol_sha256", (HEAP, 0, address), version=version))[0] == "AccessViolation"
