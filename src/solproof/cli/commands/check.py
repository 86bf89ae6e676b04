"""`solproof check`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    program_argument,
    quiet_option,
    read_input,
)
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.show import aligned, outcome_fields, print_json, print_lines
from solproof.execution.execute import execute
from solproof.proving.check import check_witness, witness_of
from solproof.runtime.execution_output import outcome_lines

EXAMPLE = """\b
Example:
  solproof check token.so --input transfer.json
"""


@click.command(epilog=EXAMPLE)
@program_argument
@input_option
@parameter_options
@json_option
@quiet_option
@click.pass_context
def check(
    context: click.Context,
    /,
    program: Path,
    input_path: Path | None,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Check every constraint and bus of a run, without proving.

    Prints the chip, constraint, row and instruction of every failure. A failure is a bug in solproof, and the
    exit status is then 1.
    """
    start = time.perf_counter()
    given = read_input(program, input_path, **parameters)
    with naming_program(program), Phases("check", quiet=quiet) as progress:
        progress("execute")
        execution = execute(given)
        progress("witness")
        witness = witness_of(execution)
        progress("constraints and buses")
        failures = check_witness(execution, witness)
    instances = witness.instances
    rows = witness.rows()
    seconds = time.perf_counter() - start
    if as_json:
        described = [
            {
                "chip": item.chip,
                "name": item.name,
                "row": item.row,
                "pc": item.pc,
                "instruction": item.instruction,
                "expected": item.expected,
                "got": item.got,
            }
            for item in failures
        ]
        outcome = outcome_fields(execution.output)
        print_json(
            {
                **outcome,
                "holds": not failures,
                "failures": described,
                "rows": rows,
                "seconds": {"total": round(seconds, 6)},
            }
        )
    else:
        constraints = sum(len(instance.chip.constraints) for instance in instances)
        checked = f"{constraints:,} on {sum(rows.values()):,} rows"
        verdict = "hold" if not failures else f"{len(failures)} failures"
        lines = [
            *outcome_lines(execution.output),
            ("constraints", f"{checked}: {verdict}"),
            ("seconds", f"{seconds:.3f}"),
        ]
        print_lines([*aligned(lines), *(f"  {failure}" for failure in failures)])
    if failures:
        context.exit(1)
