"""`solproof doctor`."""

from __future__ import annotations

import click

from solproof.cli.terminal.options import json_option, quiet_option
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.doctor import State, examine

EXAMPLE = """\b
Examples:
  solproof doctor
  solproof doctor --json
"""


@click.command(epilog=EXAMPLE)
@json_option
@quiet_option
@click.pass_context
def doctor(context: click.Context, /, as_json: bool, quiet: bool) -> None:
    """Check this machine: versions, processor, memory, engine, proving.

    Proves and verifies a program of two instructions, and compares a Transfer with LiteSVM. The exit status
    is 0 if proving works, else 1. Things that only the tests need may be absent.
    """
    with Phases("doctor", quiet=quiet) as progress:
        progress("examine")
        checks = list(examine())
    works = all(check.state is not State.FAILED for check in checks)
    if as_json:
        described = [
            {"name": check.name, "state": check.state.value, "detail": check.detail} for check in checks
        ]
        print_json({"works": works, "checks": described})
    else:
        width = max(len(state.value) for state in State)
        lines = aligned([(check.name, f"{check.state.value:<{width}}  {check.detail}") for check in checks])
        print_lines([*lines, "", "proving works" if works else "proving does not work"])
    if not works:
        context.exit(1)
