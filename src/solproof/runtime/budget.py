"""Prices and limits of the runtime, in compute units (CU) and bytes.

Source: `SVMTransactionExecutionCost::default` and `SVMTransactionExecutionBudget` of solana-program-runtime
4.1 (execution_budget.rs).
"""

from __future__ import annotations

from dataclasses import dataclass

MAXIMUM_COMPUTE_UNIT_LIMIT = 1_400_000

SYSCALL_BASE_COST = 100
LOG_64_COST = 100
LOG_PUBKEY_COST = 100
SYSVAR_BASE_COST = 100
HASH_BASE_COST = 85
HASH_BYTES_PER_UNIT = 2
CREATE_PROGRAM_ADDRESS_COST = 1_500
INVOKE_COST = 946
MEMORY_OPERATION_BASE_COST = 10
CROSS_PROGRAM_BYTES_PER_UNIT = 250

SECP256K1_RECOVER_COST = 25_000
POSEIDON_BASE_COST = 542
POSEIDON_COST_PER_SQUARED_INPUT = 61
MODULAR_POWER_BASE_COST = 190
MODULAR_POWER_SQUARED_BYTES_PER_UNIT = 2

ALT_BN128_COSTS = {
    "g1_add": 334,
    "g1_multiply": 3_840,
    "g1_compress": 30,
    "g1_decompress": 398,
    "g2_add": 535,
    "g2_multiply": 15_670,
    "g2_compress": 86,
    "g2_decompress": 13_610,
}
ALT_BN128_FIRST_PAIR_COST = 36_364
ALT_BN128_OTHER_PAIR_COST = 12_121


@dataclass(frozen=True, slots=True)
class GroupCosts:
    """Costs of one group of an elliptic curve in CU, 0 for operations that its syscalls do not offer."""

    validate: int
    add: int
    subtract: int
    multiply: int
    first_of_sum: int = 0
    other_of_sum: int = 0
    decompress: int = 0


EDWARDS_COSTS = GroupCosts(159, 473, 475, 2_177, first_of_sum=2_273, other_of_sum=758)
RISTRETTO_COSTS = GroupCosts(169, 521, 519, 2_208, first_of_sum=2_303, other_of_sum=788)
BLS12_381_G1_COSTS = GroupCosts(1_565, 128, 129, 4_627, decompress=2_100)
BLS12_381_G2_COSTS = GroupCosts(1_968, 203, 204, 8_255, decompress=3_050)
BLS12_381_FIRST_PAIR_COST = 25_445
BLS12_381_OTHER_PAIR_COST = 13_023

HEAP_PAGE_SIZE = 32 * 1024
HEAP_PAGE_COST = 8
MINIMUM_HEAP_SIZE = 32 * 1024
HEAP_SIZE_STEP = 1024


def memory_operation_cost(length: int) -> int:
    """The cost in CU of moving, setting or comparing `length` bytes (`mem_op_consume`)."""
    return max(MEMORY_OPERATION_BASE_COST, length // CROSS_PROGRAM_BYTES_PER_UNIT)


def heap_cost(heap_size: int) -> int:
    """The cost in CU of a heap of `heap_size` bytes (`calculate_heap_cost`).

    The first page of 32 KiB is free. The runtime charges the cost before the program starts.
    """
    pages = -(-heap_size // HEAP_PAGE_SIZE)
    return max(pages - 1, 0) * HEAP_PAGE_COST
