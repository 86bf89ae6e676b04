"""The doctor: what it finds here, and what it would say elsewhere."""

from __future__ import annotations

import signal
import subprocess

import pytest

from solproof import doctor
from solproof.doctor import Check, State, judge_build
from tests.cli.conftest import Command


def test_this_machine(command: Command) -> None:
    result = command("doctor", "--json", "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert result.fields["works"] is True
    states = {check["name"]: check["state"] for check in result.fields["checks"]}
    assert states["proving"] == states["oracle"] == states["packages"] == "ok"


def test_a_machine_that_cannot_prove(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (Check("python", State.OK, "3.11"), Check("proving", State.FAILED, "prove: no"))
    monkeypatch.setattr("solproof.cli.commands.doctor.examine", lambda: iter(broken))
    result = command("doctor", "--quiet")
    assert result.status == 1
    assert result.output == ("python   ok       3.11\nproving  failed   prove: no\n\nproving does not work\n")


@pytest.mark.parametrize(
    ("lanes", "features", "state", "said"),
    [
        (16, {"avx2", "avx512f"}, State.OK, "the most that this processor has (AVX-512)"),
        (8, {"avx2", "avx512f"}, State.WARNING, "this processor has AVX-512 for 16"),
        (1, {"avx2"}, State.WARNING, "built without vectors, this processor has AVX2 for 8"),
        (4, {"asimd"}, State.OK, "(NEON)"),
        (8, set(), State.OK, "the system does not tell what the processor has"),
        (1, {"sse2"}, State.OK, "(no vectors)"),
    ],
)
def test_builds(lanes: int, features: set[str], state: State, said: str) -> None:
    check = judge_build(lanes, frozenset(features))
    assert check.state is state
    assert said in check.detail


@pytest.mark.parametrize(
    ("status", "errors", "said"),
    [
        (
            -signal.SIGILL,
            "",
            "prove: the engine was built for another processor; build it here (make install)",
        ),
        (-signal.SIGKILL, "", "prove: the system ended it, for want of memory most likely"),
        (7, "note\nerror: refused\n", "prove: error: refused"),
        (1, "", "prove: ended with status 1"),
    ],
)
def test_why_proving_fails(status: int, errors: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.CompletedProcess([], status, "", errors)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: process)
    found = {check.name: check for check in doctor.examine()}
    assert found["proving"] == Check("proving", State.FAILED, said)
    assert "engine" not in found
