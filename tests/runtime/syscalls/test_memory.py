"""sol_memcpy_, sol_memmove_, sol_memset_, sol_memcmp_."""

from __future__ import annotations

import struct

import pytest

from solproof.runtime.execution_input import Parameters
from tests.support.elf_builder import TEXT_OFFSET
from tests.support.syscall_harness import FRAME, HEAP, HEAP_END, IMAGE, INPUT, MASK, check, failure, revealed

DATA = bytes(range(1, 41))


@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_"])
@pytest.mark.parametrize(
    ("to", "start", "length"),
    [(64, 0, 40), (64, 0, 1), (65, 3, 17), (71, 0, 8), (64, 8, 8), (72, 1, 0), (103, 7, 33)],
)
def test_copies(name: str, to: int, start: int, length: int) -> None:
    execution = check(name, (HEAP + to, HEAP + start, length), {HEAP: DATA}, (HEAP + 64, 80))
    expected = bytearray(80)
    expected[to - 64 : to - 64 + length] = DATA[start : start + length]
    assert revealed(execution) == bytes(expected)


@pytest.mark.parametrize(
    ("to", "start", "length"), [(4, 0, 30), (0, 4, 30), (8, 8, 16), (1, 0, 39), (0, 1, 39)]
)
def test_move_between_overlapping_places(to: int, start: int, length: int) -> None:
    execution = check("sol_memmove_", (HEAP + to, HEAP + start, length), {HEAP: DATA}, (HEAP, 48))
    expected = bytearray(DATA.ljust(48, b"\0"))
    expected[to : to + length] = DATA[start : start + length]
    assert revealed(execution) == bytes(expected)


@pytest.mark.parametrize(("to", "start", "length"), [(4, 0, 5), (0, 4, 5), (8, 8, 1), (8, 8, 16)])
def test_copy_refuses_overlap(to: int, start: int, length: int) -> None:
    execution = check("sol_memcpy_", (HEAP + to, HEAP + start, length), {HEAP: DATA})
    assert failure(execution) == ("CopyOverlapping", "Overlapping copy")


@pytest.mark.parametrize(("to", "start", "length"), [(4, 0, 4), (0, 4, 4), (8, 8, 0)])
def test_copy_of_neighbours(to: int, start: int, length: int) -> None:
    assert check("sol_memcpy_", (HEAP + to, HEAP + start, length), {HEAP: DATA}, (HEAP, 40)).output.success


@pytest.mark.parametrize(
    ("to", "start", "length"),
    [
        (HEAP, IMAGE + TEXT_OFFSET, 48),
        (FRAME, IMAGE + 3, 8),
        (FRAME + 0x2000 * 63 + 0xFF8, HEAP, 8),
        (HEAP, INPUT, 48),
        (INPUT, HEAP, 8),
        (INPUT + 40, HEAP, 8),
        (HEAP_END - 1, HEAP, 1),
        (FRAME, HEAP, 0x2000),
        (FRAME + 0xFFC, HEAP, 8),
        (FRAME, FRAME + 0x2000, 0x1000),
    ],
)
def test_copy_between_regions(to: int, start: int, length: int) -> None:
    assert check("sol_memcpy_", (to, start, length)).output.success


@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_"])
@pytest.mark.parametrize(
    ("to", "start", "length", "message"),
    [
        (IMAGE, HEAP, 1, "Access violation in program section at address 0x100000000 of size 1"),
        (HEAP_END, HEAP, 1, "Access violation in heap section at address 0x300008000 of size 1"),
        (HEAP_END - 7, HEAP, 8, "Access violation in heap section at address 0x300007ff9 of size 8"),
        (HEAP, HEAP_END - 7, 8, "Access violation in heap section at address 0x300007ff9 of size 8"),
        (HEAP, INPUT + 41, 8, "Access violation in input section at address 0x400000029 of size 8"),
        (HEAP, 0, 1, "Access violation in unknown section at address 0x0 of size 1"),
        (HEAP, 0x5_0000_0000, 9, "Access violation in unknown section at address 0x500000000 of size 9"),
        (HEAP, MASK - 8, 8, "Access violation in unknown section at address 0xfffffffffffffff7 of size 8"),
        (FRAME + 0x1000, HEAP, 8, "Access violation in stack frame 1 at address 0x200001000 of size 8"),
        (FRAME + 0x2000 * 64, HEAP, 8, "Access violation in stack section at address 0x200080000 of size 8"),
        # The destination is checked first.
        (IMAGE, 0, 1, "Access violation in program section at address 0x100000000 of size 1"),
    ],
)
def test_violations(name: str, to: int, start: int, length: int, message: str) -> None:
    assert failure(check(name, (to, start, length)))[1] == message


