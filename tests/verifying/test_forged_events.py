"""Every syscall, with every lie about its event.

A proof with a changed claim is rejected. So is a run recorded by a machine whose syscalls do something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from solproof.backend.engine_texts import UNREADABLE
from solproof.errors import ProofRejected, Rejection
from solproof.execution import machine_executor
from solproof.execution.execute import Execution, execute
from solproof.program.syscall_names import SYSCALL_HASHES, SYSCALL_NAMES
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.single_instruction import prepare
from solproof.runtime.syscalls import SUPPORTED, Syscall, SyscallContext, registry
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import ProofFile
from solproof.statement.replay import replay
from solproof.verifying.verify import verify
from solproof.vm.faults import SyscallFault
from solproof.vm.memory import HEAP as HEAP_REGION
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses
from tests.support.elf_builder import call
from tests.support.event_examples import (
    ENDING,
    EXAMPLES,
    PARAMETERS,
    RESULT,
    UNTOUCHED,
    given_input,
)
from tests.support.replays import replay_memory

RETURNING = [name for name in EXAMPLES if name not in ENDING]


def test_every_syscall_has_an_example() -> None:
    assert set(EXAMPLES) == set(SUPPORTED)


# A CHANGED CLAIM


class Proven(NamedTuple):
    """A proof and the claim about its frame."""

    given: ExecutionInput
    file: ProofFile
    frame: FrameClaim

    def with_frame(self, **changes: Any) -> bytes:
        """The file with some fields of its claim changed."""
        claim = Claim((replace(self.frame, **changes),))
        return replace(self.file, claim=claim.to_bytes()).to_bytes()


@lru_cache(maxsize=3)
def proven(*names: str) -> Proven:
    """One proof of all these calls."""
    # The first call is not an event: the circuit proves the call and its charge.
    given = given_input(*names, before=call("sol_memset_", (RESULT, 0xEE, 8)))
    file = ProofFile.from_bytes(prove(given).data)
    (frame,) = Claim.from_bytes(file.claim).frames
    return Proven(given, file, frame)


def proof_with(name: str) -> tuple[Proven, int]:
    """A proof with a call of a syscall, and the number of its event."""
    proof = proven(name) if name in ENDING else proven(*RETURNING)
    numbers = [number for number, event in enumerate(proof.frame.events) if SYSCALL_NAMES[event.key] == name]
    assert len(numbers) == 1
    return proof, numbers[0]


def lies_about(event: SyscallEvent) -> Iterator[tuple[str, SyscallEvent]]:
    """The event with one thing changed."""
    yield "another result", replace(event, result=event.result ^ 1)
    yield "another high bit of the result", replace(event, result=event.result ^ 1 << 63)
    for number in range(5):
        first, second, third, fourth, fifth = (
            argument ^ (8 * (place == number)) for place, argument in enumerate(event.arguments)
        )
        yield f"another argument {number}", replace(event, arguments=(first, second, third, fourth, fifth))
    for name in ("sol_log_64_", "sol_memset_", "sol_get_stack_height"):
        if event.key != SYSCALL_HASHES[name]:
            yield f"{name} instead", replace(event, key=SYSCALL_HASHES[name])
    yield "fewer units before", replace(event, memory_units=event.memory_units - 1)
    yield "more units before", replace(event, memory_units=event.memory_units + 1)
    yield "no syscall", replace(event, key=event.key ^ 1)
    yield "earlier", replace(event, clk=event.clk - 1)
    yield "later", replace(event, clk=event.clk + 1)
    words = tuple(event.words)

    def with_words(*changed: WordAccess) -> SyscallEvent:
        return replace(event, words=WordAccesses.of(changed))

    yield "one word more", with_words(*words, WordAccess(HEAP_REGION, UNTOUCHED, 0, 0))
    for number, word in enumerate(words):
        before, after = words[:number], words[number + 1 :]
        yield f"without word {number}", with_words(*before, *after)
        yield f"word {number} twice", with_words(*before, word, word, *after)
        changes: dict[str, dict[str, int]] = {
            "found otherwise": {"old": word.old ^ 1 << 33},
            "left otherwise": {"new": word.new ^ 1 << 33},
            "found and left otherwise": {"old": word.old ^ 256, "new": word.new ^ 256},
            "elsewhere": {"index": UNTOUCHED},
            "in another region": {"region": word.region % 4 + 1},
        }
        for title, change in changes.items():
            yield f"word {number} {title}", with_words(*before, replace(word, **change), *after)


def lists_without_the_truth(
    events: tuple[SyscallEvent, ...], number: int
) -> Iterator[tuple[str, tuple[SyscallEvent, ...]]]:
    """The events with one missing, one more, one twice, or two exchanged."""
    event, before, after = events[number], events[:number], events[number + 1 :]
    yield "missing", (*before, *after)
    yield "twice", (*before, event, event, *after)
    yield "twice, the second later", (*before, event, replace(event, clk=event.clk + 1), *after)
    yield "twice, the first earlier", (*before, replace(event, clk=event.clk - 1), event, *after)
    if after:
        other, *rest = after
        yield "in another order", (*before, other, event, *rest)
        exchanged = (replace(other, clk=event.clk), replace(event, clk=other.clk))
        yield "exchanged with the next", (*before, *exchanged, *rest)
        yield "from here on", before
        yield "moved to the end", (*before, *after, replace(event, clk=events[-1].clk + 1))


@pytest.mark.parametrize("name", EXAMPLES)
def test_changed_claims(name: str) -> None:
    proof, number = proof_with(name)
    events = proof.frame.events
    lists = dict(lists_without_the_truth(events, number))
    for title, event in lies_about(events[number]):
        lists[title] = (*events[:number], event, *events[number + 1 :])
    for title, lie in lists.items():
        assert lie != events
        with pytest.raises(ProofRejected) as rejected:
            verify(proof.with_frame(events=lie), proof.given)
        assert not str(rejected.value).startswith(UNREADABLE), title


@pytest.mark.parametrize("units", [0, 9, 11, 2**31 - 2**24 + 11, 2**32 - 1])
@pytest.mark.parametrize("name", ["sol_log_", "sol_panic_"])
def test_changed_units(name: str, units: int) -> None:
    """The claim holds the cost of memory syscalls that chips prove, in total and before each event."""
    proof, _ = proof_with(name)
    assert proof.frame.memory_units == 10
    events = tuple(replace(event, memory_units=units) for event in proof.frame.events)
    lies = (
        proof.with_frame(memory_units=units),
        proof.with_frame(memory_units=units, events=events),
        proof.with_frame(events=events),
    )
    for data in lies:
        with pytest.raises(ProofRejected):
            verify(data, proof.given)


@pytest.mark.parametrize("name", ["sol_sha256", *ENDING])
def test_the_truth_is_accepted(name: str) -> None:
    """The verifier counts the runtime's compute units itself, because they are not in the claim."""
    proof, _ = proof_with(name)
    verdict = verify(proof.file.to_bytes(), proof.given)
    assert verdict.output == execute(proof.given).output
    free = tuple(replace(event, compute_units=7) for event in proof.frame.events)
    assert proof.with_frame(events=free) == proof.file.to_bytes()


