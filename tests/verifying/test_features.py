"""The feature set is part of the statement: a syscall on one cluster may not exist on another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.errors import ProofRejected, ProofVersionError, Rejection
from solproof.proving.prove import prove
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import FEATURE_SETS, MAINNET, FeatureSet
from solproof.runtime.sysvars import Sysvars
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest
from solproof.verifying.verify import verify
from tests.support.elf_builder import build_elf, call
from tests.support.syscall_harness import HEAP, PROGRAM

BLAKE3 = MAINNET.changed(["blake3_syscall_enabled"])
ANOTHER_RULE = MAINNET.changed(deactivate=["syscall_parameter_address_restrictions"])
ELF = build_elf([*call("sol_blake3", (0, 0, HEAP)), "exit"])


def given(features: FeatureSet) -> ExecutionInput:
    return ExecutionInput(ELF, PROGRAM, (), b"", Parameters(features=features))


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(("features", "fault"), [(BLAKE3, None), (MAINNET, "UnsupportedInstruction")])
def test_both_sides_of_a_gate_are_proven(features: FeatureSet, fault: str | None, version: int) -> None:
    elf = build_elf([*call("sol_blake3", (0, 0, HEAP)), "exit"], version)
    scene = replace(given(features), program=elf)
    proof = prove(scene)
    verdict = verify(proof.data, scene)
    assert verdict.output == proof.output
    assert verdict.output.fault == fault
    assert verdict.events == (fault is None)


@pytest.mark.parametrize(
    "other",
    [
        Parameters(features=MAINNET),
        Parameters(features=FEATURE_SETS["none"]),
        Parameters(features=BLAKE3.changed(["enable_sha512_syscall"])),
        Parameters(features=BLAKE3.changed(deactivate=["syscall_parameter_address_restrictions"])),
        Parameters(features=BLAKE3, epoch_stakes=EpochStakes(1)),
        Parameters(features=BLAKE3, sysvars=Sysvars(fees=b"\1" * 8)),
    ],
    ids=["mainnet", "none", "sha512", "a rule", "a stake", "a sysvar"],
)
def test_a_proof_is_about_its_cluster(other: Parameters) -> None:
    """The proof is rejected even if its header is changed to name the other cluster."""
    scene = given(BLAKE3)
    data = prove(scene).data
    elsewhere = replace(scene, parameters=other)
    with pytest.raises(ProofRejected, match=r"^the proof is about the input with SHA-256 ") as caught:
        verify(data, elsewhere)
    assert caught.value.reason is Rejection.OTHER_INPUT
    renamed = replace(ProofFile.from_bytes(data), input_sha256=input_digest(elsewhere)).to_bytes()
    with pytest.raises((ProofRejected, ProofVersionError)):
        verify(renamed, elsewhere)


def test_digests() -> None:
    """Every difference changes the digest. The same set, made in another way, has the same digest."""
    digests = [
        input_digest(given(features)) for features in (MAINNET, BLAKE3, ANOTHER_RULE, FEATURE_SETS["none"])
    ]
    assert len(set(digests)) == 4
    assert input_digest(given(BLAKE3.changed(deactivate=["blake3_syscall_enabled"]))) == digests[0]
