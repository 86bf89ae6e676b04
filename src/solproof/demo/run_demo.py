"""The demonstration: run, compare, prove and verify two real token programs, and tamper with the proofs.

It leaves everything that a reader of the proof needs in a directory: program, input and proof. The verifier
is a separate process that reads only these three files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solproof.backend.protocol import Progress
from solproof.demo import programs, scenario
from solproof.display import rounded, seconds_text, security_text
from solproof.errors import OutputError, ProofRejected, SolproofError
from solproof.execution.execute import execute
from solproof.formats.input_file import format_input
from solproof.host.files import read_file, write_file
from solproof.host.resources import peak_memory
from solproof.oracle.litesvm import RuntimeResult
from solproof.proving.prove import Proof, prove
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput

Say = Callable[[str], object]
Phases = Callable[[str], AbstractContextManager[Progress]]

AMOUNT_OFFSET = 64  # offset of the amount in a token account


class DemoError(SolproofError):
    """A check of the demonstration has failed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One token program of the demonstration, and the compute units of its Transfer."""

    name: str
    title: str
    classic_token: bool
    elf: Callable[[], bytes]
    program_bytes: int
    compute_units: int


CASES = (
    Case("p_token", "p-token, the token program of mainnet", False, programs.p_token, 100_312, 76),
    Case(
        "classic_token",
        "SPL Token 3.5.0, the classic token program",
        True,
        programs.classic_token,
        134_080,
        4_644,
    ),
)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one case."""

    program: Path
    input: Path
    proof: Path

    def verify_command(self, *, input_path: Path | None = None, proof: Path | None = None) -> list[str]:
        """The arguments of `solproof` that verify the proof. They may name another input or proof instead."""
        return [
            "verify",
            str(proof or self.proof),
            "--program",
            str(self.program),
            "--input",
            str(input_path or self.input),
        ]


