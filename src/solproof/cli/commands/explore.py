"""`solproof explore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.interface_options import read_interfaces
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.execution.run import run
from solproof.explorer import page

EXAMPLE = """\b
Examples:
  solproof explore p_token.so --input transfer.json -o transfer.html
  solproof explore --transaction scene.json -o transaction.html
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@symbols_option
@click.option(
    "--output", "-o", type=OUTPUT_FILE, metavar="FILE", required=True, help="The HTML file to write."
)
@click.option(
    "--title",
    metavar="TEXT",
    help="The title of the page.  [default: the file name of the program or the scene]",
)
@click.option("--no-constraints", is_flag=True, help="Leave out the constraints, for a smaller file.")
@json_option
@quiet_option
def explore(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    output: Path,
    title: str | None,
    no_constraints: bool,
    symbol_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program or a transaction, and write a page that shows the run step by step.

    Writes one HTML file that needs no network. It shows the registers, memory, calls, compute units and
    constraints of every step, forward and back, across all programs that call each other. Press ? on the page
    to see its keys.
    """
    check_output(output)
    symbols = read_symbols(symbol_paths)
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("explore", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
        progress("page")
        name = (transaction or program or input_path or Path()).name
        text = page.explore(
            execution,
            title or name,
            constraints=not no_constraints,
            symbols=symbols,
            interfaces=read_interfaces(parameters, given),
        )
        progress("write")
        content = text.encode()
        write_file(output, content)
    size = len(content)
    if as_json:
        print_json(result_fields(execution) | {"output": str(output), "bytes": size})
    else:
        steps = f"{sum(frame.outcome.instructions for frame in execution.frames):,} steps"
        lines = [*named_result(execution), ("page", f"{output}: {steps}, {size:,} bytes")]
        print_lines(aligned(lines))