# A MACHINE WHOSE SYSCALLS DO SOMETHING ELSE


class LyingMemory:
    """A memory that stores a different last byte."""

    def __init__(self, true: Any) -> None:
        self._true = true
        self.has_written = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._true, name)

    def write(self, address: int, content: bytes) -> None:
        self.has_written = True
        self._true.write(address, content[:-1] + bytes([content[-1] ^ 0x80]))


def execute_with(name: str, lying: Any) -> Execution:
    """A run in which one syscall is replaced by another function."""
    features = PARAMETERS.features
    syscalls = {**registry(features), SYSCALL_HASHES[name]: Syscall(name, lying)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine_executor, "registry", lambda _: MappingProxyType(syscalls))
        return execute(given_input(name))


def replayed(execution: Execution) -> int:
    """The compute units that the verifier's replay of a run counts."""
    run, invocation = execution.run, prepare(execution.input)
    events, context = run.trace.events, SyscallContext(invocation)
    memory = replay_memory(invocation, events)
    return replay(events, invocation, context, memory, run.final.clk).compute_units


@pytest.mark.parametrize("name", RETURNING)
def test_lying_results(name: str) -> None:
    def lying(context: SyscallContext, *arguments: int) -> int:
        return SUPPORTED[name].execute(context, *arguments) ^ 1

    with pytest.raises(
        ProofRejected, match=rf"^event 0 \(clk \d+\): {name}: returns \d+, the claim says \d+$"
    ) as caught:
        replayed(execute_with(name, lying))
    assert caught.value.reason is Rejection.EVENT_RESULT


@pytest.mark.parametrize("name", RETURNING)
def test_lying_memory(name: str) -> None:
    """A wrong write is noticed, and so is a write by a syscall that writes nothing."""
    memories = []

    def lying(context: SyscallContext, *arguments: int) -> int:
        memory = context.memory
        lying_memory: Any = LyingMemory(memory)
        memories.append(lying_memory)
        context.memory = lying_memory
        try:
            result = SUPPORTED[name].execute(context, *arguments)
        finally:
            context.memory = memory
        if not lying_memory.has_written:
            memory.write(RESULT, b"?")
        return result

    execution = execute_with(name, lying)
    reason, sentence = (
        (Rejection.EVENT_WORD_AFTER, "leaves 0x[0-9a-f]+ in word")
        if memories[0].has_written
        else (Rejection.EVENT_WORD_UNTOUCHED, "lists a word that the call does not")
    )
    with pytest.raises(ProofRejected, match=rf"^event 0 \(clk \d+\): {name}: {sentence}") as caught:
        replayed(execution)
    assert caught.value.reason is reason


@pytest.mark.parametrize("name", RETURNING)
def test_lying_charges(name: str) -> None:
    """The verifier counts the runtime's charge, whatever the machine charged."""

    def lying(context: SyscallContext, *arguments: int) -> int:
        remaining = context.remaining
        result = SUPPORTED[name].execute(context, *arguments)
        context.remaining = remaining
        return result

    true = execute(given_input(name)).run
    execution = execute_with(name, lying)
    assert execution.run.compute_units == true.instructions
    assert replayed(execution) == true.compute_units - true.instructions


@pytest.mark.parametrize("name", ENDING)
def test_syscalls_that_do_not_end_the_run(name: str) -> None:
    def lying(context: SyscallContext, *arguments: int) -> int:
        with suppress(SyscallFault):
            SUPPORTED[name].execute(context, *arguments)
        return 0

    with pytest.raises(ProofRejected, match=rf"^event 0 \(clk \d+\): {name}: fails: ") as caught:
        replayed(execute_with(name, lying))
    assert caught.value.reason is Rejection.EVENT_FAILS
