"""The doctor: its findings here, and its messages in other situations."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from solproof import doctor
from solproof.doctor import Check, State, judge_build
from tests.cli.conftest import Command


def test_this_machine(command: Command) -> None:
    result = command("doctor", "--json", "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert result.fields["works"] is True
    states = {check["name"]: check["state"] for check in result.fields["checks"]}
    assert states["native"] == states["proving"] == states["oracle"] == states["packages"] == "ok"


def test_a_machine_that_cannot_prove(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (Check("python", State.OK, "3.11"), Check("proving", State.FAILED, "prove: no"))
    monkeypatch.setattr("solproof.cli.commands.doctor.examine", lambda: iter(broken))
    result = command("doctor", "--quiet")
    assert result.status == 1
    assert result.output == ("python   ok       3.11\nproving  failed   prove: no\n\nproving does not work\n")


@pytest.mark.parametrize(
    ("lanes", "features", "level", "expected"),
    [
        (
            16,
            {"avx2", "avx512f"},
            None,
            Check(
                "engine",
                State.OK,
                "built for vectors of 16 field elements, the most that this processor has (AVX-512)",
            ),
        ),
        (
            8,
            {"avx2", "avx512f"},
            "x86-64-v3",
            Check(
                "engine",
                State.WARNING,
                "level x86-64-v3 of this wheel, built for vectors of 8 field elements, "
                "this processor has AVX-512 for 16: proofs take several times longer; the advice",
            ),
        ),
        (
            1,
            {"avx2"},
            None,
            Check(
                "engine",
                State.WARNING,
                "built without vectors, this processor has AVX2 for 8: proofs take several times longer; "
                "the advice",
            ),
        ),
        (
            4,
            {"neon"},
            None,
            Check(
                "engine",
                State.OK,
                "built for vectors of 4 field elements, the most that this processor has (NEON)",
            ),
        ),
        (
            1,
            set(),
            "x86-64-v2",
            Check(
                "engine",
                State.OK,
                "level x86-64-v2 of this wheel, built without vectors, "
                "the most that this processor has (no vectors)",
            ),
        ),
    ],
)
def test_builds(lanes: int, features: set[str], level: str | None, expected: Check) -> None:
    assert judge_build(lanes, frozenset(features), level, "the advice") == expected


Examine = Callable[[str, int, str], dict[str, Check]]


@pytest.fixture
def examine(monkeypatch: pytest.MonkeyPatch) -> Examine:
    """The checks, if every command that contains a word ends with this status and prints these errors."""

    def examined(word: str, status: int, errors: str) -> dict[str, Check]:
        def run(arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
            failed = any(word in argument for argument in arguments)
            return subprocess.CompletedProcess(arguments, *((status, "", errors) if failed else (0, "", "")))

        monkeypatch.setattr(subprocess, "run", run)
        return {check.name: check for check in doctor.examine()}

    return examined


FAILURES = pytest.mark.parametrize(
    ("status", "errors", "said"),
    [
        (
            -signal.SIGILL,
            "",
            "the native modules were built for another processor; build them here (make install)",
        ),
        (-signal.SIGKILL, "", "the system killed it, most likely because memory ran out"),
        (7, "note\nerror: refused\n", "error: refused"),
        (1, "", "ended with status 1"),
    ],
)


@FAILURES
def test_why_proving_fails(status: int, errors: str, said: str, examine: Examine) -> None:
    found = examine("--output", status, errors)
    assert found["native"] == Check("native", State.OK, "processor, prover, primitives load")
    assert found["proving"] == Check("proving", State.FAILED, f"prove: {said}")
    assert "engine" not in found


@FAILURES
@pytest.mark.parametrize("module", ["processor", "prover", "primitives"])
def test_why_a_native_module_does_not_load(
    module: str, status: int, errors: str, said: str, examine: Examine
) -> None:
    """In this case the doctor's own process does not load the modules."""
    found = examine(f"_native.{module}", status, errors)
    assert found["native"] == Check("native", State.FAILED, f"{module}: {said}")
    assert found.keys().isdisjoint({"engine", "proving", "oracle"})


def test_the_doctor_loads_native_modules_only_after_a_subprocess_has() -> None:
    code = (
        "import sys, solproof.doctor as doctor\n"
        "names = ('solproof._native.prover', 'solproof._native.primitives')\n"
        "for check in doctor.examine():\n"
        "    print(check.name, [name for name in names if name in sys.modules])\n"
        "    if check.name == 'native':\n"
        "        break\n"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [line.partition(" ")[2] for line in process.stdout.splitlines()] == ["[]"] * 6
