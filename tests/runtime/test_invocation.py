"""An invocation: what is fixed before the first instruction of a frame."""

from __future__ import annotations

import pytest

from assurance.contexts import PROGRAM
from solproof.runtime.budget import heap_cost
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.invocation import Invocation
from solproof.runtime.single_instruction import prepare

HEAP = 96 * 1024


def invocation(loader: Loader = Loader.V3) -> Invocation:
    parameters = Parameters(compute_unit_limit=1000, heap_size=HEAP, loader=loader)
    return prepare(ExecutionInput(b"", bytes(32), (), b"data", parameters), PROGRAM)


def test_the_heap_is_paid_before_the_first_instruction() -> None:
    assert invocation().compute_unit_limit == 1000 - heap_cost(HEAP) == 984
    assert invocation().layout.heap_size == HEAP


@pytest.mark.parametrize(("loader", "is_aligned"), [(Loader.V1, False), (Loader.V2, True), (Loader.V3, True)])
def test_only_loader_v1_does_not_align(loader: Loader, is_aligned: bool) -> None:
    assert invocation(loader).is_aligned is is_aligned


def test_an_instruction_of_a_transaction_has_height_1() -> None:
    assert invocation().height == 1
    assert invocation().registers[2] == 0x4_0000_0010
