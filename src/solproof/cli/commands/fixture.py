"""`solproof fixture`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from solproof.cli.terminal.options import FILE, json_option, quiet_option
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.show import Fields, print_json, print_lines
from solproof.errors import InputError, SolproofError
from solproof.exit_status import UNEXPECTED
from solproof.formats.fixtures.run import FixtureResult, run_fixture
from solproof.host.files import read_file
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH

EXAMPLE = """\b
Examples:
  solproof fixture instruction.fix
  solproof fixture fuzz-fixtures --program target/deploy/program.so
  solproof fixture test-vectors/instr/fixtures test-vectors/txn/fixtures --json
"""
SUFFIX = ".fix"


@click.command(epilog=EXAMPLE)
@click.argument("paths", type=FILE, metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--program",
    "-p",
    type=FILE,
    metavar="FILE",
    help="The program of the fixtures, for those that do not have it, as most fixtures of Mollusk.",
)
@json_option
@quiet_option
@click.pass_context
def fixture(
    context: click.Context, /, paths: tuple[Path, ...], program: Path | None, as_json: bool, quiet: bool
) -> None:
    """Run fixtures of Mollusk or Firedancer, and compare with their results.

    A fixture is a file with an instruction or a transaction and the result that it had. PATH is such a file,
    or a directory, of which all files *.fix are run. The exit status is 1 if a result differs from the
    recorded one. Otherwise, it is that of the first fixture that could not be run, or 0.
    """
    file = None if program is None else read_file(program, "program", MAXIMUM_PROGRAM_LENGTH)
    counts: Counter[str] = Counter()
    shown: list[Fields] = []
    status = 0
    # On a terminal, the lines of the results show the progress.
    is_quiet = quiet or (sys.stdout.isatty() and not as_json)
    with Phases("fixture", quiet=is_quiet) as progress:
        progress("fixtures")
        listed = list(_files(paths))
        for number, path in enumerate(listed, start=1):
            result: FixtureResult | SolproofError
            try:
                result = run_fixture(read_file(path, "fixture"), file)
            except SolproofError as error:
                result = error
            verdict, lines, fields = _shown(result)
            counts[verdict] += 1
            if isinstance(result, SolproofError):
                status = status or result.exit_status
            elif result.differences:
                status = UNEXPECTED
            if as_json:
                shown.append({"file": str(path), "verdict": verdict, **fields})
            else:
                print_lines([f"{verdict}  {path}", *(f"  {line}" for line in lines)])
            progress.reach(10 * number // len(listed) * 10)
    if as_json:
        print_json({"fixtures": shown, "counts": dict(counts)})
    elif len(listed) > 1:
        print_lines(
            [f"{len(listed):,} fixtures: " + ", ".join(f"{n:,} {name}" for name, n in counts.items())]
        )
    if status:
        context.exit(status)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that the arguments name. Raises `InputError` for a directory without fixtures."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob(f"*{SUFFIX}"))
        if not found:
            raise InputError(f"{path}: has no file *{SUFFIX}")
        yield from found


def _shown(result: FixtureResult | SolproofError) -> tuple[str, list[str], Fields]:
    """The verdict in a word, and the details as lines and as JSON fields."""
    if isinstance(result, SolproofError):
        message = str(result)
        return "refused", [message], {"message": message, "exit_status": result.exit_status}
    effects, departures = result.fixture.effects, list(result.fixture.departures)
    found = [{"field": item.field, "expected": item.expected, "got": item.got} for item in result.differences]
    fields: Fields = {
        "origin": result.fixture.origin,
        "error": effects.error,
        "compute_units": effects.compute_units,
        "differences": found,
        "departures": departures,
    }
    lines = [*map(str, result.differences), *(f"note: {departure}" for departure in departures)]
    return "differs" if found else "equal", lines, fields
