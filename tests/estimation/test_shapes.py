"""The shapes found without a witness are those of the witness, and tables that are too high are refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from benches.mixed_loop import mixed_loop
from solproof.accesses.table import LARGEST_HEIGHT, split_heights
from solproof.circuit import table
from solproof.circuit.frames import access_logs
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.table import Part, check_heights, parts_of
from solproof.demo.scenario import SOURCE_AMOUNT, transfer
from solproof.errors import ProvingError
from solproof.estimation.shapes import table_shapes
from solproof.execution.execute import Execution, execute
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.proving.witness import build_witness, cut
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.transaction.scene import Scene
from tests.support import proof_scenes
from tests.support.call_trees import NESTED, RESTING, run_source
from tests.support.frame_trees import single_instruction
from tests.support.mainnet_programs import mainnet_programs


def assert_equal_shapes(execution: Execution | TransactionExecution) -> None:
    logs = access_logs(execution.frames)
    shapes = table_shapes(CIRCUIT, logs)
    witness = build_witness(CIRCUIT, logs)
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


@pytest.mark.parametrize("make", [proof_scenes.token_account, proof_scenes.failing, proof_scenes.frameless])
def test_transactions(make: Callable[[], Scene]) -> None:
    assert_equal_shapes(execute_transaction(make()))


def test_an_instruction_that_calls_other_programs() -> None:
    assert_equal_shapes(execute(single_instruction(32 * 1024)))


def test_without_frames_there_are_no_tables() -> None:
    assert table_shapes(CIRCUIT, []) == []


# HEIGHTS


def test_a_table_that_is_too_high(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the estimate nor the prover begins to fill it."""
    chip = EXECUTORS[0].chip
    check_heights(chip, [Part(LARGEST_HEIGHT, LARGEST_HEIGHT)])
    refused = (
        rf"the run needs 4,194,305 rows in a table of the chip {chip.name}, expected at most 4,194,304; "
        "nothing was proven"
    )
    with pytest.raises(ProvingError, match=refused):
        check_heights(chip, [Part(LARGEST_HEIGHT + 1, 2 * LARGEST_HEIGHT)])
    monkeypatch.setattr(table, "LARGEST_HEIGHT", 512)
    logs = access_logs(execute(transfer(mainnet_programs()["token"])).frames)
    for make in (table_shapes, build_witness):
        with pytest.raises(ProvingError, match=r"rows in a table of the chip \w+, expected at most 512; "):
            make(CIRCUIT, logs)


@pytest.mark.parametrize("rows", [*range(1, 1_100, 7), 512, 513, 640, 641, 768, 1_024, 1_025, 40_000])
def test_heights(rows: int) -> None:
    chip = EXECUTORS[0].chip
    tables = cut(chip, np.ones((rows, chip.width), np.uint32), parts_of(rows))
    assert split_heights(rows) == [len(table.main) for table in tables]


def test_no_rows_no_table() -> None:
    assert split_heights(0) == []
