"""Verifying a sequence: the caller's scenes and the verdicts give the accounts, and nothing is executed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solproof.errors import InputError, ProofRejected, ProofVersionError, Rejection
from solproof.execution import machine_executor
from solproof.execution.sequence import run_sequence
from solproof.proving.sequence import prove_sequence
from solproof.runtime.accounts import Account
from solproof.runtime.transaction.ledger import Ledger
from solproof.statement.sequence_index import INDEX_NAME
from solproof.verifying.sequence import VerifiedTransaction, verify_sequence
from tests.support.payments import FUNDED, payment, scene
from tests.support.sequences import PROGRAM_RUNS, RECEIVER, REPEATED, other_scenes, scenes


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


def change_index(directory: Path, change: Callable[[list[Any]], object]) -> None:
    """Change the list of proofs in the index."""
    path = directory / INDEX_NAME
    document = json.loads(path.read_text())
    change(document["proofs"])
    path.write_text(json.dumps(document))


def replace_proof(directory: Path, number: int, data: bytes) -> None:
    """Put another proof in the place of one, as somebody does who knows how the index is made."""
    (directory / f"{number:06}.proof").write_bytes(data)

    def change(proofs: list[Any]) -> None:
        next(proof for proof in proofs if proof["number"] == number)["proof"] = hashlib.sha256(
            data
        ).hexdigest()

    change_index(directory, change)


def rejection(directory: Path, *given: Any) -> tuple[Rejection, str]:
    """The reason and the message with which the proofs are rejected."""
    with pytest.raises(ProofRejected) as caught:
        verify_sequence(directory, *given)
    return caught.value.reason, str(caught.value)


def test_accepted_without_running_anything(proven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executions = [*run_sequence(scenes(), expected := Ledger())]
    monkeypatch.setattr(machine_executor, "MachineExecutor", None)
    monkeypatch.setattr(machine_executor, "run", None)
    ledger, shown = Ledger(), list[VerifiedTransaction]()
    results = verify_sequence(proven, scenes(), shown.append, ledger=ledger)
    assert [*results] == shown
    assert [result.number for result in results] == [1, 2, 3, 4]
    assert [result.output for result in results] == [execution.output for execution in executions]
    assert ledger.accounts == expected.accounts
    assert [result.verdict is None for result in results] == [False, False, True, False]
    for result in results:
        if result.verdict is None:
            assert (result.number, result.proof_bytes) == (REPEATED, None)
            continue
        assert result.proof_bytes == (proven / f"{result.number:06}.proof").stat().st_size
        assert result.verdict.frames == (1 if result.number in PROGRAM_RUNS else 0)


# THE FILES


def test_a_proof_that_is_missing(copy: Path) -> None:
    (copy / "000002.proof").unlink()
    assert rejection(copy, scenes()) == (
        Rejection.PROOF_MISSING,
        f"transaction 2: {copy / '000002.proof'}: there is no such file",
    )


def test_a_proof_that_the_index_does_not_list(copy: Path) -> None:
    change_index(copy, lambda proofs: proofs.pop(1))
    assert rejection(copy, scenes()) == (
        Rejection.PROOF_MISSING,
        f"transaction 2: {copy / INDEX_NAME}: lists no proof of it",
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda _: b"",
        lambda _: bytes(64 * 1024 * 1024 + 1),
    ],
)
def test_a_proof_that_was_changed(change: Callable[[bytes], bytes], copy: Path) -> None:
    path = copy / "000004.proof"
    path.write_bytes(change(path.read_bytes()))
    reason, message = rejection(copy, scenes())
    assert reason is Rejection.PROOF_CHANGED
    assert message.startswith(f"transaction 4: {path}: expected the SHA-256 ")


def test_the_index_is_not_trusted(copy: Path) -> None:
    """A digest that fits does not make a proof true."""
    path = copy / "000004.proof"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    replace_proof(copy, 4, bytes(data))
    reason, message = rejection(copy, scenes())
    assert reason is Rejection.ENGINE_PROOF
    assert message.startswith("transaction 4: ")


def test_the_proof_of_another_transaction(copy: Path) -> None:
    replace_proof(copy, 4, (copy / "000001.proof").read_bytes())
    reason, message = rejection(copy, scenes())
    assert reason is Rejection.OTHER_INPUT
    assert message.startswith("transaction 4: the proof is about the input with SHA-256 ")


def test_a_proof_of_another_version(copy: Path) -> None:
    data = (copy / "000002.proof").read_bytes()
    replace_proof(copy, 2, data[:8] + b"\xff\xff" + data[10:])
    with pytest.raises(ProofVersionError, match=r"^transaction 2: proof file: format version 65535"):
        verify_sequence(copy, scenes())


def test_more_proofs_than_transactions(proven: Path) -> None:
    assert rejection(proven, scenes()[:3]) == (
        Rejection.PROOF_SURPLUS,
        f"{proven / INDEX_NAME}: lists a proof of transaction 4, but the sequence has 3",
    )


def test_a_proof_of_a_repeated_message(copy: Path) -> None:
    """Run alone, the transaction succeeds, so a proof of that exists. It does not fit here."""
    (copy / "000003.proof").write_bytes((copy / "000001.proof").read_bytes())
    change_index(copy, lambda proofs: proofs.insert(2, proofs[0] | {"number": 3}))
    assert rejection(copy, scenes()) == (
        Rejection.PROOF_SURPLUS,
        "transaction 3: the message is repeated, so it has no proof",
    )


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": true, "system": "", "proofs": []}'])
def test_an_index_that_is_none(content: bytes, copy: Path) -> None:
    (copy / INDEX_NAME).write_bytes(content)
    with pytest.raises(InputError, match=f"index {copy / INDEX_NAME}: "):
        verify_sequence(copy, scenes())


# THE STATE


def test_other_scenes(proven: Path) -> None:
    reason, message = rejection(proven, other_scenes())
    assert reason is Rejection.OTHER_INPUT
    assert message.startswith("transaction 2: the proof is about the scene with SHA-256 ")


def test_fewer_proofs_than_transactions(proven: Path) -> None:
    longer = (*scenes(), scene(payment(1, 10**9), FUNDED))
    assert rejection(proven, longer)[0] is Rejection.PROOF_MISSING


def test_the_order_counts(proven: Path) -> None:
    first, second, *rest = scenes()
    reason, message = rejection(proven, (second, first, *rest))
    assert reason is Rejection.OTHER_INPUT
    assert message.startswith("transaction 1: ")


def test_other_accounts_at_the_start(proven: Path) -> None:
    first, *rest = scenes()
    payer = next(account for account in first.accounts if account.lamports > 10**10)
    others = [account for account in first.accounts if account != payer]
    changed = replace(first, accounts=(replace(payer, lamports=payer.lamports + 1), *others))
    reason, message = rejection(proven, (changed, *rest))
    assert reason is Rejection.OTHER_INPUT
    assert message.startswith("transaction 1: ")


def test_a_later_scene_cannot_plant_an_account(proven: Path) -> None:
    """Transaction 2 did not find the receiver. A later scene says that it had lamports, in vain."""
    *before, last = scenes()
    planted = Account(bytes(RECEIVER), bytes(32), 10**15, b"")
    others = [account for account in last.accounts if account.key != planted.key]
    ledger = Ledger()
    verify_sequence(proven, (*before, replace(last, accounts=(planted, *others))), ledger=ledger)
    assert {account.key: account.lamports for account in ledger.accounts}[planted.key] == 10**9


def test_a_proof_on_a_state_that_is_not_proven(copy: Path, tmp_path: Path) -> None:
    """A prover who leaves out transaction 2 has proofs of the others that are valid, but not here."""
    first, _, third, fourth = scenes()
    prove_sequence((first, third, fourth), tmp_path / "others")
    replace_proof(copy, 4, (tmp_path / "others/000003.proof").read_bytes())
    reason, message = rejection(copy, scenes())
    assert reason is Rejection.OTHER_INPUT
    assert message.startswith("transaction 4: ")


def test_the_ledger_after_an_error_has_what_is_proven(copy: Path) -> None:
    (copy / "000002.proof").unlink()
    ledger, expected = Ledger(), Ledger()
    with pytest.raises(ProofRejected):
        verify_sequence(copy, scenes(), ledger=ledger)
    assert len([*run_sequence(scenes()[:1], expected)]) == 1
    committed = {account.key: account for account in ledger.accounts}
    for account in expected.accounts:
        assert committed[account.key] == account
