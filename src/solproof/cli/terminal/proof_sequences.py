"""Proving and verifying a sequence of transactions, with a line for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import base58

from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.reporting import note
from solproof.cli.terminal.scenes import read_sequence
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import Fields, aligned, print_lines, print_pieces
from solproof.cli.terminal.table import Field, header_lines, record_lines
from solproof.cli.terminal.transaction_lines import Summary, ending
from solproof.errors import InputError
from solproof.estimation.affordable import affordable_proof
from solproof.formats.transaction_json import ending_fields
from solproof.host.resources import available_memory
from solproof.proving.sequence import ProvenTransaction, prove_sequence
from solproof.statement.sequence_index import proof_path
from solproof.verifying.sequence import VerifiedTransaction, verify_sequence

Result: TypeAlias = "ProvenTransaction | VerifiedTransaction"

SHOWN_LETTERS = 12
"""How much of a signature a line shows."""
FIELDS = (
    Field("number", 6),
    Field("signature", SHOWN_LETTERS, is_number=False),
    Field("ending", 13, is_number=False),
    Field("units", 12),
    Field("instructions", 12),
    Field("proof bytes", 11),
    Field("seconds", 9),
)
"""The fields of a line about a transaction. The units are compute units."""


def prove_transactions(
    path: Path,
    directory: Path,
    features: Fields,
    *,
    jobs: int,
    max_memory: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Prove the sequence at a path into a directory. The proofs share the memory."""
    memory = (available_memory() if max_memory is None else max_memory) // jobs
    prover = partial(affordable_proof, limit=memory)
    _report(
        "prove",
        path,
        features,
        lambda scenes, progress: prove_sequence(scenes, directory, jobs, progress, prover=prover),
        as_json=as_json,
        quiet=quiet,
    )


def verify_transactions(path: Path, directory: Path, features: Fields, *, as_json: bool, quiet: bool) -> None:
    """Verify the proofs in a directory against the sequence at a path."""
    if directory.is_file():
        raise InputError(f"proof {directory}: is a file, expected the directory of the proofs")
    _report(
        "verify",
        path,
        features,
        lambda scenes, progress: verify_sequence(directory, scenes, progress),
        as_json=as_json,
        quiet=quiet,
    )


def _report(
    title: str, path: Path, features: Fields, work: Callable[..., Any], *, as_json: bool, quiet: bool
) -> None:
    """Read the scenes, work on them, and print each result as soon as it is there."""
    total = _Total()
    # On a terminal, the lines of the results show the progress.
    with Phases(title, quiet=quiet or sys.stdout.isatty()) as progress:
        progress("read")
        scenes = read_sequence(path, **features)
        progress("transactions")
        if not as_json:
            print_lines(header_lines(FIELDS))

        def show(result: Result) -> None:
            total.add(result)
            if as_json:
                print_pieces([f"{json.dumps(_fields(result))}\n".encode()])
            else:
                print_lines(_record(result))
            progress.reach(10 * result.number // len(scenes) * 10)

        work(scenes, show)
    if as_json:
        note(", ".join(f"{name}: {value}" for name, value in total.lines()))
    else:
        print_lines(["", *aligned(total.lines())])


@dataclass(slots=True)
class _Total:
    """What the transactions of a sequence are together."""

    summary: Summary = field(default_factory=Summary)
    proofs: int = 0
    proof_bytes: int = 0
    seconds: float = 0.0

    def add(self, result: Result) -> None:
        self.summary.add(result.output)
        self.seconds += result.seconds
        if result.proof_bytes is not None:
            self.proofs += 1
            self.proof_bytes += result.proof_bytes

    def lines(self) -> list[tuple[str, str]]:
        return [
            *self.summary.lines(),
            ("proofs", f"{self.proofs:,}: {self.proof_bytes:,} bytes"),
            ("seconds", f"{self.seconds:.3f}"),
        ]


def _signature(result: Result) -> str:
    """The signature by which explorers name the transaction, or an empty text if it has none."""
    return base58.b58encode(result.signatures[0]).decode("ascii") if result.signatures else ""


def _record(result: Result) -> list[Line]:
    output = result.output
    values = (
        f"{result.number:,}",
        _signature(result)[:SHOWN_LETTERS],
        ending(output),
        f"{output.compute_units:,}",
        f"{output.executed_instructions:,}",
        "none" if result.proof_bytes is None else f"{result.proof_bytes:,}",
        f"{result.seconds:.3f}",
    )
    return record_lines(FIELDS, values, "" if output.failure is None else str(output.failure))


def _fields(result: Result) -> Fields:
    output = result.output
    return {
        "number": result.number,
        "signature": _signature(result),
        **ending_fields(output),
        "proof": None if result.proof_bytes is None else proof_path(Path(), result.number).name,
        "proof_bytes": result.proof_bytes,
        "seconds": round(result.seconds, 6),
    }
