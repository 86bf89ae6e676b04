"""Proofs of runs with many frames: every mix of versions and loaders, many frames, and large accounts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from solproof.execution.execute import Execution, execute
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, Account, InstructionAccount
from solproof.runtime.executable import LOADERS
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.invoke import MAXIMUM_STACK_HEIGHT, MAXIMUM_TRACE_LENGTH
from solproof.runtime.requested_instruction import Meta, RequestedInstruction
from solproof.vm.limits import INPUT_START
from tests.support.calling_programs import caller
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.frame_trees import single_instruction
from tests.support.invoking_program import invoking_program
from tests.support.proof_agreement import assert_provable, assert_proven
from tests.support.syscall_harness import HEAP

VERSIONS = (0, 1, 2, 3)
OWNERS = {loader: owner for owner, loader in LOADERS.items()}
FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))
RETURNED = b"returned"


def given(
    files: Sequence[bytes], loaders: Sequence[Loader], parameters: Parameters | None = None
) -> ExecutionInput:
    """The instruction of the first of these programs, whose accounts are those of all programs."""
    keys = (FIRST, SECOND, THIRD)[: len(files)]
    accounts = tuple(
        InstructionAccount(Account(key, OWNERS[loader], 1, b"", executable=True))
        for key, loader in zip(keys, loaders, strict=True)
    )
    return ExecutionInput(
        files[0],
        FIRST,
        accounts,
        b"",
        parameters or Parameters(loader=loaders[0]),
        programs=tuple(zip(keys[1:], files[1:], strict=True)),
    )


def calls(program_id: bytes, *programs: bytes, version: int) -> bytes:
    """The file of a program that calls a program. Both have the accounts of the given programs."""
    accounts = [Account(key, OWNERS[Loader.V3], 1, b"", executable=True) for key in programs]
    invoked = RequestedInstruction(program_id, tuple(map(Meta, programs)), b"data")
    return invoking_program(accounts, [invoked], version=version)


def callers(first: int, second: int) -> list[bytes]:
    """The files of a program that calls the second program, which calls the third one."""
    programs = (FIRST, SECOND, THIRD)
    return [calls(SECOND, *programs, version=first), calls(THIRD, *programs, version=second)]


def returns(*, version: int) -> bytes:
    """The file of a program that uses its stack and its heap, and returns eight bytes."""
    return build_elf(
        [
            "mov64 r5, 77; stxdw [r10-8], r5; ldxdw r4, [r10-8]",
            *write_memory({HEAP: RETURNED}),
            *call("sol_set_return_data", (HEAP, len(RETURNED))),
            "mov64 r0, 0; exit",
        ],
        version,
    )


def assert_all(execution: Execution, frames: int) -> None:
    assert len(execution.frames) == frames
    assert_provable(execution)
    assert_proven(execution)


@pytest.mark.parametrize("third", VERSIONS)
@pytest.mark.parametrize("second", VERSIONS)
@pytest.mark.parametrize("first", VERSIONS)
def test_versions(first: int, second: int, third: int) -> None:
    """Each program uses the same words of its own heap, and the last one returns data to the others."""
    files = [*callers(first, second), returns(version=third)]
    execution = execute(given(files, [Loader.V3] * 3))
    assert execution.output.success
    assert execution.output.return_data.data == RETURNED
    versions = [frame.invocation.program.version for frame in execution.frames]
    assert versions == [first, second, third]
    assert_provable(execution)
    if first != second != third != first:
        assert_proven(execution)


@pytest.mark.parametrize("second", Loader)
@pytest.mark.parametrize("first", Loader)
def test_loaders(first: Loader, second: Loader) -> None:
    files = [caller(SECOND, then="mov64 r0, 0; exit"), returns(version=0)]
    execution = execute(given(files, [first, second]))
    assert execution.output.success
    assert_all(execution, 2)


@pytest.mark.parametrize("count", [MAXIMUM_TRACE_LENGTH - 1, MAXIMUM_TRACE_LENGTH])
def test_as_many_frames_as_a_transaction_has(count: int) -> None:
    """63 calls are as many as there may be. One more fails."""
    accounts = [Account(key, OWNERS[Loader.V3], 1, b"", executable=True) for key in (FIRST, SECOND)]
    file = invoking_program(accounts, [RequestedInstruction(SECOND, (), b"")] * count)
    execution = execute(given([file, returns(version=3)], [Loader.V3] * 2))
    assert execution.output.success == (count < MAXIMUM_TRACE_LENGTH)
    assert_all(execution, MAXIMUM_TRACE_LENGTH)


@pytest.mark.parametrize("version", VERSIONS)
def test_recursion(version: int) -> None:
    """A program calls itself until the stack of invocations is full, and every frame fails."""
    execution = execute(given([calls(FIRST, FIRST, version=version)], [Loader.V3]))
    assert execution.output.error == "CallDepth"
    assert_all(execution, MAXIMUM_STACK_HEIGHT)


@pytest.mark.parametrize(
    "ending",
    ["lddw r1, 0; ldxdw r0, [r1]; exit", "mov64 r0, 9; exit", "ja -1", "call loop\nloop:\ncall loop"],
)
def test_a_callee_fails(ending: str) -> None:
    """A fault, an exit code, a spent budget, and too many open calls, in the third program."""
    files = [*callers(0, 3), build_elf(ending, 2)]
    execution = execute(given(files, [Loader.V3] * 3, Parameters(compute_unit_limit=20_000)))
    assert not execution.output.success
    assert_all(execution, 3)


@pytest.mark.parametrize("heap_size", [32 * 1024, 33 * 1024, 256 * 1024])
def test_heap_sizes(heap_size: int) -> None:
    execution = execute(single_instruction(heap_size))
    assert execution.output.success
    assert_all(execution, 3)


def test_a_large_account() -> None:
    """A callee writes into an account of 10 MiB. The claim lists only the words that programs touch."""
    account = Account(bytes([9]) * 32, SECOND, 10**12, bytes(range(256)) * (MAXIMUM_DATA_LENGTH // 256))
    program = Account(SECOND, OWNERS[Loader.V3], 1, b"", executable=True)
    data = INPUT_START + 8 + 88
    writer = build_elf(f"lddw r1, {data + 7}; stdw [r1], -1; mov64 r0, 0; exit", 3)
    invoked = RequestedInstruction(SECOND, (Meta(account.key, is_writable=True),), b"")
    execution = execute(
        ExecutionInput(
            invoking_program([account, program], [invoked]),
            FIRST,
            (InstructionAccount(account, is_writable=True), InstructionAccount(program)),
            b"",
            programs=((SECOND, writer),),
        )
    )
    assert execution.output.success
    assert execution.output.accounts[0].data[7:15] == b"\xff" * 8
    assert_all(execution, 2)
