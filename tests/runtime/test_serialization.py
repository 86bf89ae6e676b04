"""The input region, compared with bytes written by hand and with the bytes that a program sees in LiteSVM."""

from __future__ import annotations

import base64
import random
import struct
from dataclasses import replace
from functools import cache

import pytest
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.oracle.litesvm import runtime
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.serialization import serialize
from solproof.vm.limits import INPUT_START
from tests.support.accounts import KEY, OTHER, OWNER, PROGRAM, random_account
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.litesvm_oracle import LOADERS, assert_like_litesvm, litesvm_result

HEAP = 0x3_0000_0000


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


def test_one_account_and_its_duplicate_under_loader_v1() -> None:
    one = InstructionAccount(Account(KEY, OWNER, 7, b"abc", executable=True), is_signer=True)
    two = InstructionAccount(Account(OTHER, OWNER, 2**64 - 1, b""), is_writable=True)
    serialized = serialize((one, two, one), b"hello", PROGRAM, Loader.V1)
    expected = (
        struct.pack("<Q", 3)
        + bytes([255, 1, 0])
        + KEY
        + struct.pack("<QQ", 7, 3)
        + b"abc"
        + OWNER
        + b"\1"
        + b"\xff" * 8
        + bytes([255, 0, 1])
        + OTHER
        + struct.pack("<QQ", 2**64 - 1, 0)
        + OWNER
        + b"\0"
        + b"\xff" * 8
        + b"\0"
        + struct.pack("<Q", 5)
        + b"hello"
        + PROGRAM
    )
    assert serialized.region == expected
    assert serialized.records == (8, 8 + 51 + 3 + 32 + 1 + 8, None)
    assert serialized.instruction_data_address == INPUT_START + len(expected) - 37


# AGAINST LITESVM


@cache
def verbose_runtime() -> LiteSVM:
    """A LiteSVM that does not truncate its log."""
    return runtime().with_log_bytes_limit(None)


def seen_by_a_program(given: ExecutionInput, length: int) -> bytes:
    """The first `length` bytes of the input region in LiteSVM. A program logs them."""
    slices = write_memory({HEAP: struct.pack("<QQ", INPUT_START, length)})
    elf = build_elf([*slices, *call("sol_log_data", (HEAP, 1)), "exit"])
    machine = verbose_runtime()
    machine.add_program_with_loader(Pubkey(PROGRAM), elf, LOADERS[given.parameters.loader])
    result = litesvm_result(replace(given, program=elf), machine)
    assert result.success, result.logs
    return base64.b64decode(result.logs[1].removeprefix("Program data: "))


@pytest.mark.parametrize("loader", Loader)
@pytest.mark.parametrize("seed", range(30))
def test_a_program_sees_the_same_region(seed: int, loader: Loader) -> None:
    source = random.Random(seed)
    distinct = [random_account(source) for _ in range(source.randrange(6))]
    repeated = source.choices(distinct, k=source.randrange(4)) if distinct else []
    accounts = source.sample([*distinct, *repeated], len(distinct) + len(repeated))
    data = source.randbytes(source.randrange(300))
    given = ExecutionInput(b"", PROGRAM, tuple(accounts), data, Parameters(loader=loader))
    serialized = serialize(given.accounts, data, PROGRAM, loader)
    assert seen_by_a_program(given, len(serialized.region)) == serialized.region
    # One byte more is not there.
    elf = build_elf(f"lddw r1, {INPUT_START + len(serialized.region) - 7}; ldxdw r0, [r1]; exit")
    execution = assert_like_litesvm(replace(given, program=elf))
    assert execution.run.fault is not None
    # r1 to r5 as they are at the start.
    execution = assert_like_litesvm(replace(given, program=build_elf("syscall sol_log_64_; exit")))
    address = serialized.instruction_data_address
    assert execution.output.logs[1] == f"Program log: {INPUT_START:#x}, {address:#x}, 0x0, 0x0, 0x0"


@pytest.mark.parametrize("loader", Loader)
def test_the_most_accounts(loader: Loader) -> None:
    """255 entries, `MAX_ACCOUNTS_PER_INSTRUCTION`, of 60 accounts."""
    distinct = [
        InstructionAccount(Account(bytes([number, 9]) * 16, OWNER, 10**9, bytes(number)))
        for number in range(60)
    ]
    accounts = tuple(distinct[position * 7 % 60] for position in range(255))
    given = ExecutionInput(b"", PROGRAM, accounts, b"", Parameters(loader=loader))
    region = serialize(accounts, b"", PROGRAM, loader).region
    assert seen_by_a_program(given, len(region)) == region


@pytest.mark.parametrize("loader", [Loader.V3, Loader.V1])
def test_labels_name_every_byte(loader: Loader) -> None:
    one = InstructionAccount(Account(KEY, OWNER, 7, b"abc", executable=True), is_signer=True)
    two = InstructionAccount(Account(OTHER, OWNER, 2**64 - 1, b""), is_writable=True)
    serialized = serialize((one, two, one), b"hello", PROGRAM, loader)
    labels = serialized.labels()
    assert [label.start for label in labels] == [0, *(label.end for label in labels[:-1])]
    assert labels[-1].end == len(serialized.region)
    found = {label.name: serialized.region[label.start : label.end] for label in labels}
    expected = {
        "number_of_accounts": struct.pack("<Q", 3),
        "accounts[0].duplicate_marker": b"\xff",
        "accounts[0].is_signer": b"\1",
        "accounts[0].is_writable": b"\0",
        "accounts[0].is_executable": b"\1",
        "accounts[0].key": KEY,
        "accounts[0].owner": OWNER,
        "accounts[0].lamports": struct.pack("<Q", 7),
        "accounts[0].data_length": struct.pack("<Q", 3),
        "accounts[0].data": b"abc",
        "accounts[0].rent_epoch": b"\xff" * 8,
        "accounts[1].lamports": b"\xff" * 8,
        "accounts[2].duplicate_marker": bytes(8 if loader is Loader.V3 else 1),
        "instruction_data_length": struct.pack("<Q", 5),
        "instruction_data": b"hello",
        "program_id": PROGRAM,
    }
    assert {name: found[name] for name in expected} == expected
    assert "accounts[1].data" not in found  # it has no bytes
    assert ("accounts[0].room_to_grow" in found) == (loader is Loader.V3)
