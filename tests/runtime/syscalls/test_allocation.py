"""sol_alloc_free_: addresses, exhaustion, alignment by loader, and Memo v1, which uses it."""

from __future__ import annotations

import random

import pytest
from solders.pubkey import Pubkey

from solproof.execution.execute import Execution
from solproof.oracle.litesvm import runtime
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import registry
from tests.support.elf_builder import build_elf, call
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs
from tests.support.syscall_harness import HEAP, MASK, PROGRAM, replay

FRAME = 0x2_0000_0000
OTHER_KEY = bytes([7]) * 32


def allocate(
    requests: list[tuple[int, int]], loader: Loader = Loader.V3, heap_size: int = 32 * 1024
) -> list[int]:
    """Call the syscall with these sizes and addresses, and return the results."""
    parts: list[str] = []
    for number, request in enumerate(requests):
        parts += [*call("sol_alloc_free_", request), f"lddw r6, {FRAME + 8 * number}; stxdw [r6], r0"]
    parts += [*call("sol_set_return_data", (FRAME, 8 * len(requests))), "lddw r0, 0; exit"]
    parameters = Parameters(loader=loader, heap_size=heap_size)
    execution = assert_like_litesvm(ExecutionInput(build_elf(parts), PROGRAM, (), b"", parameters))
    replay(execution)
    returned = execution.output.return_data.data
    return [int.from_bytes(returned[at : at + 8], "little") for at in range(0, len(returned), 8)]


@pytest.mark.parametrize(("loader", "alignment"), [(Loader.V1, 1), (Loader.V2, 8), (Loader.V3, 8)])
def test_addresses_rise(loader: Loader, alignment: int) -> None:
    second = HEAP + (1 if alignment == 1 else 8)
    third = second + (3 if alignment == 1 else 8)
    assert allocate([(1, 0), (3, 0), (0, 0), (8, 0)], loader) == [HEAP, second, third, third]


def test_free_does_nothing() -> None:
    assert allocate([(8, 0), (8, HEAP), (8, 1), (8, 0)]) == [HEAP, 0, 0, HEAP + 8]


@pytest.mark.parametrize("heap_size", [32 * 1024, 33 * 1024, 256 * 1024])
@pytest.mark.parametrize("loader", [Loader.V1, Loader.V3])
def test_the_end_of_the_heap(heap_size: int, loader: Loader) -> None:
    assert allocate([(heap_size, 0), (1, 0), (0, 0)], loader, heap_size) == [HEAP, 0, HEAP + heap_size]
    assert allocate([(heap_size + 1, 0), (8, 0)], loader, heap_size) == [0, HEAP]
    # An allocation that fails does not take its padding.
    last = HEAP + heap_size - 3
    assert allocate([(heap_size - 3, 0), (1, 0), (3, 0)], loader, heap_size)[1:] == (
        [last, 0] if loader is Loader.V1 else [0, 0]
    )


@pytest.mark.parametrize("size", [2**63 - 8, 2**63 - 7, 2**63 - 1, 2**63, MASK - 7, MASK])
@pytest.mark.parametrize("loader", [Loader.V1, Loader.V3])
def test_absurd_sizes(size: int, loader: Loader) -> None:
    assert allocate([(1, 0), (size, 0), (size, 1), (1, 0)], loader)[1:3] == [0, 0]


@pytest.mark.parametrize("seed", range(10))
def test_random_requests(seed: int) -> None:
    source = random.Random(seed)
    sizes = [source.choice([0, 1, 7, 8, 9, 100, 5000, 16_384]) for _ in range(40)]
    allocate([(size, source.random() < 0.1) for size in sizes], source.choice(list(Loader)))


# MEMO V1


def memo(content: bytes, *accounts: InstructionAccount, limit: int = 1_400_000) -> Execution:
    """Memo v1 as on mainnet: loader v1, the deprecated layout, and sol_alloc_free_."""
    program_id = Pubkey.from_string(PROGRAM_IDS["memo_v1"])
    parameters = Parameters(compute_unit_limit=limit, loader=Loader.V1)
    given = ExecutionInput(mainnet_programs()["memo_v1"], bytes(program_id), accounts, content, parameters)
    execution = assert_like_litesvm(given, runtime(parameters))
    replay(execution)
    return execution


def test_memo_v1() -> None:
    execution = memo(b"hello, world")
    assert execution.output.success
    assert execution.output.compute_units == 357
    assert not execution.run.trace.events


@pytest.mark.parametrize("content", [b"", b"a", "é".encode(), b"z" * 566, b"\xff", b"ok\xc3"])
def test_memos(content: bytes) -> None:
    memo(content)


@pytest.mark.parametrize("limit", [1, 100, 200, 300, 356, 357])
def test_memo_v1_with_little_budget(limit: int) -> None:
    assert memo(b"hello, world", limit=limit).output.success == (limit == 357)


def test_memo_v1_allocates_for_accounts() -> None:
    entry = InstructionAccount(Account(OTHER_KEY, PROGRAM, 10**9, b"12345"), is_signer=True)
    other = InstructionAccount(Account(PROGRAM, OTHER_KEY, 10**9, b"1"), is_writable=True)
    execution = memo(b"hello", entry, other, entry)
    assert execution.output.success
    names = {registry(MAINNET)[event.key].name for event in execution.run.trace.events}
    assert names == {"sol_alloc_free_"}
