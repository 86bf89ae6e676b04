"""The memory for a replay of events as a run recorded them."""

from __future__ import annotations

from collections.abc import Sequence

from solproof.runtime.invocation import Invocation
from solproof.vm.memory import INPUT, ReplayMemory
from solproof.vm.trace import SyscallEvent


def memory_for(events: Sequence[SyscallEvent], invocation: Invocation) -> ReplayMemory:
    """The memory of the invocation before its first instruction, for events that list every word they touch.

    An event of a claim lists fewer words (see `solproof.accesses.memory_log.listed_words`).
    """
    listed = {
        region: sorted({word.index for event in events for word in event.words if word.region == region})
        for region in (invocation.layout.image_region, INPUT)
    }
    image, region = invocation.program.image, invocation.serialized.region
    return ReplayMemory(invocation.layout, image, region, listed)
