"""Estimates are exact or near, as promised, and the shipped calibration is consistent."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from dataclasses import astuple, replace
from pathlib import Path

import pytest

import solproof
from solproof.backend.plonky3 import Plonky3
from solproof.circuit.registry import CIRCUIT
from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.display import bytes_text
from solproof.errors import NotEnoughMemory
from solproof.estimation.affordable import affordable
from solproof.estimation.calibration import (
    Host,
    Linear,
    Load,
    Measurement,
    calibrate,
    fit,
    shipped_calibration,
)
from solproof.estimation.estimate import Estimate, estimate, estimate_execution
from solproof.execution.execute import execute
from solproof.execution.execute_transaction import execute_transaction
from solproof.formats import bincode
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput
from solproof.statement.system import ProofSystem
from tests.support import proof_scenes
from tests.support.elf_builder import build_elf
from tests.support.small_circuits import with_parameters

FILLING = "lddw r1, 0x300000000; mov64 r2, 7; mov64 r3, 32768; syscall sol_memset_; mov64 r0, 0; exit"


@pytest.fixture(scope="module")
def small() -> Estimate:
    return estimate(transfer(p_token()))


def test_exact_figures() -> None:
    execution = execute(transfer(classic_token()))
    found = estimate_execution(execution)
    report = prove_execution(execution).report
    assert found.output == execution.output
    assert found.rows == report.rows
    assert (found.main_cells, found.auxiliary_cells, found.preprocessed_cells) == (
        report.main_cells,
        report.auxiliary_cells,
        report.preprocessed_cells,
    )
    assert (found.security_bits, found.security_regime) == (report.security_bits, report.security_regime)


def test_exact_figures_of_a_transaction() -> None:
    execution = execute_transaction(proof_scenes.token_account())
    found = estimate_execution(execution)
    proof = prove_execution(execution)
    assert (found.output, found.frames, found.rows) == (execution.output, 4, proof.report.rows)
    assert found.security_bits == proof.report.security_bits
    assert found.main_cells == proof.report.main_cells
    assert found.proof_bytes == pytest.approx(len(proof.data), rel=0.05)
    assert found.load.instructions == execution.output.executed_instructions


def test_a_transaction_without_frames() -> None:
    found = estimate(proof_scenes.frameless())
    assert (found.frames, found.rows, found.load) == (0, {}, Load(0, 0, 0, 0, 0, 0, found.proof_bytes))
    assert (found.security_bits, found.security_regime) == (0, "")
    assert found.proof_bytes == len(prove_execution(execute_transaction(proof_scenes.frameless())).data)


def test_memory_syscalls_are_counted() -> None:
    """Each row of a block covers 8 bytes, and the model knows how many there are."""
    few = estimate(ExecutionInput(build_elf(FILLING.replace("32768", "8")), bytes(32), (), b""))
    many = estimate(ExecutionInput(build_elf(FILLING), bytes(32), (), b""))
    assert (few.load.block_words, many.load.block_words) == (1, 4_096)
    assert (many.load.instructions, many.load.event_words) == (few.load.instructions, 0)


def test_another_proof_system(small: Estimate) -> None:
    """More queries make a proof larger and safer; the rows stay."""
    system = ProofSystem(CIRCUIT, Plonky3(with_parameters(queries=230)))
    found = estimate(transfer(p_token()), system=system)
    assert found.rows == small.rows
    assert found.proof_bytes > small.proof_bytes
    assert found.security_bits > small.security_bits


def test_memory_of_a_real_proof(tmp_path: Path) -> None:
    given = transfer(classic_token())
    path = tmp_path / "input.bin"
    path.write_bytes(bincode.pack(given))
    arguments = ["prove", str(path), "--output", str(tmp_path / "proof"), "--verbose", "--progress", "none"]
    command = [sys.executable, "-m", "solproof", *arguments]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    held = re.search(r"([\d,]+) MiB of memory at most$", process.stderr)
    assert held is not None
    peak = int(held[1].replace(",", "")) * 2**20
    assert estimate(given).peak_bytes == pytest.approx(peak, rel=0.2)


def test_refusal(small: Estimate) -> None:
    small.check_memory(small.peak_bytes)
    needed = bytes_text(small.peak_bytes)
    with pytest.raises(NotEnoughMemory) as caught:
        small.check_memory(2**20)
    assert str(caught.value) == (
        f"the proof needs about {needed} of memory but only 1 MiB may be used; nothing was proven; "
        "free memory or set a higher --max-memory"
    )


def test_a_run_that_even_an_estimate_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words that its syscalls touch are counted before anything is computed of them."""
    monkeypatch.setattr("solproof.circuit.frames.access_log", None)
    execution = execute(ExecutionInput(build_elf(FILLING), bytes(32), (), b""))
    with pytest.raises(NotEnoughMemory, match=r"needs more than 920 KiB of memory but only 512 KiB may be"):
        affordable(execution, 2**19, lambda _: None, lambda _: None)


