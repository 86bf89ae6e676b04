"""`solproof trace`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import OUTPUT_FILE, writing
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
from solproof.cli.terminal.outputs import STREAM, check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import aligned, print_json, print_lines, print_pieces, print_source
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.errors import InputError
from solproof.execution.run import run
from solproof.tracing.export_json import json_document, json_lines
from solproof.tracing.schemas import frame_schema, timeline_schema
from solproof.tracing.timeline import single_frame

FORMATS = ("json", "jsonl", "parquet")
EXAMPLE = """\b
Examples:
  solproof trace p_token.so --input transfer.json -o execution_trace.json
  solproof trace input.bin --constraints --format jsonl -o trace.jsonl
  solproof trace --transaction scene.json -o execution_trace.json
  solproof trace --schema > trace.schema.json
"""


def _printing(schema: Callable[[], str]) -> Callable[[click.Context, click.Parameter, bool], None]:
    """The callback of an option that prints a schema and exits."""

    def show(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            print_source(schema().removesuffix("\n"))
            context.exit()

    return show


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@symbols_option
@click.option(
    "--output",
    "-o",
    type=OUTPUT_FILE,
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
@click.option(
    "--contents",
    is_flag=True,
    help="Add the bytes of memory before and after the run, and the data of accounts.",
)
@click.option(
    "--frame",
    type=click.IntRange(0),
    metavar="N",
    help="Write only the frame with this number, as the trace of one instruction.  [default: all frames]",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_printing(frame_schema),
    help="Print the JSON schema of the document of one frame and exit.",
)
@click.option(
    "--timeline-schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_printing(timeline_schema),
    help="Print the JSON schema of the document of all frames and exit.",
)
@json_option
@quiet_option
def trace(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    output: Path | None,
    output_format: str,
    constraints: bool,
    contents: bool,
    frame: int | None,
    symbol_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program or a transaction, and write every step of the run.

    A step holds its instruction, the registers before and after, the memory that it loaded or stored, the
    meter, the call depth and the syscall. --constraints adds the circuit's constraints on the step, with
    their values. A failing program has a trace too, and the last step shows the reason. The trace of a
    transaction, and of an instruction that calls other programs, has the steps of all frames and a timeline.
    """
    if output in (None, STREAM):
        output = None
        if as_json:
            raise InputError("--json: expected --output as well, because standard output cannot hold both")
        if output_format == "parquet":
            raise InputError("--format parquet: expected --output as well")
    if output is not None:
        check_output(output)
    if constraints and output_format == "parquet":
        raise InputError("--constraints: expected --format json or jsonl, because a table cannot hold them")
    write_parquet = _parquet_writer() if output_format == "parquet" else None
    symbols = read_symbols(symbol_paths)
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("trace", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
        single_frame(execution, frame)

        def tell(done: int, steps: int) -> None:
            progress.reach(10 * done // steps * 10)

        progress("write")
        options: dict[str, Any] = {"frame": frame, "contents": contents, "progress": tell, "symbols": symbols}
        options["interfaces"] = read_interfaces(parameters, given)
        export = json_document if output_format == "json" else json_lines
        if output is None:
            print_pieces(export(execution, constraints=constraints, **options))
            return
        with writing(output) as file:
            if write_parquet is not None:
                write_parquet(execution, file, **options)
            else:
                file.writelines(export(execution, constraints=constraints, **options))
    size = output.stat().st_size
    if as_json:
        written = {"output": str(output), "format": output_format, "bytes": size}
        print_json(result_fields(execution) | written)
    else:
        frames = execution.frames if frame is None else execution.frames[frame : frame + 1]
        steps = f"{sum(each.outcome.instructions for each in frames):,} steps"
        lines = [*named_result(execution), ("trace", f"{output}: {steps}, {size:,} bytes")]
        print_lines(aligned(lines))


def _parquet_writer() -> Callable[..., None]:
    try:
        writer: Callable[..., None] = import_module("solproof.tracing.export_parquet").write_parquet
    except ImportError:
        raise InputError("--format parquet: needs pyarrow, as in: pip install 'solproof[parquet]'") from None
    return writer
