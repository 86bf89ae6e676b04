"""Runs at the limits of the machine are proven: heap, depth, budget, sizes of accounts and inputs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from solproof.execution.execute import execute
from solproof.proving.prove import prove_execution
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.execution_output import ExecutionOutput
from solproof.verifying.verify import verify
from tests.support.elf_builder import build_elf
from tests.support.mainnet_programs import mainnet_programs

HEAP, INPUT = 0x3_0000_0000, 0x4_0000_0000
VERSIONS = (0, 1, 2, 3)
LARGEST_ACCOUNT = 10 * 1024 * 1024
OWNER, KEY = bytes([9]) * 32, bytes([5]) * 32


def proven(given: ExecutionInput) -> ExecutionOutput:
    """The output of an execution whose proof verifies."""
    execution = execute(given)
    verdict = verify(prove_execution(execution).data, given)
    assert verdict.output == execution.output
    return verdict.output


def program(parts: Sequence[str], version: int, **parameters: int) -> ExecutionInput:
    return ExecutionInput(build_elf(parts, version), OWNER, (), b"", Parameters(**parameters))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [32 * 1024, 256 * 1024])
@pytest.mark.parametrize("version", VERSIONS)
def test_last_word_of_the_heap(size: int, version: int) -> None:
    body = [f"lddw r1, {HEAP + size - 8}; stxdw [r1], r1; ldxb r0, [r1+7]; exit"]
    assert proven(program(body, version, heap_size=size)).exit_code == 0
    beyond = [f"lddw r1, {HEAP + size - 7}; stxdw [r1], r1; exit"]
    assert proven(program(beyond, version, heap_size=size)).fault == "AccessViolation"


@pytest.mark.parametrize(("calls", "fault"), [(63, None), (64, "CallDepthExceeded")])
@pytest.mark.parametrize("version", VERSIONS)
def test_depth(calls: int, fault: str | None, version: int) -> None:
    """r1 counts down, and each call returns."""
    body: list[str] = [
        f"mov64 r1, {calls}; jeq r1, 0, +2; add64 r1, -1; call -3; exit",
    ]
    output = proven(program(body, version))
    assert (output.fault, output.instructions) == (fault, 1 + 3 * calls + (2 + calls if fault is None else 0))


@pytest.mark.parametrize(("limit", "fault"), [(3, None), (2, "ExceededMaxInstructions")])
@pytest.mark.parametrize("version", VERSIONS)
def test_budget(limit: int, fault: str | None, version: int) -> None:
    body = ["mov64 r0, 0; mov64 r1, 0; exit"]
    output = proven(program(body, version, compute_unit_limit=limit))
    assert (output.fault, output.compute_units) == (fault, limit)


def test_the_largest_account() -> None:
    """The last byte of 10 MiB of data becomes 7. Proving needs only the words that the run touches."""
    account = Account(KEY, OWNER, 1, bytes(LARGEST_ACCOUNT))
    last = INPUT + 8 + 88 + LARGEST_ACCOUNT - 1
    body = [f"lddw r1, {last}; mov64 r2, 7; stxb [r1], r2; exit"]
    given = ExecutionInput(build_elf(body), OWNER, (InstructionAccount(account, is_writable=True),), b"")
    output = proven(given)
    assert output.accounts[0].data[-2:] == b"\0\7"


@pytest.mark.parametrize("length", range(8))
@pytest.mark.parametrize("version", [0, 3])
def test_inputs_of_any_length(length: int, version: int) -> None:
    """The last byte of the input is readable, and no byte after it is."""
    data = bytes(range(1, length + 1))
    for beyond, fault in ((0, None), (1, "AccessViolation")):
        end = 16 + length + 32 - 1 + beyond
        body = [f"lddw r1, {INPUT + end}; ldxb r0, [r1]; mov64 r0, 0; exit"]
        output = proven(ExecutionInput(build_elf(body, version), OWNER, (), data))
        assert output.fault == fault


def test_the_unaligned_layout() -> None:
    """Memo v1, which has the deprecated loader, on an account whose data has an odd length."""
    account = InstructionAccount(Account(KEY, bytes(32), 1, b"abc"), is_signer=True)
    memo = mainnet_programs()["memo_v1"]
    given = ExecutionInput(memo, OWNER, (account,), b"a memo", Parameters(loader=Loader.V1))
    assert proven(given).success
