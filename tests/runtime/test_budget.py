"""Costs, compared with the compute budget that LiteSVM uses."""

from __future__ import annotations

from solders.compute_budget import ComputeBudget

from solproof.runtime import budget


def test_constants_are_the_runtimes() -> None:
    runtime = ComputeBudget(False)
    assert runtime.syscall_base_cost == budget.SYSCALL_BASE_COST
    assert runtime.log_64_units == budget.LOG_64_COST
    assert runtime.log_pubkey_units == budget.LOG_PUBKEY_COST
    assert runtime.sysvar_base_cost == budget.SYSVAR_BASE_COST
    assert runtime.mem_op_base_cost == budget.MEMORY_OPERATION_BASE_COST
    assert runtime.cpi_bytes_per_unit == budget.CROSS_PROGRAM_BYTES_PER_UNIT
    assert runtime.heap_cost == budget.HEAP_PAGE_COST
    assert runtime.compute_unit_limit == budget.MAXIMUM_COMPUTE_UNIT_LIMIT


def test_memory_operations() -> None:
    assert [budget.memory_operation_cost(length) for length in (0, 2_500, 2_749, 2_750)] == [10, 10, 10, 11]


def test_heap() -> None:
    costs = [budget.heap_cost(size) for size in (32_768, 33_792, 65_536, 66_560, 262_144)]
    assert costs == [0, 8, 8, 16, 56]