def run_demo(directory: Path, say: Say, phases: Phases) -> dict[str, Any]:
    """Run the demonstration, and return its figures by case.

    `say` receives each line of the report. `phases(title)` returns a context manager that shows progress.
    Raises `DemoError` if a check fails, and `OutputError` if the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{directory}: cannot be made: {error.strerror}") from None
    figures = {case.name: _show(case, directory, say, phases) for case in CASES}
    peak = peak_memory()
    say(f"peak memory: {peak / 1e6:,.0f} MB resident in this process, for LiteSVM, both runs and both proofs")
    say("")
    say("Verify them yourself:")
    for case in CASES:
        say(f"  solproof {shlex.join(_files(case, directory).verify_command())}")
    return {**figures, "peak_bytes": peak}


def _show(case: Case, directory: Path, say: Say, phases: Phases) -> dict[str, Any]:
    elf = case.elf()
    say(f"{case.title}: {len(elf):,} bytes, SHA-256 {hashlib.sha256(elf).hexdigest()}")
    _insist("size of the program", len(elf), case.program_bytes)
    given = scenario.transfer(elf)
    output = execute(given, recorded=False).output
    _compare(output, scenario.run_token_instruction(given, classic_token=case.classic_token), say)
    _insist("compute units of the Transfer", output.compute_units, case.compute_units)
    with phases(f"prove {case.name}") as progress:
        proof = prove(given, progress)
    files = _files(case, directory)
    write_file(files.program, elf)
    write_file(files.input, format_input(given).encode())
    write_file(files.proof, proof.data)
    verdict = _verify(files.verify_command())
    _insist("the verifier's outputs", _public(verdict), _public_of(output))
    _say_figures(proof, verdict, files, say)
    rejected = _tamper(given, proof, files, say)
    say("")
    return {
        **verdict,
        "prove_seconds": rounded(proof.report.seconds),
        "rows": proof.report.rows,
        "main_cells": proof.report.main_cells,
        "auxiliary_cells": proof.report.auxiliary_cells,
        "preprocessed_cells": proof.report.preprocessed_cells,
        "rejected": rejected,
    }


def _files(case: Case, directory: Path) -> Files:
    stem = f"{case.name}_transfer"
    return Files(directory / f"{case.name}.so", directory / f"{stem}.json", directory / f"{stem}.proof")


# COMPARE


def _compare(ours: ExecutionOutput, theirs: RuntimeResult, say: Say) -> None:
    """Check that solproof and LiteSVM agree on every item."""
    say("  run here and in LiteSVM:")
    items: list[tuple[str, object, object]] = [
        ("result", (ours.success, ours.error), (theirs.success, theirs.error)),
        ("compute units", ours.compute_units, theirs.compute_units),
        ("log", ours.logs, theirs.logs),
        ("return data", ours.return_data, theirs.return_data),
        ("number of accounts", len(ours.accounts), len(theirs.accounts)),
    ]
    items += [
        (f"account {address_text(account.key)} afterwards", account, other)
        for account, other in zip(ours.accounts, theirs.accounts, strict=False)
    ]
    for name, mine, other in items:
        _insist(name, mine, other)
        shown = f" ({mine:,})" if isinstance(mine, int) else ""
        say(f"    {name}{shown}: equal")


def _insist(what: str, got: object, expected: object) -> None:
    if got != expected:
        raise DemoError(f"{what}: got {got!r}, expected {expected!r}")


# VERIFY


def _solproof(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "solproof", *arguments, "--json"],
        # Keep Python from importing a file of the current directory, such as token.py.
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def _verify(arguments: list[str]) -> dict[str, Any]:
    """The verdict of a verifier in a separate process."""
    process = _solproof(arguments)
    if process.returncode != 0:
        raise DemoError(f"the verifier ended with status {process.returncode}: {process.stderr.strip()}")
    verdict: dict[str, Any] = json.loads(process.stdout)
    return verdict


def _public_of(output: ExecutionOutput) -> dict[str, Any]:
    return {
        "success": output.success,
        "exit_code": output.exit_code,
        "compute_units": output.compute_units,
        "instructions": output.instructions,
        "accounts_modified": output.accounts_modified,
    }


def _public(verdict: dict[str, Any]) -> dict[str, Any]:
    """The five public outputs in a verdict."""
    names = ("success", "exit_code", "compute_units", "instructions", "accounts_modified")
    return {name: verdict[name] for name in names}


def _say_figures(proof: Proof[ExecutionOutput], verdict: dict[str, Any], files: Files, say: Say) -> None:
    report, rows = proof.report, sum(proof.report.rows.values())
    public = ", ".join(f"{name} {json.dumps(value)}" for name, value in _public(verdict).items())
    say("  proven, and verified in another process, which read three files:")
    say(f"    {files.program}, {files.input}, {files.proof}")
    say(f"    public outputs: {public}")
    say(f"    rows: {rows:,} in {len(report.rows)} chips, padding and fixed tables included")
    say(f"    cells of the proof: {report.main_cells:,} main, {report.auxiliary_cells:,} auxiliary")
    say(f"    cells of the key: {report.preprocessed_cells:,} preprocessed")
    say(f"    security: {security_text(verdict['security_bits'], verdict['security_regime'])}")
    say(f"    proof: {verdict['proof_bytes']:,} bytes")
    say(f"    seconds to prove: {seconds_text(report.seconds)}")
    say(f"    seconds to verify: {seconds_text(verdict['seconds'])}")


# TAMPER


def _tamper(given: ExecutionInput, proof: Proof[ExecutionOutput], files: Files, say: Say) -> list[str]:
    """Show that the verifier rejects another input and another proof, and return its reasons."""
    with tempfile.TemporaryDirectory() as name:
        other_input, other_proof = Path(name) / "other.json", Path(name) / "other.proof"
        write_file(other_input, format_input(_flip_account_bit(given)).encode())
        content = bytearray(read_file(files.proof, "proof"))
        position = len(content) // 2
        content[position] ^= 0xFF
        write_file(other_proof, bytes(content))
        source = address_text(given.accounts[0].account.key)
        return [
            _rejected(
                f"bit 0 of byte {AMOUNT_OFFSET} of account {source} flipped in the claimed input",
                files.verify_command(input_path=other_input),
                say,
            ),
            _rejected(
                f"byte {position:,} of the proof inverted", files.verify_command(proof=other_proof), say
            ),
        ]


def _flip_account_bit(given: ExecutionInput) -> ExecutionInput:
    """The same input, but the first account holds one base unit more or less."""
    first, *others = given.accounts
    data = bytearray(first.account.data)
    data[AMOUNT_OFFSET] ^= 1
    changed = replace(first, account=replace(first.account, data=bytes(data)))
    return replace(given, accounts=(changed, *others))


def _rejected(what: str, arguments: list[str], say: Say) -> str:
    process = _solproof(arguments)
    if process.returncode != ProofRejected.exit_status:
        raise DemoError(
            f"{what}: the verifier ended with status {process.returncode}: {process.stderr.strip()}"
        )
    reason: str = json.loads(process.stdout)["failure"]["message"]
    say(f"  {what}: rejected: {reason}")
    return reason
