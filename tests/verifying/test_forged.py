"""Provers that skip the checks: the engine proves a lie, and the verifier rejects the proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from assurance.forgery import Forgery
from solproof.errors import ProofRejected, Rejection
from solproof.execution import machine_executor
from solproof.execution.execute import execute
from solproof.proving import prove as prove_module
from solproof.proving.prove import prove, prove_execution
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import registry
from solproof.verifying.verify import verify
from tests.support.elf_builder import build_elf, call, write_memory
from tests.verifying.conftest import Proven

HEAP = 0x3_0000_0000


def proof_of_a_lie(
    given: ExecutionInput, lie: Callable[[Forgery], object], monkeypatch: pytest.MonkeyPatch
) -> bytes:
    """A proof whose witness was changed before it was proven."""

    def lying(*arguments: Any) -> Witness:
        forgery = Forgery(build_witness(*arguments))
        lie(forgery)
        forgery.count_lookups()
        return Witness(tuple(forgery.instances), forgery.public)

    monkeypatch.setattr(prove_module, "build_witness", lying)
    return prove(given).data


def _sum(lie: Forgery) -> None:
    row = lie.row("add", 5)
    row["c_0"] = row["c_0"] + 1


def _flag(lie: Forgery) -> None:
    lie.row("jump")["is_taken"] = 2


def _count(lie: Forgery) -> None:
    row = lie.row("code", 3)
    row["executions"] = row["executions"] + 1


def _twice(lie: Forgery) -> None:
    table = lie.tables("add")[-1]
    table.main[-1] = table.main[0]


def _memory(lie: Forgery) -> None:
    row = lie.row("load", 2)
    row["value_1"] = row["value_1"] ^ 1


def _result(lie: Forgery) -> None:
    lie.row("registers", 0)["last_0"] = 1


def _drop(lie: Forgery) -> None:
    lie.instances = [instance for instance in lie.instances if instance.chip.name != "jump"]


def _nothing(_: Forgery) -> None:
    pass


@pytest.mark.parametrize("lie", [_sum, _flag, _twice, _memory, _result, _drop])
def test_forged_witnesses(
    lie: Callable[[Forgery], object], pinocchio: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = proof_of_a_lie(pinocchio.given, lie, monkeypatch)
    with pytest.raises(ProofRejected, match=r"^the engine's part of the proof ") as caught:
        verify(data, pinocchio.given)
    assert caught.value.reason is Rejection.ENGINE_PROOF


def test_forged_count(pinocchio: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    """A multiplicity that differs from how often the entry is queried."""

    def lying(*arguments: Any) -> Witness:
        forgery = Forgery(build_witness(*arguments))
        _count(forgery)
        return Witness(tuple(forgery.instances), forgery.public)

    monkeypatch.setattr(prove_module, "build_witness", lying)
    data = prove(pinocchio.given).data
    with pytest.raises(ProofRejected, match=r"^the engine's part of the proof ") as caught:
        verify(data, pinocchio.given)
    assert caught.value.reason is Rejection.ENGINE_PROOF


def test_an_honest_witness_on_the_same_way(pinocchio: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    data = proof_of_a_lie(pinocchio.given, _nothing, monkeypatch)
    assert verify(data, pinocchio.given).output == pinocchio.output


# SYSCALLS: the engine accepts lies that the circuit leaves to the replay.

ACROSS = 0x2_0000_0FFC


class LyingMemory:
    """A memory that stores a different first byte."""

    def __init__(self, true: Any) -> None:
        self._true = true

    def __getattr__(self, name: str) -> Any:
        return getattr(self._true, name)

    def write(self, address: int, content: bytes) -> None:
        self._true.write(address, bytes([content[0] ^ 1]) + content[1:])


class LyingSyscall:
    """A syscall whose result, or the memory that it leaves, differs from the runtime's."""

    def __init__(self, true: Any, result: int, memory: bool) -> None:
        self.name = true.name
        self._true, self._result, self._memory = true, result, memory

    def execute(self, context: Any, *arguments: int) -> int:
        memory = context.memory
        if self._memory:
            context.memory = LyingMemory(memory)
        try:
            result: int = self._true.execute(context, *arguments)
        finally:
            context.memory = memory
        return result ^ self._result


@pytest.mark.parametrize(
    ("to", "result", "memory", "reason", "sentence"),
    [
        (HEAP, 0, False, None, ""),
        (
            HEAP,
            0,
            True,
            Rejection.ENGINE_PROOF,
            r"the engine's part of the proof breaks the constraints of the chip memory_copy: ",
        ),
        (ACROSS, 0, False, None, ""),
        (
            ACROSS,
            2**40,
            False,
            Rejection.EVENT_RESULT,
            r"event 0 \(clk 7\): sol_memcpy_: returns 0, the claim says 1099511627776",
        ),
        (
            ACROSS,
            0,
            True,
            Rejection.EVENT_WORD_AFTER,
            r"event 0 \(clk 7\): sol_memcpy_: leaves 0x403020100000000 in word 511 of region 2, "
            r"the claim says 0x403020000000000",
        ),
    ],
)
def test_lying_syscalls(
    to: int,
    result: int,
    memory: bool,
    reason: Rejection | None,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run in which a syscall did something different.

    Copies across frames of the stack are events. So the proof is consistent, and only the replay can notice.
    """
    content = (0x0807060504030201).to_bytes(8, "little")
    parts = [
        *write_memory({HEAP + 64: content}),
        *call("sol_memcpy_", (to, HEAP + 64, 8)),
        f"lddw r1, {to}",
    ]
    elf = build_elf([*parts, "ldxdw r0, [r1]; exit"])
    given = ExecutionInput(elf, bytes(32), (), b"")
    with monkeypatch.context() as patch:
        lying = {key: LyingSyscall(true, result, memory) for key, true in registry(MAINNET).items()}
        patch.setattr(machine_executor, "registry", lambda _: MappingProxyType(lying))
        execution = execute(given)
    data = prove_execution(execution).data
    if reason is None:
        assert verify(data, given).output == execution.output
    else:
        with pytest.raises(ProofRejected, match=sentence) as caught:
            verify(data, given)
        assert caught.value.reason is reason


def test_syscall_without_charge(classic: Proven) -> None:
    """The verifier counts compute units itself."""
    events = tuple(replace(event, compute_units=0) for event in classic.frame.events)
    data = classic.with_frame(events=events)
    assert verify(data, classic.given).output.compute_units == classic.output.compute_units
