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
    help="Where the files are written.",
)
@json_option
@quiet_option
def demo(directory: Path, as_json: bool, quiet: bool) -> None:
    """Run, compare, prove and verify two real SPL Token transfers.

    Takes p-token and SPL Token 3.5.0 out of LiteSVM, runs a Transfer with each here and there and insists
    that they agree in everything, proves both, verifies the proofs in a process of its own, and shows that a
    changed account and a changed proof are rejected. The programs, inputs and proofs stay in the directory.
    """
    figures = run_demo(
        directory,
        say=(lambda line: None) if as_json else (lambda line: print_lines([line])),
        phases=lambda title: Phases(title, quiet=quiet),
    )
    if as_json:
        print_json(figures)
