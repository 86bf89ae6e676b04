"""Replay of the events of a claim: each syscall runs again, on nothing but the words that the event lists.

The circuit proves that the program made these calls and that memory held these words. The replay shows that
the calls have the claimed effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof.errors import ProofRejected, Rejection
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.vm.faults import Fault
from solproof.vm.memory import ReplayMemory
from solproof.vm.trace import SyscallEvent


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of a replay.

    compute_units: the units that all syscalls took.
    failing, fault: the last event and its fault, if it failed.
    """

    compute_units: int
    failing: SyscallEvent | None = None
    fault: Fault | None = None


def replay(
    events: Sequence[SyscallEvent],
    invocation: Invocation,
    context: SyscallContext,
    memory: ReplayMemory,
    last_clk: int,
    memory_units: int = 0,
) -> Replay:
    """Run every event again in `context`, the invocation's context before the first instruction.

    `memory` is the frame's memory before the first instruction, and afterwards has what the events left.

    An event at `last_clk`, the last instruction, must fail, and every other event must not. `memory_units`:
    the compute units of all memory syscalls that the circuit proves.

    Raises `ProofRejected` if an event differs from its syscall's effects, or does not fit the run or the
    memory map.
    """
    context.memory = memory
    units, clk = 0, 0
    failing, fault = None, None
    for number, event in enumerate(events):
        where = f"event {number} (clk {event.clk})"
        if not clk < event.clk <= last_clk:
            raise ProofRejected(
                Rejection.EVENT_ORDER, f"{where}: expected a clk above {clk} and at most {last_clk}"
            )
        clk = event.clk
        # The circuit proves how many units came before an event, except for an event at the last instruction.
        if event.memory_units > memory_units or (clk == last_clk and event.memory_units != memory_units):
            raise ProofRejected(
                Rejection.EVENT_MEMORY_UNITS,
                f"{where}: {event.memory_units} compute units of memory syscalls before it, "
                f"of {memory_units}",
            )
        remaining = invocation.compute_unit_limit - clk - units - event.memory_units
        if remaining < 0:
            raise ProofRejected(
                Rejection.EVENT_LIMIT,
                f"{where}: the limit of {invocation.compute_unit_limit} compute units is used up",
            )
        fault = _replay_one(event, where, context, memory, remaining, is_last=clk == last_clk)
        units += remaining - context.remaining
        failing = event if clk == last_clk else None
    return Replay(units + memory_units, failing, fault)


def _replay_one(
    event: SyscallEvent,
    where: str,
    context: SyscallContext,
    memory: ReplayMemory,
    remaining: int,
    *,
    is_last: bool,
) -> Fault | None:
    """Replay one event and return its fault. Only the event at the last instruction may fail."""
    syscall = registry(context.features).get(event.key)
    if syscall is None:
        raise ProofRejected(
            Rejection.EVENT_SYSCALL, f"{where}: {event.key:#010x} is not the hash of a syscall"
        )
    where = f"{where}: {syscall.name}"
    words = {(word.region, word.index): word.old for word in event.words}
    if len(words) != len(event.words):
        raise ProofRejected(Rejection.EVENT_WORD_TWICE, f"{where}: lists a word twice")
    for word in event.words:
        if not memory.may_list(word.region, word.index):
            raise ProofRejected(
                Rejection.EVENT_WORD_UNLISTED,
                f"{where}: lists word {word.index} of region {word.region}, "
                "which is not among the frame's touched words",
            )
    memory.begin(words)
    context.remaining = remaining
    fault, result = None, 0
    try:
        result = syscall.execute(context, *event.arguments)
    except KeyError as error:
        raise ProofRejected(
            Rejection.EVENT_WORD_MISSING,
            f"{where}: does not list word {error.args[0]}, which the call touches",
        ) from None
    except Fault as raised:
        fault = raised
    if fault is not None and not is_last:
        raise ProofRejected(Rejection.EVENT_FAILS, f"{where}: fails: {fault}")
    if fault is None and is_last:
        raise ProofRejected(Rejection.EVENT_RETURNS, f"{where}: returns, so the instruction is not the last")
    if result != event.result:
        raise ProofRejected(
            Rejection.EVENT_RESULT, f"{where}: returns {result}, the claim says {event.result}"
        )
    if memory.used != set(words):
        raise ProofRejected(
            Rejection.EVENT_WORD_UNTOUCHED,
            f"{where}: lists a word that the call does not touch: {min(set(words) - memory.used)}",
        )
    for word in event.words:
        left = memory.word(word.region, word.index)
        if left != word.new:
            raise ProofRejected(
                Rejection.EVENT_WORD_AFTER,
                f"{where}: leaves {left:#x} in word {word.index} of region {word.region}, "
                f"the claim says {word.new:#x}",
            )
    return fault
