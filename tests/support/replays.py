"""The memory of a verifier that knows only the words that events list."""

from __future__ import annotations

from collections.abc import Sequence

from solproof.runtime.invocation import Invocation
from solproof.vm.memory import INPUT, ReplayMemory
from solproof.vm.trace import SyscallEvent


def replay_memory(invocation: Invocation, events: Sequence[SyscallEvent]) -> ReplayMemory:
    """A memory in which all words of these events are listed, whether or not an instruction touches them."""
    regions = (invocation.layout.image_region, INPUT)
    listed = {
        region: sorted({word.index for event in events for word in event.words if word.region == region})
        for region in regions
    }
    program, region = invocation.program, invocation.serialized.region
    return ReplayMemory(invocation.layout, program.image, region, listed)
