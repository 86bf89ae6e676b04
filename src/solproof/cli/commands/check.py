"""`solproof check`."""

from __future__ import annotations

import time
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
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.display import NO_FRAME
from solproof.execution.run import run
from solproof.proving.check import check_witness, witness_of

EXAMPLE = """\b
Examples:
  solproof check p_token.so --input transfer.json
  solproof check --transaction scene.json
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@json_option
@quiet_option
@click.pass_context
def check(
    context: click.Context,
    /,
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Check every constraint and bus of a run, without proving.

    Prints the chip, constraint, row and instruction of every failure, and the frame, counted from 1, in which
    it happened. A failure is a bug in solproof, and the exit status is then 1.
    """
    start = time.perf_counter()
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("check", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
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
                "frame": item.invocation,
                "pc": item.pc,
                "instruction": item.instruction,
                "expected": item.expected,
                "got": item.got,
            }
            for item in failures
        ]
        print_json(
            {
                **result_fields(execution),
                "frames": len(execution.frames),
                "holds": not failures,
                "failures": described,
                "rows": rows,
                "seconds": {"total": round(seconds, 6)},
            }
        )
    else:
        constraints = sum(len(instance.chip.constraints) for instance in instances)
        verdict = "hold" if not failures else f"{len(failures)} failures"
        checked = f"{constraints:,} on {sum(rows.values()):,} rows: {verdict}" if instances else NO_FRAME
        lines = [
            *named_result(execution),
            ("constraints", checked),
            ("seconds", f"{seconds:.3f}"),
        ]
        print_lines([*aligned(lines), *execution_tree(execution), *(f"  {failure}" for failure in failures)])
    if failures:
        context.exit(1)
