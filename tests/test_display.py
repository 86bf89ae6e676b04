"""Results in notebooks: well-formed and complete, with all outside text escaped. Numbers in words."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

import solproof
from solproof.demo import programs, scenario
from solproof.display import bytes_text


def texts_of(content: str) -> list[str]:
    """The texts of a fragment. Its elements must be closed in order."""
    return list(ElementTree.fromstring(f"<div>{content}</div>").itertext())


@pytest.fixture(scope="module")
def given() -> solproof.ExecutionInput:
    return scenario.transfer(programs.p_token())


def test_a_proof_and_its_verdict(given: solproof.ExecutionInput) -> None:
    proof = solproof.prove(given)
    for value, title in ((proof, "Proof"), (solproof.verify(proof.data, given), "Valid proof")):
        texts = texts_of(value._repr_html_())
        assert texts[0] == title
        assert texts[1:5] == ["success", "yes", "exit code", "0"]
        assert f"{len(proof.data):,} bytes" in texts


def test_a_run_and_its_log(given: solproof.ExecutionInput) -> None:
    execution = solproof.run(given)
    texts = texts_of(execution._repr_html_())
    assert texts[0] == "Run"
    assert texts[-1] == "\n".join(execution.output.logs)


def test_a_failure(given: solproof.ExecutionInput) -> None:
    execution = solproof.run(replace(given, parameters=solproof.Parameters(compute_unit_limit=10)))
    texts = texts_of(execution._repr_html_())
    assert texts[4] == "ProgramFailedToComplete: exceeded CUs meter at BPF instruction"
    assert texts[6].startswith("none: ExceededMaxInstructions at pc ")


def test_what_a_program_logs_is_text(given: solproof.ExecutionInput) -> None:
    execution = solproof.run(given)
    logged = "<script>alert('&')</script>"
    hostile = replace(execution, output=replace(execution.output, logs=(logged,)))
    content = hostile._repr_html_()
    assert "<script" not in content
    assert texts_of(content)[-1] == logged


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (2048, "2 KiB"), (5 * 2**20, "5 MiB"), (3 * 2**29, "1.50 GiB")],
)
def test_bytes_in_words(count: int, text: str) -> None:
    assert bytes_text(count) == text