def test_frozen_and_picklable(small: Estimate) -> None:
    assert pickle.loads(pickle.dumps(small)) == small


# CALIBRATION

TRUTH = Linear(0.2, 3e-3, 1e-6, 1e-4, 3e-5, 5e-8, 2e-7, 1e-7)
LOADS = [
    Load(*numbers)
    for numbers in (
        (1, 100, 0, 0, 0, 2_000_000, 500_000),
        (1, 5_000, 7, 12, 700_000, 2_400_000, 1_500_000),
        (4, 900, 1, 3, 3_000_000, 4_000_000, 900_000),
        (1, 70_000, 6_000, 0, 400, 7_000_000, 2_000_000),
        (1, 900_000, 0, 0, 0, 80_000_000, 1_100_000),
        (25, 40_000, 3_000, 21_000, 0, 9_000_000, 2_500_000),
        (10, 30_000, 0, 0, 0, 6_000_000, 1_600_000),
        (2, 20_000, 2_000, 4_000, 10, 6_000_000, 700_000),
        (3, 400_000, 50, 90, 20_000, 30_000_000, 2_200_000),
    )
]


def measured(load: Load, scale: float = 1.0) -> Measurement:
    seconds = TRUTH.at(load) * scale
    return Measurement("program", load, seconds, round(1e9 * seconds), round(1.01 * load.proof_bytes))


def test_a_linear_truth_is_found() -> None:
    found = fit(tuple(map(measured, LOADS)), "seconds")
    for load in LOADS:
        assert found.at(load) == pytest.approx(TRUTH.at(load), rel=1e-3)


def test_no_coefficient_is_negative() -> None:
    falling = tuple(replace(measured(load), seconds=1 / (1 + load.cells)) for load in LOADS)
    found = fit(falling, "seconds")
    assert min(astuple(found)) >= 0


def test_errors_are_those_of_the_program_left_out() -> None:
    machine = Host("processor", 2, 2**30, 8)
    exact = calibrate(tuple(map(measured, LOADS)), machine, "2026-01-01", "0.1.0")
    assert exact.errors.seconds == exact.errors.peak_bytes == pytest.approx(0, abs=1e-3)
    assert exact.errors.proof_bytes == pytest.approx(0.0099, abs=1e-4)
    odd = (*map(measured, LOADS[:-1]), measured(LOADS[-1], 2.0))
    assert calibrate(odd, machine, "2026-01-01", "0.1.0").errors.seconds >= 0.5


def test_the_shipped_calibration_says_how_it_was_made() -> None:
    shipped = shipped_calibration()
    again = calibrate(shipped.measurements, shipped.machine, shipped.date, shipped.version)
    assert again == shipped
    assert len(shipped.measurements) >= 10
    assert shipped.errors.proof_bytes < 0.05
    assert shipped.errors.peak_bytes < 0.15


def test_the_name_in_the_package() -> None:
    assert solproof.estimate is estimate
