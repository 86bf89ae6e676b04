"""Every way of being rejected has a reason, each reason has a meaning, and no rejection lacks a reason."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from solproof.errors import (
    ProgramError,
    ProofRejected,
    ProofVersionError,
    Reason,
    Rejection,
    SolproofError,
    VersionMismatch,
)
from solproof.runtime.transaction.ledger import Ledger
from solproof.statement.sequence_index import IndexedProof, SequenceIndex, proof_path
from solproof.statement.statement import input_digest
from solproof.verifying.sequence import verify_sequence
from solproof.zisk.chunks import BEGINNING, join
from solproof.zisk.outputs import DIGEST_BYTES, Outputs
from tests.support.payments import FUNDED, payment, scene

ROOT = Path(__file__).resolve().parents[1]
PACKAGE, VECTORS = ROOT / "src/solproof", ROOT / "vectors/proofs"
REASONS: dict[str, type[Reason]] = {"ProofRejected": Rejection, "ProofVersionError": VersionMismatch}
MEMBERS: list[Reason] = [*Rejection, *VersionMismatch]


@pytest.mark.parametrize("reason", MEMBERS)
def test_names_and_meanings(reason: Reason) -> None:
    assert reason == reason.value == str(reason) == f"{reason}" == reason.name.lower().replace("_", "-")
    assert reason.meaning.endswith(".") and reason.meaning[:-1].count(".") == 0
    assert type(reason)(reason.value) is reason  # type: ignore[call-arg]


def test_a_name_has_one_meaning() -> None:
    assert (
        len({reason.value for reason in MEMBERS})
        == len({reason.meaning for reason in MEMBERS})
        == len(MEMBERS)
    )


@pytest.mark.parametrize(
    "error",
    [
        ProofRejected(Rejection.FINAL_CLK, "a sentence"),
        ProofVersionError(VersionMismatch.FILE_FORMAT, "a sentence"),
    ],
)
def test_errors_can_be_pickled(error: ProofRejected | ProofVersionError) -> None:
    for other in (error, pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert (other.reason, str(other)) == (error.reason, "a sentence")
    assert SolproofError("a sentence").reason is None


# EVERY REASON IS RAISED


def whole_run() -> Outputs:
    """The outputs of the guest for ZisK for a run that is not split."""
    digest = bytes(DIGEST_BYTES)
    return Outputs(
        success=True,
        exit_code=0,
        compute_units=1,
        instructions=1,
        accounts_modified=0,
        pc=0,
        fault=None,
        rule=None,
        is_complete=True,
        refusal=None,
        program_digest=digest,
        input_digest=digest,
        result_digest=digest,
        state_before=BEGINNING,
        state_after=digest,
    )


def changed(**changes: object) -> Outputs:
    """The outputs of a run with some fields changed."""
    return replace(whole_run(), **changes)  # type: ignore[arg-type]


def verify_directory(proofs: dict[int, bytes], count: int = 1) -> object:
    """Verify payments with a directory that lists proofs by their numbers. Its files are empty."""
    given = scene(payment(1, 10**9), FUNDED)
    seen = input_digest(Ledger().seen(given))
    listed = {number: IndexedProof(seen, digest, 0) for number, digest in proofs.items()}
    with TemporaryDirectory() as name:
        directory = Path(name)
        SequenceIndex(bytes(32), listed).write(directory)
        for number in proofs:
            proof_path(directory, number).touch()
        return verify_sequence(directory, [given] * count)


WITHOUT_A_FILE: dict[Rejection, Callable[[], object]] = {
    Rejection.PROOF_MISSING: lambda: verify_directory({}),
    Rejection.PROOF_CHANGED: lambda: verify_directory({1: bytes(32)}),
    Rejection.PROOF_SURPLUS: lambda: verify_directory({1: bytes(32)}, count=0),
    Rejection.SEGMENTS_MISSING: lambda: join([]),
    Rejection.SEGMENT_REFUSED: lambda: join([changed(refusal="the input is too large")]),
    Rejection.SEGMENT_STATEMENT: lambda: join(
        [changed(is_complete=False), changed(program_digest=b"\1" * DIGEST_BYTES)]
    ),
    Rejection.SEGMENT_STATE: lambda: join([changed(state_before=b"\1" * DIGEST_BYTES)]),
    Rejection.SEGMENT_ENDING: lambda: join([whole_run(), whole_run()]),
}
"""How to provoke the reasons that do not come from the content of a proof file."""


def test_every_reason_is_provoked() -> None:
    """A spoiled proof file of `vectors/`, which tests/vectors verifies, or the table above provokes it."""
    files = [json.loads(path.read_text("utf-8")) for path in VECTORS.glob("*.json")]
    cases = [case for file in files for case in file["cases"]]
    rejected = [case["rejected"] for case in cases if "rejected" in case]
    assert {*rejected, *WITHOUT_A_FILE} == {*Rejection}
    assert not {*rejected} & {*WITHOUT_A_FILE}
    assert {case["other_version"] for case in cases if "other_version" in case} == {*VersionMismatch}


def test_a_placed_error_keeps_its_kind_and_reason() -> None:
    placed = ProofRejected(Rejection.FINAL_CLK, "a sentence").placed("transaction 2")
    assert isinstance(placed, ProofRejected) and placed.reason is Rejection.FINAL_CLK
    assert str(placed) == str(pickle.loads(pickle.dumps(placed))) == "transaction 2: a sentence"
    other = ProgramError("a sentence").placed("transaction 2")
    assert type(other) is ProgramError and str(other) == "transaction 2: a sentence"


@pytest.mark.parametrize("reason", WITHOUT_A_FILE)
def test_provoked(reason: Rejection) -> None:
    with pytest.raises(ProofRejected) as caught:
        WITHOUT_A_FILE[reason]()
    assert caught.value.reason is reason


# EVERY REJECTION HAS A REASON


def raised() -> Iterator[tuple[str, str, ast.expr | None]]:
    """Every place in the sources that makes a rejection: its class, and its first argument."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REASONS:
                where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                yield where, node.func.id, node.args[0] if node.args else None


def named(tree: ast.AST) -> set[Reason]:
    """The reasons that a syntax tree mentions."""
    return {
        reasons[node.attr]
        for reasons in REASONS.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == reasons.__name__
    }


def test_no_rejection_without_a_reason() -> None:
    """The first argument is a member of the right enum, or a variable whose type is checked."""
    places = list(raised())
    assert len(places) >= 35
    for where, error, argument in places:
        assert isinstance(argument, ast.Attribute | ast.Name | ast.Subscript), where
        if isinstance(argument, ast.Attribute):
            (reason,) = named(argument)
            assert isinstance(reason, REASONS[error]), where


def test_every_reason_is_of_use() -> None:
    used = {reason for path in PACKAGE.rglob("*.py") for reason in named(ast.parse(path.read_text("utf-8")))}
    assert used == {*MEMBERS}
