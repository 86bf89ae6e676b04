"""Every reader of untrusted bytes, fuzzed briefly with a fixed seed. `make fuzz` takes longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import postcard
from tests.fuzz.loop import Finding, Guard, fuzz
from tests.fuzz.proofs import engine_seeds
from tests.fuzz.run import MODULES, has_coverage, target_of
from tests.fuzz.target import MEBIBYTE, Target

ROOT = Path(__file__).parents[2]
SECONDS = 30
"""The most time for each target. Machines that are not busy need less than two seconds."""
# The numbers of inputs and of the kinds of outcomes that they must reach. Shallow fuzzing means little.
RUNS = {
    "elf": (2000, 60),
    "raw": (2000, 40),
    "assembly": (1000, 20),
    "json": (5000, 24),
    "scene": (5000, 40),
    "scene_bin": (5000, 60),
    "fixture": (3000, 25),
    "index": (5000, 20),
    "input_bin": (5000, 40),
    "output_bin": (3000, 25),
    "proof_file": (800, 25),
    "claim": (1000, 15),
    "engine": (500, 20),
    "command": (300, 8),
    "invoke": (600, 25),
}


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_found(name: str) -> None:
    executions, kinds = RUNS[name]
    statistics = fuzz(target_of(name), seed=1, executions=executions, seconds=SECONDS)
    assert len(statistics.outcomes) >= kinds, statistics


@pytest.mark.skipif(not has_coverage(), reason="Atheris has no wheel for this platform")
@pytest.mark.parametrize("name", ["elf", "raw", "json", "input_bin", "claim"])
def test_nothing_is_found_by_coverage(name: str, tmp_path: Path) -> None:
    options = ["--executions", "1000", "--seconds", str(SECONDS), "--directory", str(tmp_path)]
    command = [sys.executable, "-m", "tests.fuzz.run", name, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{name}: nothing found: " in done.stdout


# THE FUZZER ITSELF


def _target(run: object, **bounds: float) -> Target:
    limits = {"longest": 64, "seconds": 1.0, "memory": MEBIBYTE} | bounds
    return Target("test", lambda: [b"good bytes"], run, **limits)  # type: ignore[arg-type]


def test_an_undocumented_error_is_a_finding() -> None:
    def run(data: bytes) -> str:
        if data.startswith(b"good") and len(data) > 12:
            raise KeyError(len(data))
        return "read"

    with pytest.raises(Finding, match=r"KeyError: .*, for .* bytes: 676f6f64") as caught:
        fuzz(_target(run), seed=1, executions=10_000)
    assert caught.value.data.startswith(b"good")


def test_time_and_memory_are_bounded() -> None:
    def slow(data: bytes) -> str:
        return str(sum(range(200_000 if len(data) > 12 else 1)))

    def large(data: bytes) -> str:
        return str(len(bytes(4 * MEBIBYTE if len(data) > 12 else 1)))

    with pytest.raises(Finding, match=r"seconds of CPU time, expected at most 0\.001"):
        fuzz(_target(slow, seconds=0.001), seed=1, executions=10_000)
    with pytest.raises(Finding, match="bytes allocated by Python, expected at most 1048576"):
        fuzz(_target(large), seed=1, executions=10_000)


def test_a_seed_repeats_itself() -> None:
    seen: list[list[bytes]] = [[], []]
    for inputs in seen:

        def run(data: bytes, inputs: list[bytes] = inputs) -> str:
            inputs.append(data)
            return str(len(data))

        fuzz(_target(run), seed=7, executions=500)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 300


def test_a_finding_can_be_run_again(tmp_path: Path) -> None:
    saved = tmp_path / "input"
    saved.write_bytes(b"[1, 2]")
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.run",
        "json",
        "--reproduce",
        str(saved),
        "--directory",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("json: nothing found: ")


def test_the_tree_of_an_engine_proof() -> None:
    (proof,) = engine_seeds()
    tree = postcard.parse(proof)
    assert postcard.encode(proof[: postcard.HEADER_BYTES], tree) == proof
    instances, _, openings, siblings = tree
    assert instances == [[0, 6], [1, 3], [2, 2], [2, 2], [3, 3], [4, 4]]
    assert len(openings) == 4
    assert siblings
    with pytest.raises(ValueError, match="1 bytes follow the proof"):
        postcard.parse(proof + b"\0")


def test_guards_run_the_seeds() -> None:
    guard = Guard(target_of("engine"))
    assert "accepted" in guard.statistics.outcomes
