from __future__ import annotations

from collections.abc import Callable

import pytest

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.instruction_error import InstructionFailure, instruction_error


def assert_refused(read: Callable[[], object]) -> None:
    with pytest.raises(InstructionFailure) as refused:
        read()
    assert refused.value.error == instruction_error("InvalidInstructionData")


def test_values_follow_each_other() -> None:
    key, text = bytes(range(32)), "é".encode()
    content = b"\1\0\0\2" + b"\3" + bytes(6) + b"\4" + key + b"\2" + bytes(7) + text + b"\0" * 8 + b"rest"
    data = InstructionData(content)
    assert data.u32() == 0x0200_0001
    assert data.u64() == 0x0400_0000_0000_0003
    assert data.key() == key
    assert data.string() == text
    assert data.byte_string() == b""
    assert data.take(4) == b"rest"
    assert data.take(0) == b""
    assert_refused(lambda: data.take(1))


@pytest.mark.parametrize("length", [0, 3])
def test_short_numbers(length: int) -> None:
    assert_refused(InstructionData(bytes(length)).u32)
    assert_refused(InstructionData(bytes(length + 4)).u64)
    assert_refused(InstructionData(bytes(length + 28)).key)


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"a\xc3"])
def test_a_string_is_utf8(text: bytes) -> None:
    content = len(text).to_bytes(8, "little") + text
    assert InstructionData(content).byte_string() == text
    assert_refused(InstructionData(content).string)


def test_values_end_within_a_packet() -> None:
    # Only an instruction from another program can have more data than a packet, which has 1,232 bytes.
    content = (1_224).to_bytes(8, "little") + bytes(2_000)
    assert InstructionData(content).byte_string() == bytes(1_224)
    assert_refused(InstructionData((1_225).to_bytes(8, "little") + bytes(2_000)).byte_string)
