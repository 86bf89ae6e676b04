"""`solproof demo`."""

from __future__ import annotations

from pathlib import Path

import click

from solproof.cli.terminal.options import FILE, json_option, quiet_option
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.show import print_json, print_lines
from solproof.demo.run_demo import run_demo

EXAMPLE = """\b
Example:
  solproof demo --directory demo
"""


@click.command(epilog=EXAMPLE)
@click.option(
    "--directory",
    "-d",
    type=FILE,
    default=Path("demo"),
    show_default=True,
    help="The directory for the files.",
)
@json_option
@quiet_option
def demo(directory: Path, as_json: bool, quiet: bool) -> None:
    """Run, compare, prove and verify two real SPL Token transfers.

    Takes p-token and SPL Token 3.5.0 out of LiteSVM. Runs a Transfer with each program in solproof and in
    LiteSVM, and requires equal results. Proves both runs and verifies the proofs in a separate process. Shows
    that a changed account and a changed proof are rejected. The programs, inputs and proofs stay in the
    directory.
    """
    figures = run_demo(
        directory,
        say=(lambda line: None) if as_json else (lambda line: print_lines([line])),
        phases=lambda title: Phases(title, quiet=quiet),
    )
    if as_json:
        print_json(figures)