@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_", "sol_memset_"])
def test_nothing_to_do_looks_at_no_address(name: str) -> None:
    assert check(name, (MASK, 0, 0), reveal=(HEAP, 8)).output.success


@pytest.mark.parametrize("length", [0, 2_499, 2_500, 2_749, 2_750, 9_999, 10_000, 30_000])
def test_cost(length: int) -> None:
    execution = check("sol_memset_", (HEAP, 1, length))
    assert execution.run.trace.events[0].compute_units == max(10, length // 250)


@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"])
@pytest.mark.parametrize("length", [2**32, 2**63 - 1, 2**63, MASK])
def test_absurd_lengths_cost_the_whole_budget(name: str, length: int) -> None:
    parameters = Parameters(compute_unit_limit=1_400_000)
    execution = check(name, (HEAP, FRAME, length, HEAP), parameters=parameters)
    assert failure(execution) == ("ComputationalBudgetExceeded", "Computational budget exceeded")
    assert execution.output.error == "ComputationalBudgetExceeded"
    assert execution.output.compute_units == 1_400_000


@pytest.mark.parametrize(
    ("start", "value", "length"), [(0, 7, 40), (3, 0x1FF, 1), (7, 2**40, 2), (5, MASK, 20)]
)
def test_set(start: int, value: int, length: int) -> None:
    execution = check("sol_memset_", (HEAP + start, value, length), {HEAP: DATA}, (HEAP, 48))
    expected = bytearray(DATA.ljust(48, b"\0"))
    expected[start : start + length] = bytes([value & 0xFF]) * length
    assert revealed(execution) == bytes(expected)


def test_set_violation() -> None:
    assert failure(check("sol_memset_", (IMAGE + 8, 0, 3)))[1] == (
        "Access violation in program section at address 0x100000008 of size 3"
    )


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        (b"", b"", 0),
        (b"same", b"same", 0),
        (b"a", b"c", -2),
        (b"\xff", b"\0", 255),
        (b"\0", b"\xff", -255),
        (b"1234567890abcdefX", b"1234567890abcdefx", -32),
        (b"b" + bytes(30), b"a" + b"\xff" * 30, 1),
        (bytes(15) + b"\1\xff", bytes(15) + b"\2\0", -1),
    ],
)
def test_compare(first: bytes, second: bytes, difference: int) -> None:
    memory = {HEAP: first, HEAP + 67: second, HEAP + 128: b"\xaa" * 12}
    arguments = (HEAP, HEAP + 67, len(first), HEAP + 132)
    execution = check("sol_memcmp_", arguments, memory, (HEAP + 128, 12))
    assert revealed(execution) == b"\xaa" * 4 + struct.pack("<i", difference) + b"\xaa" * 4


@pytest.mark.parametrize("offset", [1, 2, 3])
def test_compare_needs_an_aligned_result(offset: int) -> None:
    execution = check("sol_memcmp_", (HEAP, HEAP, 8, HEAP + 64 + offset))
    assert failure(execution) == ("UnalignedPointer", "Unaligned pointer")


@pytest.mark.parametrize(
    ("first", "second", "length", "result", "message"),
    [
        (0, IMAGE - 1, 4, HEAP, "Access violation in unknown section at address 0x0 of size 4"),
        (HEAP, 0, 4, 0, "Access violation in unknown section at address 0x0 of size 4"),
        (HEAP, HEAP, 4, IMAGE, "Access violation in program section at address 0x100000000 of size 4"),
        (HEAP, HEAP, 4, IMAGE + 1, "Access violation in program section at address 0x100000001 of size 4"),
        (HEAP, HEAP, 0, 0, "Access violation in unknown section at address 0x0 of size 4"),
        (HEAP, HEAP, 4, HEAP_END - 2, "Access violation in heap section at address 0x300007ffe of size 4"),
    ],
)
def test_compare_violations(first: int, second: int, length: int, result: int, message: str) -> None:
    assert failure(check("sol_memcmp_", (first, second, length, result)))[1] == message


def test_compare_with_the_result_in_an_operand() -> None:
    memory = {HEAP: b"abcdefgh", HEAP + 8: b"abcdefgz"}
    execution = check("sol_memcmp_", (HEAP, HEAP + 8, 8, HEAP), memory, (HEAP, 16))
    assert revealed(execution) == struct.pack("<i", ord("h") - ord("z")) + b"efghabcdefgz"
