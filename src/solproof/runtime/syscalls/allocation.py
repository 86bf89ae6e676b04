"""The syscall that allocates heap memory: sol_alloc_free_.

Programs that call it can no longer be deployed on mainnet, but older ones still run there.

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
    """Allocate `size` bytes of the heap; r0 is their address, or 0 if too few bytes are left.

    With an `address` other than 0, the call asks to free that memory, which does nothing. The call is free of
    charge.
    """
    alignment = ALIGNMENT if context.aligned else 1
    start = -(-context.heap_used // alignment) * alignment
    if address != 0 or size > LONGEST_ALLOCATION or start + size > context.memory.layout.heap_size:
        return NO_MEMORY
    context.heap_used = start + size
    return HEAP_START + start


SYSCALLS = (Syscall("sol_alloc_free_", allocate_or_free),)
