"""Accounts of up to 10 MiB: the results of LiteSVM, in reasonable time and memory."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc

import pytest

from solproof.execution.execute import execute
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.serialization import serialize
from solproof.vm.limits import INPUT_START
from tests.support.elf_builder import build_elf, write_memory
from tests.support.litesvm_oracle import assert_like_litesvm

PROGRAM = bytes([4]) * 32
MEBIBYTE = 1024 * 1024
RICH = 10**12  # enough to be rent-exempt with 10 MiB
CONTENT = random.Random(1).randbytes(MAXIMUM_DATA_LENGTH)


def given(
    lengths: list[int], writes: list[tuple[int, str, int, bytes]], loader: Loader = Loader.V3
) -> ExecutionInput:
    """Accounts with data of these lengths, and a program that writes to their records.

    A write has an account, a field, the distance in bytes from the field's start, and the content.
    """
    accounts = tuple(
        InstructionAccount(
            Account(bytes([number + 10]) * 32, PROGRAM, RICH, CONTENT[:length]), is_writable=True
        )
        for number, length in enumerate(lengths)
    )
    serialized = serialize(accounts, b"", PROGRAM, loader)
    contents = {}
    for number, field, plus, content in writes:
        record = serialized.records[number]
        assert record is not None
        contents[INPUT_START + record + getattr(serialized.fields, field) + plus] = content
    elf = build_elf([*write_memory(contents), "lddw r0, 0; exit"])
    return ExecutionInput(elf, PROGRAM, accounts, b"", Parameters(loader=loader))


@pytest.mark.parametrize("length", [MAXIMUM_DATA_LENGTH, MAXIMUM_DATA_LENGTH - 5])
@pytest.mark.parametrize("loader", [Loader.V1, Loader.V3])
def test_ends_of_a_large_account(length: int, loader: Loader) -> None:
    writes = [(0, "data", 0, b"first"), (0, "data", length - 4, b"last")]
    execution = assert_like_litesvm(given([length], writes, loader))
    assert execution.output.success
    assert execution.output.accounts[0].data == b"first" + CONTENT[5 : length - 4] + b"last"


def test_tens_of_mebibytes() -> None:
    lengths = [MAXIMUM_DATA_LENGTH - 3, 5 * MEBIBYTE + 1, 0, MAXIMUM_DATA_LENGTH, 7, MAXIMUM_DATA_LENGTH - 1]
    writes = [(number, "data", length - 1, b"!") for number, length in enumerate(lengths) if length > 0]
    assert assert_like_litesvm(given(lengths, writes)).output.accounts_modified == 5


@pytest.mark.parametrize(
    ("length", "longer", "error"),
    [
        (MAXIMUM_DATA_LENGTH - 5, MAXIMUM_DATA_LENGTH, None),
        (MAXIMUM_DATA_LENGTH - 5, MAXIMUM_DATA_LENGTH + 1, "InvalidRealloc"),
        (MAXIMUM_DATA_LENGTH, MAXIMUM_DATA_LENGTH + 1, "InvalidRealloc"),
        (MAXIMUM_DATA_LENGTH, 0, None),
        (5 * MEBIBYTE, 5 * MEBIBYTE + 10_240, None),
        (5 * MEBIBYTE, 5 * MEBIBYTE + 10_241, "InvalidRealloc"),
        (5 * MEBIBYTE + 1, 2**63, "InvalidRealloc"),
    ],
)
def test_growing_a_large_account(length: int, longer: int, error: str | None) -> None:
    execution = assert_like_litesvm(given([length], [(0, "data_length", 0, struct.pack("<Q", longer))]))
    assert execution.output.error == error
    assert len(execution.output.accounts[0].data) == (longer if error is None else length)


def test_time_and_memory() -> None:
    """About 40 MiB of input: the serialized region, the region during and after the run, and the accounts."""
    scene = given([MAXIMUM_DATA_LENGTH - 3] * 4, [(2, "data", 9, b"changed")])
    region = len(serialize(scene.accounts, b"", PROGRAM).region)
    start = time.perf_counter()
    tracemalloc.start()
    try:
        execution = execute(scene)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert execution.output.success
    assert peak < 4 * region
    assert time.perf_counter() - start < 10  # takes 0.2 s on an idle computer
