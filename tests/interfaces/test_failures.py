"""The names of the errors that ended executions."""

from __future__ import annotations

from solproof.demo import programs, scenario
from solproof.execution.execute import execute
from solproof.interfaces.failures import failure_name
from solproof.interfaces.registry import Interfaces
from tests.support.frame_trees import associated_token, builtins


def test_an_error_of_the_token_program() -> None:
    elf = programs.p_token()
    execution = execute(scenario.transfer(elf, scenario.SOURCE_AMOUNT + 1))
    assert failure_name(execution.instructions) == "InsufficientFunds"
    assert failure_name(execution.instructions, Interfaces(())) is None


def test_an_error_of_a_builtin_program() -> None:
    assert failure_name(builtins().execution.output.instructions) == "ResultWithNegativeLamports"


def test_success() -> None:
    assert failure_name(associated_token().execution.output.instructions) is None
