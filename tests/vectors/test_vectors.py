"""The committed vectors match the current code, and each case has the outcome that it names."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from solproof.errors import ProofRejected, ProofVersionError
from solproof.formats import bincode, scene_bincode
from solproof.program.raw import RawFormat
from solproof.runtime.syscalls import SUPPORTED
from solproof.verifying.verify import verify
from tests.vectors import proofs
from tests.vectors.encoding import patch_between, patched
from tests.vectors.files import DIRECTORY
from tests.vectors.loaders import loader_vectors, result_of
from tests.vectors.serialization import serialization_vectors
from tests.vectors.syscalls import syscall_vectors

WHAT_TO_DO = (
    "vectors/ is not what the code says: run `make vectors`, and say in CHANGELOG.md what has changed"
)


def committed(path: str) -> str:
    return (DIRECTORY / path).read_text("utf-8")


def read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(committed(path))
    return content


def test_loaders() -> None:
    assert committed("loaders.json") == loader_vectors(), WHAT_TO_DO


def test_serialization() -> None:
    assert committed("serialization.json") == serialization_vectors(), WHAT_TO_DO


def test_syscalls() -> None:
    assert committed("syscalls.json") == syscall_vectors(), WHAT_TO_DO


@pytest.mark.parametrize("name", proofs.RUNS)
def test_proofs(name: str) -> None:
    """The committed proof is not made again, because two proofs of one run differ."""
    data = base64.b64decode(read(f"proofs/{name}.json")["proof"])
    proven = proofs.Proven(proofs.RUNS[name](), data)
    assert committed(f"proofs/{name}.json") == proofs.proof_vectors(name, proven), WHAT_TO_DO


# AS ANOTHER VERIFIER READS THEM


def verdict_of(data: bytes, content: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The verdict about a file for what a case expects."""
    expected = {**content, **case}
    if "scene" in case or ("scene" in content and "input" not in case):
        return proofs.verdict_fields(verify(data, scene_bincode.unpack(base64.b64decode(expected["scene"]))))
    given = bincode.unpack(base64.b64decode(expected["input"]))
    given = replace(given, program=base64.b64decode(expected["program"]))
    return proofs.verdict_fields(verify(data, given))


@pytest.mark.parametrize("name", proofs.RUNS)
def test_every_case_has_its_outcome(name: str) -> None:
    """The outcome follows from the file alone, as its README describes."""
    content = read(f"proofs/{name}.json")
    for case in content["cases"]:
        data = base64.b64decode(content["proof"])
        if "patch" in case:
            data = patched(data, case["patch"])
        data += bytes(case.get("zeros", 0))
        outcome: dict[str, Any]
        try:
            outcome = {"verdict": verdict_of(data, content, case)}
        except ProofRejected as error:
            outcome = {"rejected": error.reason.value}
        except ProofVersionError as error:
            outcome = {"other_version": error.reason.value}
        assert case == case | outcome, case["name"]


def test_every_program_has_its_outcome() -> None:
    content = read("loaders.json")
    for case in content["cases"]:
        file = base64.b64decode(content["files"][case["base"]] if "base" in case else case["file"])
        if "patch" in case:
            file = patched(file, case["patch"])
        raw = RawFormat(**case["raw"]) if "raw" in case else None
        assert case == case | result_of(file, raw), case["name"]


# COMPLETE


@pytest.mark.parametrize(
    ("name", "fault", "frames"), [("success", None, 1), ("failure", "Panic", 1), ("transaction", None, 3)]
)
def test_valid_proofs(name: str, fault: str | None, frames: int) -> None:
    """One proof is of a run that succeeds, one is of a run that fails, and one is of a transaction."""
    (verdict,) = (case["verdict"] for case in read(f"proofs/{name}.json")["cases"] if "verdict" in case)
    assert (verdict["success"], verdict.get("fault"), verdict["frames"]) == (fault is None, fault, frames)


def test_every_syscall_has_a_case() -> None:
    listed = read("syscalls.json")["cases"]
    assert {case["syscall"] for case in listed} == {*SUPPORTED}
    assert len({case["name"] for case in listed}) == len(listed)


def test_patches() -> None:
    files = [b"", b"a", b"aa", b"ab", b"aba", b"abcba", b"abba", b"xyz"]
    for base in files:
        for changed in files:
            assert patched(base, patch_between(base, changed)) == changed


def test_the_readme_names_every_field() -> None:
    text = committed("README.md")
    for path in (*(f"proofs/{name}.json" for name in proofs.RUNS), "loaders.json", "serialization.json"):
        assert set(fields_of(read(path))) - set(text.split("`")) == set(), path
    assert set(fields_of(read("syscalls.json"))) - set(text.split("`")) == set()


def fields_of(content: dict[str, Any]) -> Iterator[str]:
    """The fields of a file and of its cases."""
    yield from content
    for case in content["cases"]:
        yield from case
        for inner in ("verdict", "patch", "program", "layout"):
            if isinstance(case.get(inner), dict):
                yield from case[inner]
