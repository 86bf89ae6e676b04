"""The input region, against bytes written out by hand and against what a program sees in LiteSVM."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from solproof.errors import UnsupportedError
from solproof.svm.accounts import Account, InstructionAccount
from solproof.svm.execution_input import ExecutionInput, Loader
from solproof.svm.serialization import INPUT_START, serialize
from tests.litesvm_oracle import litesvm_result
from tests.svm.elf_builder import build_elf, call, leave

KEY, OTHER, OWNER, PROGRAM = (bytes([number]) * 32 for number in (1, 2, 3, 4))


def test_nothing() -> None:
    serialized = serialize((), b"", PROGRAM)
    assert serialized.region == bytes(16) + PROGRAM
    assert serialized.instruction_data_address == INPUT_START + 16
    assert serialized.records == ()


def test_one_account_and_its_duplicate() -> None:
    one = InstructionAccount(Account(KEY, OWNER, 7, b"abc", executable=True), is_signer=True)
    two = InstructionAccount(Account(OTHER, OWNER, 2**64 - 1, b""), is_writable=True)
    serialized = serialize((one, two, one), b"hello", PROGRAM)
    expected = (
        struct.pack("<Q", 3)
        + bytes([255, 1, 0, 1, 0, 0, 0, 0])
        + KEY
        + OWNER
        + struct.pack("<QQ", 7, 3)
        + b"abc"
        + bytes(10_240 + 5)
        + b"\xff" * 8
        + bytes([255, 0, 1, 0, 0, 0, 0, 0])
        + OTHER
        + OWNER
        + struct.pack("<QQ", 2**64 - 1, 0)
        + bytes(10_240)
        + b"\xff" * 8
        + bytes(8)
        + struct.pack("<Q", 5)
        + b"hello"
        + PROGRAM
    )
    assert serialized.region == expected
    assert serialized.records == (8, 8 + 88 + 8 + 10_240 + 8, None)
    assert serialized.instruction_data_address == INPUT_START + len(expected) - 37


def test_loader_v1_is_refused() -> None:
    with pytest.raises(UnsupportedError) as raised:
        serialize((), b"", PROGRAM, Loader.V1)
    assert str(raised.value) == (
        "programs of the deprecated loader v1 (input layout ABI v0) are not supported yet"
    )


@pytest.mark.parametrize("data_length", [0, 1, 7, 8, 9, 165])
def test_a_program_sees_the_same_region(data_length: int) -> None:
    """A program that returns 1,024 bytes of its input, wherever they are, in LiteSVM."""
    one = InstructionAccount(Account(KEY, OWNER, 10**9, bytes(range(1, data_length + 1))), is_writable=True)
    two = InstructionAccount(Account(OTHER, PROGRAM, 10**9, b"\x55" * 3), is_signer=True)
    given = ExecutionInput(b"", PROGRAM, (one, two, one, two), b"instruction data!")
    serialized = serialize(given.accounts, given.instruction_data, PROGRAM)
    region = serialized.region
    seen = bytearray(region)
    for start in [*range(0, 1024, 1024), len(region) // 2 - 512, len(region) - 1024]:
        elf = build_elf([*call("sol_set_return_data", (INPUT_START + start, 1024)), leave()])
        result = litesvm_result(replace(given, program=elf))
        assert result.success
        # Trailing zeros are kept: the data has 1,024 bytes as a program set it.
        seen[start : start + 1024] = result.return_data.data.ljust(1024, b"\0")
    assert bytes(seen) == region


def test_r2_points_at_the_instruction_data() -> None:
    given = ExecutionInput(b"", PROGRAM, (InstructionAccount(Account(KEY, OWNER, 1, b"abc")),), b"xyz")
    address = serialize(given.accounts, given.instruction_data, PROGRAM).instruction_data_address
    elf = build_elf(["sol_log_64_", leave()])  # logs r1 to r5 as they are at the start
    result = litesvm_result(replace(given, program=elf))
    assert result.logs[1] == f"Program log: {INPUT_START:#x}, {address:#x}, 0x0, 0x0, 0x0"
