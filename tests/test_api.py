"""The package's public names: imported when they are used, complete, frozen, and picklable."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable

import pytest
from solders.account import Account as SoldersAccount
from solders.pubkey import Pubkey

import solproof
from solproof.demo import programs, scenario
from solproof.formats import solders_objects
from tests.support import proof_scenes

PUBLIC = [name for name in solproof.__all__ if name != "__version__"]


@pytest.fixture(scope="module")
def given() -> solproof.ExecutionInput:
    return scenario.transfer(programs.p_token())


def test_importing_loads_nothing_else() -> None:
    code = "import sys, solproof; print([name for name in sys.modules if name.startswith('solproof.')])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout == "[]\n"


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there_and_documented(name: str) -> None:
    value = getattr(solproof, name)
    assert value.__doc__
    assert value.__module__.startswith("solproof.")


def test_dir_and_unknown_names() -> None:
    assert set(solproof.__all__) <= set(dir(solproof))
    with pytest.raises(AttributeError, match="module 'solproof' has no attribute 'proves'"):
        getattr(solproof, "proves")  # noqa: B009


def test_run_prove_verify_check(given: solproof.ExecutionInput) -> None:
    execution = solproof.run(given)
    phases: list[str] = []
    proof = solproof.prove(given, progress=lambda phase, _: phases.append(phase))
    verdict = solproof.verify(proof.data, given)
    assert execution.output == proof.output == verdict.output
    assert execution.output.compute_units == 76
    assert phases[:3] == ["execute", "key", "witness"]
    assert solproof.check(execution) == []


@pytest.mark.parametrize(
    ("make", "frames"),
    [(proof_scenes.token_account, 4), (proof_scenes.failing, 1), (proof_scenes.frameless, 0)],
)
def test_the_same_with_a_transaction(make: Callable[[], solproof.Scene], frames: int) -> None:
    scene = make()
    execution = solproof.run(scene)
    proof = solproof.prove(scene)
    verdict = solproof.verify(proof.data, scene)
    estimate = solproof.estimate(scene)
    assert execution.output == proof.output == verdict.output == estimate.output
    assert len(execution.frames) == verdict.frames == estimate.frames == frames
    assert proof.report.security_bits == verdict.security_bits == estimate.security_bits
    assert (verdict.security_bits >= 100) == (frames > 0)
    assert solproof.check(execution) == []
    for value in (proof, verdict, estimate):
        assert pickle.loads(pickle.dumps(value)) == value
    with pytest.raises(solproof.ProofRejected) as caught:
        solproof.verify(proof.data, dataclasses.replace(scene, lamports_per_signature=1))
    assert caught.value.reason is solproof.Rejection.OTHER_INPUT


def test_inputs_from_every_form(given: solproof.ExecutionInput) -> None:
    assert solproof.input_from_json(solproof.input_to_json(given), given.program) == given
    assert solproof.input_from_bytes(solproof.input_to_bytes(given)) == given
    states: dict[Pubkey, SoldersAccount] = {
        Pubkey(entry.account.key): solders_objects.solders_account(entry.account) for entry in given.accounts
    }
    instruction = solders_objects.solders_instruction(given)
    assert solproof.input_from_solders(given.program, instruction, states) == given


def test_objects_are_frozen_and_picklable(given: solproof.ExecutionInput) -> None:
    proof = solproof.prove(given)
    verdict = solproof.verify(proof.data, given)
    for value in (given, proof, verdict, proof.output, proof.report, solproof.estimate(given)):
        assert pickle.loads(pickle.dumps(value)) == value
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, None)
    execution = pickle.loads(pickle.dumps(solproof.run(given)))
    assert (execution.input, execution.output) == (given, proof.output)
    profile = solproof.profile_execution(execution)
    assert pickle.loads(pickle.dumps(profile)).functions == profile.functions


def test_errors_are_picklable_and_have_their_status(given: solproof.ExecutionInput) -> None:
    with pytest.raises(solproof.ProgramError) as caught:
        solproof.run(dataclasses.replace(given, program=b"\x7fELF"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.exit_status) == (str(caught.value), 2)
