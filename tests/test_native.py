"""The two native modules: which of them each use of the package loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from solproof.demo import programs, scenario
from solproof.formats import bincode

PROVER, PRIMITIVES = "solproof._native.prover", "solproof._native.primitives"
RUN = "import solproof; solproof.run(solproof.input_from_bytes(sys.stdin.buffer.read()))"


@pytest.fixture(scope="module")
def transfer() -> bytes:
    """An `input.bin` of p-token, whose Transfer calls no cryptographic syscall."""
    return bincode.pack(scenario.transfer(programs.p_token()))


def loaded(code: str, given: bytes = b"") -> list[str]:
    """The native modules that a fresh interpreter has after running some code."""
    report = f"print([name for name in {(PROVER, PRIMITIVES)!r} if name in sys.modules], file=sys.stderr)"
    process = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{report}"], input=given, capture_output=True, check=True
    )
    names: list[str] = ast.literal_eval(process.stderr.decode())
    return names


@pytest.mark.parametrize(
    "name", ["solproof", "solproof._native", "solproof.vm.machine", "solproof.circuit.registry"]
)
def test_the_machine_and_the_circuit_load_neither(name: str) -> None:
    assert loaded(f"import {name}") == []


def test_running_a_program_loads_only_the_primitives(transfer: bytes) -> None:
    """The registry of syscalls needs them."""
    assert loaded(RUN, transfer) == [PRIMITIVES]


def test_the_command_run_loads_only_the_primitives(transfer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "input.bin"
    path.write_bytes(transfer)
    code = f"from solproof.cli import solproof\nsolproof(['run', {str(path)!r}], standalone_mode=False)"
    assert loaded(code) == [PRIMITIVES]


def test_the_prover_does_not_load_the_primitives() -> None:
    assert loaded(f"import {PROVER}") == [PROVER]
