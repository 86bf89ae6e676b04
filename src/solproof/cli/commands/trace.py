"""`solproof trace`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.resources import files
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
from solproof.cli.terminal.show import aligned, outcome_fields, print_json, print_lines, print_pieces
from solproof.errors import InputError
from solproof.execution.execute import Execution, execute
from solproof.host.files import check_writable, writing
from solproof.runtime.execution_output import outcome_lines
from solproof.tracing.export_json import Progress, json_document, json_lines

FORMATS = ("json", "jsonl", "parquet")
EXAMPLE = """\b
Examples:
  solproof trace token.so --input transfer.json -o execution_trace.json
  solproof trace input.bin --constraints --format jsonl -o trace.jsonl
  solproof trace --schema > trace.schema.json
"""


def _print_schema(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        schema = files("solproof.tracing").joinpath("trace.schema.json").read_text("utf-8")
        print_lines([schema.removesuffix("\n")])
        context.exit()


@click.command(epilog=EXAMPLE)
@program_argument
@input_option
@parameter_options
@click.option(
    "--output",
    "-o",
    type=FILE,
    metavar="FILE",
    help="The file to write.  [default: standard output]",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="One JSON document, one JSON object per line, or a Parquet table (needs pyarrow).",
)
@click.option("--constraints", is_flag=True, help="Add the circuit's constraints on each step.")
@click.option("--contents", is_flag=True, help="Add the bytes of memory before and after the run.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON schema of the document and exit.",
)
@json_option
@quiet_option
def trace(
    program: Path,
    input_path: Path | None,
    output: Path | None,
    output_format: str,
    constraints: bool,
    contents: bool,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program and write every step of the run.

    A step holds its instruction, the registers before and after, the memory that it loaded or stored, the
    meter, the call depth and the syscall. --constraints adds the circuit's constraints on the step, with
    their values. A failing program has a trace too, and the last step shows the reason.
    """
    if output is None:
        if as_json:
            raise InputError("--json: expected --output as well, because standard output cannot hold both")
        if output_format == "parquet":
            raise InputError("--format parquet: expected --output as well")
    else:
        check_writable(output)
    if constraints and output_format == "parquet":
        raise InputError("--constraints: expected --format json or jsonl, because a table cannot hold them")
    write_parquet = _parquet_writer() if output_format == "parquet" else None
    given = read_input(program, input_path, **parameters)
    with naming_program(program), Phases("trace", quiet=quiet) as progress:
        progress("execute")
        execution = execute(given)

        def tell(done: int, steps: int) -> None:
            progress.reach(10 * done // steps * 10)

        progress("write")
        if output is None:
            print_pieces(_pieces(execution, output_format, constraints, contents, tell))
            return
        with writing(output) as file:
            if write_parquet is not None:
                write_parquet(execution, file, contents=contents, progress=tell)
            else:
                file.writelines(_pieces(execution, output_format, constraints, contents, tell))
    size = output.stat().st_size
    if as_json:
        written = {"output": str(output), "format": output_format, "bytes": size}
        print_json(outcome_fields(execution.output) | written)
    else:
        steps = f"{execution.output.instructions:,} steps"
        lines = [*outcome_lines(execution.output), ("trace", f"{output}: {steps}, {size:,} bytes")]
        print_lines(aligned(lines))


def _parquet_writer() -> Callable[..., None]:
    try:
        writer: Callable[..., None] = import_module("solproof.tracing.export_parquet").write_parquet
    except ImportError:
        raise InputError("--format parquet: needs pyarrow, as in: pip install 'solproof[parquet]'") from None
    return writer


def _pieces(
    execution: Execution, output_format: str, constraints: bool, contents: bool, progress: Progress
) -> Iterable[bytes]:
    export = json_document if output_format == "json" else json_lines
    return export(execution, constraints=constraints, contents=contents, progress=progress)
