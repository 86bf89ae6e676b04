"""Proving a sequence: what is proven, and what is left after a kill, an error or an interruption."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

import solproof
from solproof.errors import InputError, OutputError, ProofVersionError, ProvingError, UnsupportedError
from solproof.execution.sequence import run_sequence
from solproof.host.files import reserved
from solproof.host.workers import Workers
from solproof.proving.sequence import ProvenTransaction, prove_sequence
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.scene import Scene
from solproof.statement.sequence_index import INDEX_NAME, read_index
from tests.support.payments import FUNDED, payment, scene
from tests.support.processes import children, is_alive, wait_until
from tests.support.sequences import (
    PROGRAM_RUNS,
    REPEATED,
    other_scenes,
    prove_unless_a_program_runs,
    scenes,
)

WORKER = "solproof.host.workers"
NAMES = ["000001.proof", "000002.proof", "000004.proof", INDEX_NAME]


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the proofs of the sequence."""
    directory = tmp_path_factory.mktemp("sequence") / "proofs"
    prove_sequence(scenes(), directory, jobs=2)
    return directory


@pytest.fixture
def copy(proven: Path, tmp_path: Path) -> Path:
    """A copy of the directory, to change."""
    return shutil.copytree(proven, tmp_path / "copy")


def content(directory: Path) -> dict[str, tuple[bytes, int]]:
    """The name of each file, with what is in it and when it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in directory.iterdir()}


def written(directory: Path) -> dict[str, int]:
    """When each proof was written."""
    return {path.name: path.stat().st_mtime_ns for path in directory.glob("*.proof")}


# THE RESULTS


def test_results_are_those_of_the_run(proven: Path) -> None:
    ledger, expected = Ledger(), Ledger()
    shown: list[ProvenTransaction] = []
    results = prove_sequence(scenes(), proven, progress=shown.append, ledger=ledger)
    assert [*results] == shown
    assert [result.number for result in results] == [1, 2, 3, 4]
    outputs = [execution.output for execution in run_sequence(scenes(), expected)]
    assert [result.output for result in results] == outputs
    assert [output.error for output in outputs] == [
        *(None, None, "AlreadyProcessed"),
        {"InstructionError": [0, "InvalidAccountData"]},
    ]
    assert [output.executed_instructions > 0 for output in outputs] == [True, False, False, True]
    assert ledger.accounts == expected.accounts
    for result in results:
        path = proven / f"{result.number:06}.proof"
        assert result.proof_bytes == (path.stat().st_size if path.exists() else None)
        assert (result.seconds > 0) is path.exists()
        assert len(result.signatures[0]) == 64
    assert sorted(path.name for path in proven.iterdir()) == NAMES


def test_each_proof_is_about_its_scene_alone(proven: Path) -> None:
    for number, execution in enumerate(run_sequence(scenes()), start=1):
        if number != REPEATED:
            verdict = solproof.verify((proven / f"{number:06}.proof").read_bytes(), execution.scene)
            assert verdict.output == execution.output
            assert verdict.frames == (1 if number in PROGRAM_RUNS else 0)


def test_more_transactions_can_follow(copy: Path) -> None:
    before = written(copy)
    longer = (*scenes(), scene(payment(1, 10**9), FUNDED))
    assert prove_sequence(longer, copy)[-1].proof_bytes is not None
    after = written(copy)
    assert [*{*after} - {*before}] == ["000005.proof"]
    assert {name: after[name] for name in before} == before


def test_an_empty_sequence(tmp_path: Path) -> None:
    assert prove_sequence([], tmp_path / "proofs") == ()
    assert read_index(tmp_path / "proofs").proofs == {}


# CONTINUING


def test_nothing_is_proven_twice(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workers, "start", None)
    before = written(copy)
    prove_sequence(scenes(), copy)
    assert written(copy) == before


def damage_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def enlarge(path: Path) -> None:
    os.truncate(path, 64 * 1024 * 1024 + 1)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [damage_byte, cut, enlarge, Path.unlink])
def test_a_damaged_proof_is_made_again(damage: Callable[[Path], object], copy: Path, proven: Path) -> None:
    damage(copy / "000002.proof")
    before = written(copy)
    prove_sequence(scenes(), copy)
    after = written(copy)
    assert [name for name in after if after[name] != before.get(name)] == ["000002.proof"]
    solproof.verify_sequence(copy, scenes())


HANGING = """
import sys
from solproof.proving.sequence import prove_sequence
from tests.support.sequences import prove_unless_a_program_runs, scenes
given = scenes()[:2] + scenes()[3:]
prove_sequence(given, sys.argv[1], jobs=2, prover=prove_unless_a_program_runs)
"""
"""Proves transaction 2, and then hangs in the proofs of the others."""


def test_a_killed_prover_loses_only_what_it_was_proving(tmp_path: Path) -> None:
    directory = tmp_path / "proofs"
    parent = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(directory)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: (directory / INDEX_NAME).exists() and 2 in read_index(directory).proofs)
    wait_until(lambda: len(children(parent.pid, WORKER)) == 2)
    workers = children(parent.pid, WORKER)
    os.killpg(parent.pid, signal.SIGKILL)
    _, errors = parent.communicate(timeout=60)
    assert (parent.returncode, errors) == (-signal.SIGKILL, "")
    wait_until(lambda: not any(map(is_alive, workers)))
    (directory / ".000001.proof.1234.part").write_bytes(b"what a killed write leaves behind")
    before = written(directory)
    assert [*before] == ["000002.proof"]

    given = scenes()[:2] + scenes()[3:]
    prove_sequence(given, directory)
    assert written(directory)["000002.proof"] == before["000002.proof"]
    assert sorted(path.name for path in directory.iterdir()) == [
        *("000001.proof", "000002.proof", "000003.proof"),
        INDEX_NAME,
    ]
    solproof.verify_sequence(directory, given)


def test_a_killed_worker_loses_only_its_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transaction 1 is killed. Transaction 2, which is proven at the same time, is kept."""
    start = Workers.start

    def start_and_kill(self: Workers, key: int, *rest: object) -> None:
        start(self, key, *rest)  # type: ignore[arg-type]
        if key == 1:
            (process,) = children(os.getpid(), WORKER)
            os.kill(process, signal.SIGKILL)

    monkeypatch.setattr(Workers, "start", start_and_kill)
    directory = tmp_path / "proofs"
    with pytest.raises(ProvingError) as caught:
        prove_sequence(scenes()[:3], directory, jobs=2, prover=prove_unless_a_program_runs)
    assert str(caught.value) == (
        "transaction 1: the process that proved it was ended by SIGKILL; "
        "repeat the command to continue, with fewer jobs if memory was short"
    )
    assert [*read_index(directory).proofs] == [2]
    assert children(os.getpid(), WORKER) == []
    monkeypatch.undo()
    before = written(directory)
    prove_sequence(scenes()[:3], directory)
    assert written(directory)["000002.proof"] == before["000002.proof"]


