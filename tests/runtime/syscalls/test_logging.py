"""sol_log_, sol_log_64_, sol_log_pubkey, sol_log_compute_units_, sol_log_data."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import Parameters
from tests.support.syscall_harness import FRAME, HEAP, HEAP_END, IMAGE, MASK, check, failure, slices


@pytest.mark.parametrize("text", ["", "hello", "é ∀ 🦀", "a\nb\0c", "x" * 100, "x" * 101, "x" * 500])
def test_log(text: str) -> None:
    content = text.encode()
    execution = check("sol_log_", (HEAP + 3, len(content)), {HEAP + 3: content})
    assert execution.output.logs[1] == f"Program log: {text}"
    assert execution.run.trace.events[0].compute_units == max(100, len(content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ab\xff", "invalid utf-8 sequence of 1 bytes from index 2: [97, 98, 255]"),
        (b"\x80", "invalid utf-8 sequence of 1 bytes from index 0: [128]"),
        (b"\xc0\x80", "invalid utf-8 sequence of 1 bytes from index 0: [192, 128]"),
        (b"\xc3", "incomplete utf-8 byte sequence from index 0: [195]"),
        (b"\xc3A", "invalid utf-8 sequence of 1 bytes from index 0: [195, 65]"),
        (b"\xe2\x82", "incomplete utf-8 byte sequence from index 0: [226, 130]"),
        (b"\xe2\x82A", "invalid utf-8 sequence of 2 bytes from index 0: [226, 130, 65]"),
        (b"\xe0\x80\x80", "invalid utf-8 sequence of 1 bytes from index 0: [224, 128, 128]"),
        (b"\xed\xa0\x80", "invalid utf-8 sequence of 1 bytes from index 0: [237, 160, 128]"),
        (b"\xf0\x9f\xa6", "incomplete utf-8 byte sequence from index 0: [240, 159, 166]"),
        (b"\xf0\x9f\xa6A", "invalid utf-8 sequence of 3 bytes from index 0: [240, 159, 166, 65]"),
        (b"\xf0\x80", "invalid utf-8 sequence of 1 bytes from index 0: [240, 128]"),
        (b"\xf4\x90\x80\x80", "invalid utf-8 sequence of 1 bytes from index 0: [244, 144, 128, 128]"),
        (b"\xf5\x80", "invalid utf-8 sequence of 1 bytes from index 0: [245, 128]"),
        ("é".encode() + b"\xe2", "incomplete utf-8 byte sequence from index 2: [195, 169, 226]"),
    ],
    ids=lambda value: value.hex() if isinstance(value, bytes) else "",
)
def test_log_of_bytes_that_are_no_text(content: bytes, message: str) -> None:
    execution = check("sol_log_", (HEAP, len(content)), {HEAP: content})
    assert failure(execution) == ("InvalidString", message)


@pytest.mark.parametrize(
    ("address", "length", "message"),
    [
        (0, 1, "Access violation in unknown section at address 0x0 of size 1"),
        (HEAP_END - 4, 5, "Access violation in heap section at address 0x300007ffc of size 5"),
        (FRAME + 0x1000, 1, "Access violation in stack frame 1 at address 0x200001000 of size 1"),
        (HEAP, 2**62, "Computational budget exceeded"),
        (HEAP, MASK, "Computational budget exceeded"),
    ],
)
def test_log_violations(address: int, length: int, message: str) -> None:
    assert failure(check("sol_log_", (address, length)))[1] == message


def test_log_of_nothing_anywhere() -> None:
    assert check("sol_log_", (MASK, 0)).output.logs[1] == "Program log: "


@pytest.mark.parametrize("values", [(0, 1, 255, 2**32, MASK), (16, 15, 10, 2**63, 7)])
def test_log_64(values: tuple[int, ...]) -> None:
    execution = check("sol_log_64_", values)
    assert execution.output.logs[1] == "Program log: " + ", ".join(hex(value) for value in values)


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, bytes(range(32)), bytes(5) + b"\1" * 27])
def test_log_pubkey(key: bytes) -> None:
    assert check("sol_log_pubkey", (HEAP + 1,), {HEAP + 1: key}).output.success


@pytest.mark.parametrize("address", [0, HEAP_END - 31, IMAGE - 32])
def test_log_pubkey_violations(address: int) -> None:
    assert failure(check("sol_log_pubkey", (address,)))[0] == "AccessViolation"


@pytest.mark.parametrize("limit", [100, 101, 102, 500, 1_400_000])
def test_log_compute_units(limit: int) -> None:
    check("sol_log_compute_units_", (), parameters=Parameters(compute_unit_limit=limit))


@pytest.mark.parametrize(
    ("pairs", "cost"),
    [
        ([], 100),
        ([(HEAP + 512, 5)], 205),
        ([(HEAP + 512, 0)], 200),
        ([(HEAP + 512, 5), (HEAP + 514, 1), (MASK, 0), (IMAGE, 200)], 706),
    ],
)
def test_log_data(pairs: list[tuple[int, int]], cost: int) -> None:
    execution = check("sol_log_data", (HEAP, len(pairs)), {HEAP: slices(*pairs), HEAP + 512: b"\0\1\2\3\4"})
    assert execution.run.trace.events[0].compute_units == cost


@pytest.mark.parametrize(
    ("address", "count", "pairs", "message"),
    [
        (HEAP + 4, 1, [], "Unaligned pointer"),
        (HEAP_END - 16, 2, [], "Access violation in heap section at address 0x300007ff0 of size 32"),
        (HEAP, 2**60, [], "InvalidLength"),
        (
            HEAP,
            2**59 - 1,
            [],
            "Access violation in heap section at address 0x300000000 of size 9223372036854775792",
        ),
        (HEAP, MASK, [], "InvalidLength"),
        (HEAP, 1, [(0, 1)], "Access violation in unknown section at address 0x0 of size 1"),
        (HEAP, 1, [(HEAP, MASK)], "Computational budget exceeded"),
        (HEAP, 2, [(HEAP, MASK), (HEAP, MASK)], "Computational budget exceeded"),
        (
            HEAP,
            2,
            [(HEAP, 8), (HEAP_END, 3)],
            "Access violation in heap section at address 0x300008000 of size 3",
        ),
    ],
)
def test_log_data_violations(address: int, count: int, pairs: list[tuple[int, int]], message: str) -> None:
    assert failure(check("sol_log_data", (address, count), {HEAP: slices(*pairs)}))[1] == message


@pytest.mark.parametrize("name", ["sol_log_64_", "sol_log_pubkey", "sol_log_compute_units_", "sol_log_data"])
@pytest.mark.parametrize("remaining", [99, 100])
def test_cost_is_charged_before_anything_else(name: str, remaining: int) -> None:
    parameters = Parameters(compute_unit_limit=2 + remaining)
    execution = check(name, (0,), parameters=parameters)
    broke = failure(execution) == ("ComputationalBudgetExceeded", "Computational budget exceeded")
    assert broke == (remaining == 99)
