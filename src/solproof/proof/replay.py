"""Replay of the events of a claim: the syscalls run again, on the words that it lists and on nothing else.

The circuit proves that the program made these calls and that memory held these words; this proves that the
calls do what is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof.errors import ProofRejected, UnsupportedError
from solproof.svm.syscalls import REGISTRY, SyscallContext
from solproof.vm.faults import Fault
from solproof.vm.memory import Layout, ReplayMemory
from solproof.vm.trace import SyscallEvent


def replay(
    events: Sequence[SyscallEvent],
    context: SyscallContext,
    layout: Layout,
    instructions: int,
    compute_unit_limit: int,
) -> int:
    """Run every event again in `context`; returns the compute units that the syscalls took.

    Raises `ProofRejected` when an event is not what its syscall does, or does not fit run or memory map.
    """
    units, clk = 0, 0
    for number, event in enumerate(events):
        where = f"event {number} (clk {event.clk})"
        if not clk < event.clk < instructions:
            raise ProofRejected(f"{where}: expected a clk above {clk} and below {instructions}")
        clk = event.clk
        units += _replay_one(event, where, context, layout, compute_unit_limit - clk - units)
    if instructions + units > compute_unit_limit:
        raise ProofRejected(
            f"the run takes {instructions + units} compute units, the limit is {compute_unit_limit}"
        )
    return units


def _replay_one(
    event: SyscallEvent, where: str, context: SyscallContext, layout: Layout, remaining: int
) -> int:
    syscall = REGISTRY.get(event.key)
    if syscall is None:
        raise ProofRejected(f"{where}: {event.key:#010x} is not the hash of a syscall")
    where = f"{where}: {syscall.name}"
    words = {(word.region, word.index): word.old for word in event.words}
    if len(words) != len(event.words):
        raise ProofRejected(f"{where}: lists a word twice")
    memory = ReplayMemory(layout, words)
    context.memory, context.remaining = memory, remaining
    try:
        result = syscall.execute(context, *event.arguments)
    except KeyError as error:
        raise ProofRejected(f"{where}: does not list word {error.args[0]}, which the call touches") from None
    except Fault as fault:
        raise ProofRejected(f"{where}: fails: {fault}") from None
    except UnsupportedError as error:
        raise ProofRejected(f"{where}: {error}") from None
    if result != event.result:
        raise ProofRejected(f"{where}: returns {result}, the claim says {event.result}")
    if memory.used != set(words):
        raise ProofRejected(
            f"{where}: lists a word that the call does not touch: {min(set(words) - memory.used)}"
        )
    for word in event.words:
        left = memory.words[word.region, word.index]
        if left != word.new:
            raise ProofRejected(
                f"{where}: leaves {left:#x} in word {word.index} of region {word.region}, "
                f"the claim says {word.new:#x}"
            )
    return remaining - context.remaining