def refuse(_: Scene) -> NoReturn:
    """Makes no proof."""
    raise UnsupportedError("a feature of tomorrow")


def test_an_error_has_the_number(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"^transaction 1: a feature of tomorrow$"):
        prove_sequence(scenes(), tmp_path / "proofs", prover=refuse)


def test_an_unreadable_transaction_comes_after_the_proofs_before_it(tmp_path: Path) -> None:
    directory = tmp_path / "proofs"
    given = [scene(payment(1, 10**9), FUNDED), scene(b"\1")]
    with pytest.raises(InputError, match=r"^transaction 2: transaction: byte 1"):
        prove_sequence(given, directory)
    assert [*read_index(directory).proofs] == [1]


# DIRECTORIES THAT ARE REFUSED


def test_another_sequence_is_refused_and_nothing_changes(copy: Path) -> None:
    (copy / "000001.proof").unlink()  # it would be made again
    before = content(copy)
    with pytest.raises(InputError) as caught:
        prove_sequence(other_scenes(), copy)
    assert str(caught.value) == (
        f"{copy / INDEX_NAME}: lists a proof of another transaction 2; "
        "expected the same sequence, or another directory"
    )
    assert content(copy) == before


def test_a_proof_of_what_is_repeated_now_is_refused(copy: Path) -> None:
    given = (*scenes()[:3], scenes()[1])
    with pytest.raises(InputError, match="lists a proof of another transaction 4; "):
        prove_sequence(given, copy)


def test_a_shorter_sequence_is_refused_and_nothing_changes(copy: Path) -> None:
    before = content(copy)
    with pytest.raises(InputError) as caught:
        prove_sequence(scenes()[:3], copy)
    assert str(caught.value) == (
        f"{copy / INDEX_NAME}: lists a proof of transaction 4, but the sequence has 3; "
        "expected the same sequence, or another directory"
    )
    assert content(copy) == before


def test_other_accounts_at_the_start_are_refused(copy: Path) -> None:
    """The same scenes, but transaction 1 sees another payer."""
    payer = next(account for account in scenes()[0].accounts if account.lamports > 10**10)
    with pytest.raises(InputError, match="lists a proof of another transaction 1; "):
        prove_sequence(scenes(), copy, ledger=Ledger([replace(payer, lamports=10**12)]))


def test_proofs_of_another_version_are_refused(copy: Path) -> None:
    path = copy / INDEX_NAME
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"system": "00" * 32}))
    with pytest.raises(ProofVersionError, match="made with another circuit or other parameters"):
        prove_sequence(scenes(), copy)


def test_files_without_an_index_are_refused(tmp_path: Path) -> None:
    (tmp_path / "000001.proof").write_bytes(b"mine")
    with pytest.raises(InputError) as caught:
        prove_sequence(scenes(), tmp_path)
    assert str(caught.value) == f"{tmp_path}: has files but no {INDEX_NAME}; expected an empty directory"
    assert (tmp_path / "000001.proof").read_bytes() == b"mine"


def test_another_prover_is_refused(copy: Path) -> None:
    with reserved(copy), pytest.raises(OutputError, match="another process writes there"):
        prove_sequence(scenes(), copy)


def test_no_jobs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="jobs: expected at least 1, got 0"):
        prove_sequence(scenes(), tmp_path / "proofs", jobs=0)
    assert not (tmp_path / "proofs").exists()
