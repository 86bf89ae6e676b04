"""For each version, a program that executes all its opcodes is run, checked, proven and verified."""

from __future__ import annotations

import pytest

from assurance.corpus import every_opcode_run
from solproof.circuit.instructions.registry import EXECUTORS, FAMILY_OF
from solproof.circuit.registry import CIRCUIT
from solproof.isa.opcodes import OPCODES
from tests.support import engine_proof
from tests.support.conformance import assert_checked

COUNTS = {0: 91, 1: 91, 2: 100, 3: 113, 4: 113}
VERSIONS = [pytest.param(version, id=f"V{version}") for version in COUNTS]
ONLY_V2 = {"multiply_wide", "divide_signed"}
FROM_V3 = {"jump_half"}


def idle(version: int) -> set[str]:
    """The chips of opcodes that a version does not have."""
    return (ONLY_V2 if version != 2 else set()) | (FROM_V3 if version < 3 else set())


@pytest.mark.parametrize("version", VERSIONS)
def test_all_opcodes_are_executed_and_checked(version: int) -> None:
    run = every_opcode_run(version)
    names = {row.code: row.mnemonic for row in OPCODES if version in row.versions}
    executed = {names[run.program.instruction(pc).code] for pc in set(run.trace.pc.tolist())}
    assert executed == set(names.values())
    assert len(executed) == COUNTS[version]
    witness = assert_checked(run)
    expected = {executor.chip.name for executor in EXECUTORS} - idle(version)
    assert expected <= {item.chip.name for item in witness.instances}


def test_every_opcode_has_a_family() -> None:
    assert set(FAMILY_OF) == set(OPCODES)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_proof_of_every_opcode(version: int) -> None:
    run = every_opcode_run(version)
    witness = assert_checked(run)
    proof = engine_proof.prove(witness.instances)
    report = engine_proof.verify(witness.instances, proof)
    assert report["security_bits"] >= 100
    chips = {CIRCUIT.chips[instance["chip"]].name for instance in report["instances"]}
    refreshes = {"register_refresh", "memory_refresh"}
    assert chips == {chip.name for chip in CIRCUIT.chips} - refreshes - idle(version)
