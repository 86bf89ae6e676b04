"""`solproof estimate`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.instruction_tree import execution_tree
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
)
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.cli.terminal.table import Column, print_table
from solproof.display import bytes_text, security_text
from solproof.estimation.estimate import Estimate, estimate_execution
from solproof.execution.run import run
from solproof.host.resources import available_memory

EXAMPLE = """\b
Examples:
  solproof estimate p_token.so --input transfer.json
  solproof estimate input.bin --json
  solproof estimate --transaction scene.json
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@json_option
@quiet_option
def estimate(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    *,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Estimate the cost of a proof: rows, cells, memory, time, size.

    Runs the program or the transaction and counts the rows of every chip, but proves nothing. Rows, cells and
    security are exact. Memory and time come from a model of measured proofs. The result includes the machine
    of the measurements and the errors of the model.
    """
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("estimate", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
        progress("estimate")
        found = estimate_execution(execution)
    if as_json:
        print_json({**result_fields(found), **estimate_fields(found), **_calibration(found)})
        return
    machine, errors = found.calibration.machine, found.calibration.errors
    lines = [
        *named_result(execution),
        ("security", security_text(found.security_bits, found.security_regime)),
        ("proof", f"about {found.proof_bytes:,} bytes (within {errors.proof_bytes:.0%} when measured)"),
        (
            "memory",
            f"about {bytes_text(found.peak_bytes)} (within {errors.peak_bytes:.0%}); "
            f"{bytes_text(available_memory())} may be used here",
        ),
        ("time", f"about {found.seconds:.2f} s (within {errors.seconds:.0%}) on the measured machine"),
        (
            "measured",
            f"{found.calibration.date} with solproof {found.calibration.version} on {machine.cores} "
            f"cores ({machine.processor}, {machine.vector_lanes} field elements per vector, "
            f"{bytes_text(machine.memory_bytes)} of memory)",
        ),
    ]
    if found.rows:
        cells = found.main_cells + found.auxiliary_cells
        lines += [
            ("rows", f"{sum(found.rows.values()):,} in {len(found.rows)} chips, padding included"),
            ("cells", f"{cells:,} committed, and {found.preprocessed_cells:,} of the key"),
        ]
    print_lines([*aligned(lines), *execution_tree(execution)])
    if found.rows:
        print_table(
            "rows by chip, padding included",
            [Column("chip", is_number=False), Column("rows")],
            [[name, f"{rows:,}"] for name, rows in sorted(found.rows.items(), key=lambda item: -item[1])],
        )


def estimate_fields(found: Estimate) -> Fields:
    """The figures of an estimate, as JSON fields."""
    return {
        "frames": found.frames,
        "seconds": round(found.seconds, 3),
        "peak_bytes": found.peak_bytes,
        "proof_bytes": found.proof_bytes,
        "security_bits": round(found.security_bits, 3),
        "security_regime": found.security_regime,
        "rows": found.rows,
        "main_cells": found.main_cells,
        "auxiliary_cells": found.auxiliary_cells,
        "quotient_cells": found.quotient_cells,
        "preprocessed_cells": found.preprocessed_cells,
    }


def estimate_line(found: Estimate) -> str:
    """The figures of an estimate in one line."""
    machine = found.calibration.machine
    return (
        f"estimate: {found.main_cells + found.auxiliary_cells:,} cells, "
        f"about {bytes_text(found.peak_bytes)} of memory, a proof of {found.proof_bytes / 1e6:.2f} MB, "
        f"{found.seconds:.2f} s on {machine.cores} cores of {machine.processor}"
    )


def _calibration(found: Estimate) -> Fields:
    calibration = found.calibration
    return {
        "available_bytes": available_memory(),
        "calibration": {
            "date": calibration.date,
            "version": calibration.version,
            "machine": asdict(calibration.machine),
            "errors": asdict(calibration.errors),
        },
    }
