"""Which instructions there are, and what they cost, compared with LiteSVM."""

from __future__ import annotations

import pytest

from solproof.runtime.accounts import address_text
from solproof.runtime.program_ids import COMPUTE_BUDGET, LOADER_V1, LOADER_V2, LOADER_V3
from tests.support.litesvm_transactions import instruction
from tests.support.loader_accounts import (
    ALICE,
    BUFFER,
    BUFFER_KEY,
    INITIALIZE,
    PROGRAM,
    PROGRAM_KEY,
    V3_ELF,
    Loaded,
    buffer,
    deploy_mentions,
    loader_instruction,
    loader_machine,
    uninitialized,
)
from tests.support.system_data import signers_of
from tests.support.transaction_oracle import assert_like_litesvm

LINES = {
    LOADER_V1: ("Deprecated loader is no longer supported", 1_140),
    LOADER_V2: ("BPF loader management instructions are no longer supported", 570),
}


@pytest.mark.parametrize("tag", [8, 9, 10, 2**32 - 1])
def test_unknown_instructions(tag: int) -> None:
    given = loader_instruction(tag, [BUFFER, ALICE], bytes(100))
    assert Loaded("", "InvalidInstructionData", None, given).check().compute_units == 2_370


def test_data_without_a_number() -> None:
    given = instruction(LOADER_V3, b"\0\0\0")
    assert Loaded("", "InvalidInstructionData", None, given).check().compute_units == 2_370


def test_bytes_after_the_instruction_are_ignored() -> None:
    given = loader_instruction(INITIALIZE, [BUFFER, ALICE], b"more")
    assert Loaded("", None, None, given, [uninitialized(BUFFER_KEY, 37)]).check().compute_units == 2_370


@pytest.mark.parametrize("limit", [2_369, 2_370])
def test_too_few_compute_units(limit: int) -> None:
    machine = loader_machine(uninitialized(BUFFER_KEY, 37))
    given = loader_instruction(INITIALIZE, [BUFFER, ALICE])
    # The limit counts both instructions, and that of the compute budget costs 150.
    limited = instruction(COMPUTE_BUDGET, b"\2" + (limit + 150).to_bytes(4, "little"))
    sent = assert_like_litesvm(machine, [limited, given], signers_of(given))
    error = {"InstructionError": [1, "ComputationalBudgetExceeded"]}
    assert sent.error == (error if limit < 2_370 else None)
    assert sent.compute_units == limit + 150


def test_a_deployment_pays_for_the_system_program() -> None:
    stored = [uninitialized(PROGRAM_KEY), buffer(V3_ELF)]
    given = loader_instruction(2, deploy_mentions(), (1_000).to_bytes(8, "little"))
    line = f"Deployed program {address_text(PROGRAM_KEY)}"
    assert Loaded("", None, line, given, stored).check().compute_units == 2_370 + 150


@pytest.mark.parametrize("loader", LINES)
@pytest.mark.parametrize("data", [b"", bytes(4)])
def test_retired_loaders(loader: bytes, data: bytes) -> None:
    line, units = LINES[loader]
    machine = loader_machine()
    sent = assert_like_litesvm(machine, [instruction(loader, data, [(PROGRAM.key, False, True)])])
    assert sent.error == {"InstructionError": [0, "UnsupportedProgramId"]}
    assert sent.logs[1] == line
    assert sent.compute_units == units
