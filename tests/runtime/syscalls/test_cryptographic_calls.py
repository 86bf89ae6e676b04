"""Rules for every cryptographic syscall: answer, cost, budget, addresses, and no forgery in a proof."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from solproof.errors import ProofRejected
from solproof.execution.execute import Execution
from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.single_instruction import prepare
from solproof.runtime.syscalls import SyscallContext
from solproof.statement.replay import replay
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses
from tests.support.cryptographic_calls import CALLS, RESULT, Call
from tests.support.replays import replay_memory
from tests.support.syscall_harness import (
    ACCOUNT_DATA,
    FRAME,
    HEAP,
    HEAP_END,
    IMAGE,
    INPUT,
    MASK,
    check,
    failure,
    revealed,
)

MARK = b"\xa5"
pytestmark = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
both_formats = pytest.mark.parametrize("version", [0, 3])


def run(
    call: Call,
    changes: dict[int, int] | None = None,
    *,
    version: int = 0,
    parameters: Parameters | None = None,
    data: bytes | None = None,
) -> Execution:
    """Run the call with some arguments changed, and compare everything with LiteSVM."""
    arguments = tuple((changes or {}).get(place, value) for place, value in enumerate(call.arguments))
    return check(
        call.name, arguments, call.memory, None, parameters or call.parameters(), version=version, data=data
    )


@both_formats
def test_answer_and_cost(call: Call, version: int) -> None:
    length = call.result_length
    memory = {**call.memory, RESULT - 8: MARK * (length + 16)}
    execution = check(
        call.name, call.arguments, memory, (RESULT - 8, length + 16), call.parameters(), version=version
    )
    assert execution.run.trace.events[0].result == 0
    assert execution.run.trace.events[0].compute_units == call.cost
    before, answer, after = (
        revealed(execution)[part] for part in (slice(8), slice(8, 8 + length), slice(8 + length, None))
    )
    assert (before, after) == (MARK * 8, MARK * 8)
    if call.answer is not None:
        assert answer == call.answer


@both_formats
def test_budget(call: Call, version: int) -> None:
    enough = run(call, version=version).output.compute_units
    for limit, name in ((enough, None), (enough - 2, "ComputationalBudgetExceeded")):
        execution = run(call, version=version, parameters=call.parameters(limit))
        assert failure(execution)[0] == name
        assert execution.output.compute_units == limit


@both_formats
def test_bad_addresses(call: Call, version: int) -> None:
    for pointer in call.pointers:
        bad = [
            0,
            IMAGE - 1,
            HEAP - 1,
            HEAP_END - pointer.length + 1,
            HEAP_END,
            FRAME - 1,
            FRAME + 0x2000 * 64,
            INPUT - 1,
            INPUT + 0x1000,
            MASK - pointer.length + 1,
            MASK,
        ]
        for address in [*bad, *([IMAGE] if pointer.writes else [])]:
            execution = run(call, {pointer.argument: address}, version=version)
            name, text = failure(execution)
            assert name in {"AccessViolation", "StackAccessViolation"}
            assert text is not None
            assert text.endswith(f"at address {address:#x} of size {pointer.length}")
            assert execution.output.error == "ProgramFailedToComplete"


def test_first_bad_address_wins(call: Call) -> None:
    places = {pointer.argument: 2**40 + 16 * place for place, pointer in enumerate(call.pointers)}
    execution = run(call, places)
    first = call.pointers[0]
    assert failure(execution)[1] == (
        f"Access violation in unknown section at address {2**40:#x} of size {first.length}"
    )


def test_results_in_every_region(call: Call) -> None:
    for pointer in call.pointers:
        if not pointer.writes:
            continue
        # The fourth range crosses a gap between frames, and so ends in the next frame.
        frame_end = FRAME + 0x1000
        places = (FRAME, frame_end - pointer.length, HEAP_END - pointer.length, frame_end - 1, ACCOUNT_DATA)
        for address in places:
            execution = run(call, {pointer.argument: address}, data=bytes(1024))
            assert (execution.run.fault, execution.run.r0) == (None, 0)


def test_result_over_each_operand(call: Call) -> None:
    for pointer in call.pointers:
        if not pointer.writes:
            continue
        for operand in sorted(call.memory):
            for offset in (-8, 0, 3, 8):
                execution = run(call, {pointer.argument: max(operand + offset, HEAP)})
                assert execution.output.success


@pytest.mark.parametrize("loader", list(Loader))
def test_unaligned_addresses(call: Call, loader: Loader) -> None:
    """Move the operands by 1. Only arrays of slices must be aligned."""
    for pointer in call.pointers:
        address = call.arguments[pointer.argument]
        memory = {**call.memory}
        if address in memory:
            memory[address + 1] = memory.pop(address)
        arguments = list(call.arguments)
        arguments[pointer.argument] += 1
        execution = check(call.name, arguments, memory, None, call.parameters(loader=loader))
        if pointer.alignment > 1 and loader is not Loader.V1:
            assert failure(execution) == ("UnalignedPointer", "Unaligned pointer")
        else:
            assert execution.output.success


@both_formats
def test_forged_events_are_rejected(call: Call, version: int) -> None:
    execution = run(call, version=version)
    (event,) = execution.run.trace.events
    results = set()
    if call.result_length:
        region, start = execution.run.layout.locate(RESULT, call.result_length, write=True)
        results = {(region, index) for index in range(start // 8, -(-(start + call.result_length) // 8))}
    assert results <= {(word.region, word.index) for word in event.words}
    moved = list(event.arguments)
    moved[call.pointers[0].argument] += 8

    def with_words(*words: WordAccess) -> SyscallEvent:
        return replace(event, words=WordAccesses.of(words))

    forged = [
        replace(event, result=1),
        replace(event, arguments=(moved[0], moved[1], moved[2], moved[3], moved[4])),
        with_words(*event.words[:-1]),
        with_words(*event.words, event.words[0]),
        with_words(*event.words, replace(event.words[0], index=0x200)),
    ]
    for number, word in enumerate(event.words):
        changes = {"new": word.new ^ 1 << 4}
        # A changed operand changes the result, if there is a result. There is one exception: a compression
        # uses only the sign of the second coordinate, and does not check that the point is on the curve.
        shows = word.index * 8 < call.result_length or " compress" not in call.title
        if results and shows and (word.region, word.index) not in results:
            changes["old"] = word.old ^ 1 << 4
        other = replace(word, **changes)
        forged.append(with_words(*event.words[:number], other, *event.words[number + 1 :]))
    for forgery in forged:
        assert_rejected(execution, forgery)


def assert_rejected(execution: Execution, event: SyscallEvent) -> None:
    """Check that the verifier's replay refuses the event."""
    invocation = prepare(execution.input)
    with pytest.raises(ProofRejected):
        memory = replay_memory(invocation, execution.run.trace.events)
        replay((event,), invocation, SyscallContext(invocation), memory, execution.run.final.clk)


def test_random_changes(call: Call) -> None:
    """Change some bits of operands and arguments. Whatever the result is, LiteSVM has the same."""
    random = Random(call.title)
    for _ in range(25):
        memory = {address: bytearray(content) for address, content in call.memory.items()}
        arguments = list(call.arguments)
        for _ in range(random.choice((1, 1, 2, 5))):
            content = random.choice(list(memory.values()))
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        if random.random() < 0.3:
            place = random.randrange(len(arguments))
            arguments[place] ^= 1 << random.choice((0, 1, 2, 3, 5, 7, 12, 32, 63))
        contents = {address: bytes(content) for address, content in memory.items()}
        check(call.name, arguments, contents, (RESULT, 576), call.parameters(), version=random.choice((0, 3)))
