"""The shapes found without a witness are those of the witness."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benches.mixed_loop import mixed_loop
from solproof.accesses.access_log import AccessLog
from solproof.accesses.table import split_heights
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.table import parts_of
from solproof.demo.scenario import SOURCE_AMOUNT, transfer
from solproof.estimation.shapes import table_shapes
from solproof.execution.execute import Execution, execute
from solproof.proving.witness import build_witness, cut
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.statement.system import default_system, program_key
from tests.support.call_trees import NESTED, RESTING, run_source
from tests.support.mainnet_programs import mainnet_programs


def assert_equal_shapes(execution: Execution) -> None:
    key = program_key(default_system(), execution.invocation.program, execution.input.parameters.features)
    log = AccessLog(execution.run, key.table)
    shapes = table_shapes(CIRCUIT, log, key.preprocessed)
    witness = build_witness(CIRCUIT, log, key.preprocessed)
    assert [(shape.chip, shape.height) for shape in shapes] == [
        (CIRCUIT.number(instance.chip), len(instance.main)) for instance in witness.instances
    ]
    for shape, instance in zip(shapes, witness.instances, strict=True):
        assert shape.is_empty == (not instance.main.any() and instance.preprocessed is None)


@pytest.mark.parametrize("amount", [1, SOURCE_AMOUNT + 1])
@pytest.mark.parametrize("name", ["token", "p_token", "token_2022"])
def test_token_programs(name: str, amount: int) -> None:
    assert_equal_shapes(execute(transfer(mainnet_programs()[name], amount)))


@pytest.mark.parametrize("limit", [0, 1, 100, 2_000])
def test_runs_that_the_budget_ends(limit: int) -> None:
    given = transfer(mainnet_programs()["token"])
    parameters = Parameters(compute_unit_limit=limit)
    assert_equal_shapes(execute(dataclasses.replace(given, parameters=parameters)))


@pytest.mark.parametrize("source", [NESTED, RESTING])
def test_syscalls_and_refreshes(source: str) -> None:
    assert_equal_shapes(run_source(source))


def test_a_loop() -> None:
    assert_equal_shapes(execute(ExecutionInput(mixed_loop(700), bytes(32), (), b"")))


@pytest.mark.parametrize("rows", [*range(1, 1_100, 7), 512, 513, 640, 641, 768, 1_024, 1_025, 40_000])
def test_heights(rows: int) -> None:
    chip = EXECUTORS[0].chip
    tables = cut(chip, np.ones((rows, chip.width), np.uint32), parts_of(rows))
    assert split_heights(rows) == [len(table.main) for table in tables]


def test_no_rows_no_table() -> None:
    assert split_heights(0) == []
