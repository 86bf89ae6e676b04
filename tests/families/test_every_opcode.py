"""One program that executes all 91 opcodes of V0: run, checked, proven and verified."""

from __future__ import annotations

from solproof.circuit import CIRCUIT
from solproof.families.registry import BY_MNEMONIC, EXECUTORS
from solproof.isa.opcodes import OPCODES
from tests import engine_proof
from tests.conformance import assert_checked
from tests.soundness.corpus import every_opcode_run

EXPECTED = {row.mnemonic for row in OPCODES if 0 in row.versions}


def test_all_opcodes_are_executed_and_checked() -> None:
    run = every_opcode_run()
    names = {row.code: row.mnemonic for row in OPCODES if 0 in row.versions}
    executed = {names[run.program.instruction(pc).code] for pc in set(run.trace.pc.tolist())}
    assert executed == EXPECTED
    assert len(executed) == 91
    witness = assert_checked(run)
    assert {executor.chip.name for executor in EXECUTORS} <= {item.chip.name for item in witness.instances}


def test_every_opcode_has_a_family() -> None:
    assert set(BY_MNEMONIC) == EXPECTED


def test_a_proof_of_every_opcode() -> None:
    run = every_opcode_run()
    witness = assert_checked(run)
    proof = engine_proof.prove(run.program, witness.instances)
    report = engine_proof.verify(run.program, witness.public, proof)
    assert report["security_bits"] >= 100
    chips = {CIRCUIT.chips[instance["chip"]].name for instance in report["instances"]}
    assert chips == {chip.name for chip in CIRCUIT.chips} - {"register_refresh", "memory_refresh"}
