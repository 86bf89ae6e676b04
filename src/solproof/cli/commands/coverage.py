"""`solproof coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import INPUT_FILE
from solproof.cli.terminal.options import (
    FILE,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import STREAM, check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.cli.terminal.subject import read_subject
from solproof.cli.terminal.table import Column, print_table
from solproof.coverage import lcov
from solproof.coverage.coverage import ProgramCoverage, coverage_of
from solproof.display import counted
from solproof.errors import InputError
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import run
from solproof.host.files import write_file

EXAMPLE = """\b
Examples:
  solproof coverage p_token.so --input transfer.json --input burn.json -o coverage.info
  solproof coverage -t first.json -t second.json --symbols release/p_token.so -o coverage.info
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@click.option(
    "--input",
    "-i",
    "input_paths",
    type=INPUT_FILE,
    multiple=True,
    metavar="FILE",
    help="An input: JSON, or an input.bin or a fixture (.fix), which contain the program. Can be repeated.",
)
@click.option(
    "--transaction",
    "-t",
    "transactions",
    type=INPUT_FILE,
    multiple=True,
    metavar="FILE",
    help="A scene as JSON or a scene.bin, instead of a program and its inputs. Can be repeated.",
)
@parameter_options
@symbols_option
@click.option("--output", "-o", type=FILE, metavar="FILE", required=True, help="The lcov tracefile to write.")
@json_option
@quiet_option
def coverage(
    program: Path | None,
    input_paths: tuple[Path, ...],
    transactions: tuple[Path, ...],
    symbol_paths: tuple[Path, ...],
    output: Path,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program or transactions, and write which code ran.

    Writes an lcov tracefile with lines, branches and functions, added up over all runs. The lines are source
    lines if --symbols or the program's own file has them. Otherwise they are those of a listing, which is
    written beside the tracefile.
    """
    check_output(output)
    if output == STREAM:
        raise InputError("--output: expected a file, because listings of programs are written beside it")
    symbols = read_symbols(symbol_paths)
    subjects: list[tuple[Path | None, Path | None]] = [(None, path) for path in transactions]
    subjects += [(path, None) for path in input_paths] or ([] if transactions else [(None, None)])

    def executions() -> Iterator[Execution | TransactionExecution]:
        for number, (input_path, transaction) in enumerate(subjects):
            progress(f"run {number + 1} of {len(subjects)}")
            with naming_program(program or input_path):
                yield run(read_subject(program, input_path, transaction, **parameters))

    with Phases("coverage", quiet=quiet) as progress:
        found = coverage_of(executions(), symbols)
        progress("write")
        write_file(output, lcov.lcov(found, lambda each: str(_listing_path(output, each))).encode())
        for each in found:
            if not lcov.has_source(each):
                write_file(_listing_path(output, each), lcov.listing(each).encode())
    rows = [_fields(output, each) for each in found]
    if as_json:
        print_json({"output": str(output), "runs": len(subjects), "programs": rows})
    else:
        _print(output, len(subjects), rows)


def _listing_path(output: Path, of: ProgramCoverage) -> Path:
    """Beside the tracefile, with the first digits of the program's SHA-256."""
    return output.with_name(f"{output.stem}.{of.program.file_sha256.hex()[:8]}.s")


def _fields(output: Path, of: ProgramCoverage) -> Fields:
    instructions, functions, branches = of.instructions.values(), of.functions, of.branches.values()
    return {
        "sha256": of.program.file_sha256.hex(),
        "listing": None if lcov.has_source(of) else str(_listing_path(output, of)),
        "instructions": {"found": len(instructions), "hit": sum(count > 0 for count in instructions)},
        "branches": {
            "found": 2 * len(branches),
            "hit": sum(count > 0 for counts in branches for count in counts),
        },
        "functions": {
            "found": len(functions),
            "hit": sum(of.entered[function.start] > 0 for function in functions),
        },
    }


def _print(output: Path, runs: int, rows: list[Fields]) -> None:
    listings = [("listing", row["listing"]) for row in rows if row["listing"] is not None]
    print_lines(aligned([("tracefile", f"{output}: {counted(runs, 'run')}"), *listings]))
    if not rows:
        return
    parts = ("instructions", "branches", "functions")
    print_table(
        "what ran, of each program",
        [Column("program", is_number=False), *(Column(part) for part in parts)],
        [[row["sha256"][:8], *(_share(row[part]) for part in parts)] for row in rows],
    )


def _share(counts: Fields) -> str:
    share = f"{counts['hit'] / counts['found']:.1%}" if counts["found"] else "none"
    return f"{counts['hit']:,} of {counts['found']:,} ({share})"
