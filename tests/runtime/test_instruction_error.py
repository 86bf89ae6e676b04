"""Exit codes and faults as `InstructionError`, against LiteSVM."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.instruction_error import (
    TEXTS,
    InstructionError,
    InstructionFault,
    custom_error,
    error_of_exit_code,
    error_of_fault,
    instruction_error,
)
from solproof.vm.faults import SyscallFault, divide_by_zero
from tests.support.elf_builder import build_elf
from tests.support.litesvm_oracle import litesvm_result

PROGRAM = bytes([4]) * 32
EXIT_CODES = [
    *(number << 32 for number in range(1, 30)),
    *(1, 6000, 2**32 - 1, 1 << 32 | 1, 3 << 32 | 7, 2**63, 2**64 - 1),
]


def test_zero_is_no_error() -> None:
    assert error_of_exit_code(0) is None


@pytest.mark.parametrize("exit_code", EXIT_CODES, ids=hex)
def test_exit_code_like_litesvm(exit_code: int) -> None:
    elf = build_elf(f"lddw r0, {exit_code}; exit")
    expected = litesvm_result(ExecutionInput(elf, PROGRAM, (), b""))
    error = error_of_exit_code(exit_code)
    assert error is not None
    assert error.name == expected.error
    assert expected.logs[-1].endswith(f" failed: {error.message}")


def test_faults() -> None:
    fault = divide_by_zero()
    assert error_of_fault(fault) == InstructionError("ProgramFailedToComplete", str(fault))
    aborted = SyscallFault("Abort", "SBF program panicked")
    assert error_of_fault(aborted) == InstructionError("ProgramFailedToComplete", "SBF program panicked")
    broke = instruction_error("ComputationalBudgetExceeded")
    assert error_of_fault(InstructionFault(broke)) == broke


def test_the_position_of_a_variant_is_its_number() -> None:
    """Numbers of solana-instruction-error 2."""
    assert len(TEXTS) == 54
    numbers = {"GenericError": 0, "InvalidError": 26, "MissingAccount": 32, "Immutable": 42}
    assert {name: instruction_error(name).number for name in numbers} == numbers
    assert custom_error(7).number == 25


def test_the_code_of_a_custom_error() -> None:
    assert custom_error(0xFFFF_FFFF).custom_code == 0xFFFF_FFFF
    assert instruction_error("InvalidArgument").custom_code is None


def test_a_caller_learns_only_the_variant() -> None:
    fault = error_of_fault(divide_by_zero())
    assert fault.without_detail() == instruction_error("ProgramFailedToComplete")
    assert custom_error(3).without_detail() == custom_error(3)
