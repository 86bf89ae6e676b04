"""The limits of an execution's input."""

from __future__ import annotations

from typing import Any

import pytest

from solproof.errors import InputError
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters


def test_programs_are_elf_unless_said() -> None:
    assert ExecutionInput(b"", bytes(32), (), b"").program_format is None


def test_defaults() -> None:
    parameters = Parameters()
    assert (parameters.compute_unit_limit, parameters.heap_size) == (1_400_000, 32_768)
    assert parameters.loader is Loader.V3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"compute_unit_limit": 1_400_001},
            "parameters.compute_unit_limit: expected 0 to 1400000, got 1400001",
        ),
        ({"compute_unit_limit": -1}, "parameters.compute_unit_limit: expected 0 to 1400000, got -1"),
        (
            {"heap_size": 32_767},
            "parameters.heap_size: expected a multiple of 1024 from 32768 to 262144, got 32767",
        ),
        (
            {"heap_size": 33_000},
            "parameters.heap_size: expected a multiple of 1024 from 32768 to 262144, got 33000",
        ),
        (
            {"heap_size": 263_168},
            "parameters.heap_size: expected a multiple of 1024 from 32768 to 262144, got 263168",
        ),
        (
            {"heap_size": 262_144, "compute_unit_limit": 55},
            "parameters.compute_unit_limit: expected at least 56, the price of 262144 bytes of heap, got 55",
        ),
    ],
)
def test_parameters_out_of_range(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(InputError) as raised:
        Parameters(**arguments)  # type: ignore[arg-type]
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"program": bytes(10 * 2**20 + 1)}, "program: expected at most 10485760 bytes, got 10485761"),
        ({"program_id": bytes(31)}, "program_id: expected 32 bytes, got 31"),
        (
            {"instruction_data": bytes(10_241)},
            "instruction_data: expected at most 10240 bytes, got 10241",
        ),
    ],
)
def test_input_out_of_range(changes: dict[str, Any], message: str) -> None:
    valid: dict[str, Any] = {
        "program": b"",
        "program_id": bytes(32),
        "accounts": (),
        "instruction_data": b"",
    }
    ExecutionInput(**valid)
    with pytest.raises(InputError) as raised:
        ExecutionInput(**valid | changes)
    assert str(raised.value) == message
