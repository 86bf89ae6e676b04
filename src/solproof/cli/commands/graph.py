"""`solproof graph`."""

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
    quiet_option,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.cli.terminal.subject import read_subject, result_fields
from solproof.coverage.coverage import coverage_of
from solproof.display import counted
from solproof.execution.run import run
from solproof.graph.control_flow import function_graphs
from solproof.graph.drawing import draw
from solproof.host.files import write_file
from solproof.runtime.transaction.transaction_output import result_lines

EXAMPLE = """\b
Examples:
  solproof graph p_token.so --input transfer.json -o graph.svg
  solproof graph --transaction scene.json --function entrypoint -o graph.svg
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@symbols_option
@click.option("--output", "-o", type=FILE, metavar="FILE", required=True, help="The SVG file to write.")
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME",
    help="Draw only the function with this name or first slot. Can be repeated.  [default: all that ran]",
)
@click.option("--whole", is_flag=True, help="Draw the blocks that did not run as well.")
@json_option
@quiet_option
def graph(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    symbol_paths: tuple[Path, ...],
    output: Path,
    functions: tuple[str, ...],
    whole: bool,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program or a transaction, and draw the control flow of its functions.

    Writes one SVG file that opens in any browser. Each box is a basic block, coloured by how often it ran.
    Dashed boxes and lines did not run. Without --whole, only those of them are drawn that code that ran leads
    to.
    """
    check_output(output)
    symbols = read_symbols(symbol_paths)
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("graph", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
        progress("graph")
        found = function_graphs(coverage_of([execution], symbols), functions, whole=whole)
        write_file(output, draw(found, (transaction or program or input_path or Path()).name).encode())
    graphs = [each for _, graphs in found for each in graphs]
    blocks = [block for each in graphs for block in each.blocks]
    if as_json:
        counts = {"functions": len(graphs), "blocks": len(blocks)}
        executed = {"blocks_executed": sum(block.count > 0 for block in blocks)}
        size = {"output": str(output), "bytes": output.stat().st_size}
        print_json(result_fields(execution) | counts | executed | size)
    else:
        text = f"{output}: {counted(len(graphs), 'function')}, {counted(len(blocks), 'block')}"
        print_lines(aligned([*result_lines(execution.output), ("graph", text)]))
