"""`solproof explore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.options import (
    FILE,
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
from solproof.explorer import page
from solproof.host.files import check_writable, write_file
from solproof.runtime.execution_output import outcome_lines

EXAMPLE = """\b
Example:
  solproof explore token.so --input transfer.json -o transfer.html
"""


@click.command(epilog=EXAMPLE)
@program_argument
@input_option
@parameter_options
@click.option("--output", "-o", type=FILE, metavar="FILE", required=True, help="The HTML file to write.")
@click.option("--title", metavar="TEXT", help="The title of the page.  [default: the program's file name]")
@click.option("--no-constraints", is_flag=True, help="Leave out the constraints, for a smaller file.")
@json_option
@quiet_option
def explore(
    program: Path,
    input_path: Path | None,
    output: Path,
    title: str | None,
    no_constraints: bool,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program and write a page that shows the run step by step.

    Writes one HTML file that needs no network. It shows the registers, memory, calls, compute units and
    constraints of every step, forward and back. Press ? on the page to see its keys.
    """
    check_writable(output)
    given = read_input(program, input_path, **parameters)
    with naming_program(program), Phases("explore", quiet=quiet) as progress:
        progress("execute")
        execution = execute(given)
        progress("page")
        text = page.explore(execution, title or program.name, constraints=not no_constraints)
        progress("write")
        write_file(output, text.encode())
    size = output.stat().st_size
    if as_json:
        print_json(outcome_fields(execution.output) | {"output": str(output), "bytes": size})
    else:
        steps = f"{execution.output.instructions:,} steps"
        lines = [*outcome_lines(execution.output), ("page", f"{output}: {steps}, {size:,} bytes")]
        print_lines(aligned(lines))
