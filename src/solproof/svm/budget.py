"""What the runtime charges, in compute units (CU).

Source: `SVMTransactionExecutionCost::default` and `SVMTransactionExecutionBudget` of solana-program-runtime
4.1 (execution_budget.rs).
"""

from __future__ import annotations

MAXIMUM_COMPUTE_UNIT_LIMIT = 1_400_000

SYSCALL_BASE_COST = 100
LOG_64_COST = 100
LOG_PUBKEY_COST = 100
SYSVAR_BASE_COST = 100
MEMORY_OPERATION_BASE_COST = 10
CROSS_PROGRAM_BYTES_PER_UNIT = 250

HEAP_PAGE_SIZE = 32 * 1024
HEAP_PAGE_COST = 8
MINIMUM_HEAP_SIZE = 32 * 1024
HEAP_SIZE_STEP = 1024


def memory_operation_cost(length: int) -> int:
    """The cost of moving, setting or comparing `length` bytes (`mem_op_consume`)."""
    return max(MEMORY_OPERATION_BASE_COST, length // CROSS_PROGRAM_BYTES_PER_UNIT)


def heap_cost(heap_size: int) -> int:
    """The cost of a heap of so many bytes: the first page is free (`calculate_heap_cost`).

    Charged before the program starts.
    """
    pages = -(-heap_size // HEAP_PAGE_SIZE)
    return max(pages - 1, 0) * HEAP_PAGE_COST
