"""The syscall that hands out heap: sol_alloc_free_.

Mainnet no longer deploys programs that call it, but those deployed before still do.

Source: solana-syscalls 4.1, lib.rs (`SyscallAllocFree`); `BpfAllocator` of solana-program-runtime 4.1
(invoke_context.rs).
"""

from __future__ import annotations

from solproof.runtime.syscalls.context import Syscall, SyscallContext
from solproof.vm.limits import HEAP_START

ALIGNMENT = 8
LONGEST_ALLOCATION = 2**63 - 1
NO_MEMORY = 0


def allocate_or_free(context: SyscallContext, size: int, address: int, _3: int, _4: int, _5: int) -> int:
    """Take `size` bytes from the heap, free of charge; r0 is where they start, or 0 when too few are left.

    With an `address`, free it: this does nothing.
    """
    alignment = ALIGNMENT if context.aligned else 1
    start = -(-context.heap_used // alignment) * alignment
    if address != 0 or size > LONGEST_ALLOCATION or start + size > context.memory.layout.heap_size:
        return NO_MEMORY
    context.heap_used = start + size
    return HEAP_START + start


SYSCALLS = (Syscall("sol_alloc_free_", allocate_or_free),)
