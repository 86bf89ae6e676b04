"""The circuit of solproof: every chip that can be in a proof."""

from __future__ import annotations

from solproof.air.bus import ALL_BUSES
from solproof.air.circuit import Circuit
from solproof.circuit import boundary, lookup
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.memory import image, refresh
from solproof.circuit.memory import words as memory
from solproof.circuit.syscalls import event, memory_call, memory_compare, memory_copy

TABLES = (
    boundary.EXECUTION,
    boundary.REGISTER_BOUNDARY,
    image.CHIP,
    memory.INPUT_WORDS,
    memory.STACK_HEAP,
    memory_call.CHIP,
    memory_copy.CHIP,
    memory_compare.CHIP,
    event.SYSCALL,
    event.EVENT_WORD,
    refresh.REGISTER_REFRESH,
    refresh.MEMORY_REFRESH,
    lookup.CHIP,
)
CIRCUIT = Circuit((*(executor.chip for executor in EXECUTORS), *TABLES), ALL_BUSES)
