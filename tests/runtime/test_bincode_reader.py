from __future__ import annotations

from collections.abc import Callable

import pytest

from solproof.runtime.bincode_reader import BincodeReader
from solproof.runtime.instruction_error import InstructionFailure, instruction_error


def reader(content: bytes) -> BincodeReader:
    return BincodeReader(content, "InvalidAccountData")


def assert_invalid(read: Callable[[], object]) -> None:
    with pytest.raises(InstructionFailure) as refused:
        read()
    assert refused.value.error == instruction_error("InvalidAccountData")


def test_values_follow_each_other() -> None:
    content = reader(b"\xff" + b"\1\2" + b"\1\0\0\0" + b"\2" + bytes(7) + b"\xfe" + b"\xff" * 7 + b"\1rest")
    assert content.u8() == 255
    assert content.u16() == 0x201
    assert content.u32() == 1
    assert content.u64() == 2
    assert content.i64() == -2
    assert content.boolean() is True
    assert content.take(4) == b"rest"
    assert content.position == len(content.content)
    assert_invalid(content.u8)


def test_options() -> None:
    assert reader(b"\0").optional_u64() is None
    assert reader(b"\0").optional_i64() is None
    assert reader(b"\1" + b"\xff" * 8).optional_u64() == 2**64 - 1
    assert reader(b"\1" + b"\xff" * 8).optional_i64() == -1
    assert_invalid(reader(b"\2" + bytes(8)).optional_u64)
    assert_invalid(reader(b"\1" + bytes(7)).optional_i64)


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (b"\0", 0),
        (b"\x7f", 127),
        (b"\x80\1", 128),
        (b"\xff\x7f", 16_383),
        (b"\x80\x80\1", 16_384),
        (b"\xff\xff\3", 65_535),
    ],
)
def test_short_lengths(content: bytes, length: int) -> None:
    # The cases of solana-short-vec 3.2.2 (`test_short_vec_u16`).
    assert reader(content).short_length() == length
    assert_invalid(reader(content[:-1]).short_length)


@pytest.mark.parametrize(
    "content",
    [b"\x80\0", b"\x80\x80\0", b"\xff\0", b"\xff\x80\0", b"\xff\xff\4", b"\xff\xff\x83\0", b"\x80\x80\x80\1"],
)
def test_invalid_short_lengths(content: bytes) -> None:
    assert_invalid(reader(content).short_length)


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b"\0", 0),
        (b"\x7f", 127),
        (b"\x80\1", 128),
        (b"\xff" * 9 + b"\1", 2**64 - 1),
        (b"\x80" * 9 + b"\1", 2**63),
    ],
)
def test_variable_numbers(content: bytes, number: int) -> None:
    assert reader(content).variable_u64() == number
    assert_invalid(reader(content[:-1]).variable_u64)


@pytest.mark.parametrize(
    "content",
    [b"\x80\0", b"\xff\0", b"\xff" * 9 + b"\2", b"\xff" * 10 + b"\1", b"\x80" * 10 + b"\1", b"\x80" * 20],
)
def test_invalid_variable_numbers(content: bytes) -> None:
    # The rules of solana-serde-varint 3.0.1: no last byte of zero, and nothing beyond 64 bits.
    assert_invalid(reader(content).variable_u64)
