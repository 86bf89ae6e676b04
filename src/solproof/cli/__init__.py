"""The command line: one module per command, results on standard output, progress and errors on standard
error.

A command's module is imported when the command is used, so that `solproof --help` is quick.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NoReturn

import click
from click.shell_completion import CompletionItem, shell_complete

from solproof import __version__
from solproof.cli.terminal.failure import exit_status_of
from solproof.cli.terminal.reporting import with_common_options
from solproof.exit_status import STATUSES

COMPLETION_VARIABLE = "_SOLPROOF_COMPLETE"
SUMMARIES = {
    "run": "Run a program on an input, as the runtime would.",
    "prove": "Run a program and write a proof of the run.",
    "verify": "Verify a proof against your own program and input.",
    "estimate": "Say what a proof would take: rows, cells, memory, time, size.",
    "profile": "Show what each function, opcode family and syscall costs to run and to prove.",
    "check": "Check every constraint and bus of a run, without proving.",
    "trace": "Run a program and write every step of the run.",
    "explore": "Run a program and write a page that shows the run step by step.",
    "inspect": "Describe a proof, a program or an input.bin.",
    "asm": "Assemble a program into an ELF file.",
    "disasm": "Print a program as assembly source.",
    "opcode": "Show where an opcode is defined, executed, constrained and tested.",
    "pack": "Write a program and its input into one input.bin.",
    "zisk": "Run and prove a program as a guest inside the zkVM ZisK.",
    "demo": "Run, compare, prove and verify two real SPL Token transfers.",
    "doctor": "Check this machine: processor, engine, memory, versions, and whether proving works.",
    "completion": "Print the script that lets a shell complete commands, options and files.",
}

_STATUS_LINES = "\n".join(f"  {status.number:>3}  {status.meaning}" for status in STATUSES)
EPILOGUE = f"""\b
Exit status:
{_STATUS_LINES}

\b
Example:
  solproof prove token.so --input transfer.json -o transfer.proof
  solproof verify transfer.proof --program token.so --input transfer.json
"""


class Commands(click.Group):
    """The commands of `SUMMARIES`, each imported from its module when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the help page."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command in the module of that name."""
        if cmd_name not in SUMMARIES:
            return None
        command = getattr(import_module(f"{__name__}.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return with_common_options(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, and the options, without importing a command."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=summary)
            for name, summary in SUMMARIES.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help page's list, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EPILOGUE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="solproof")
@click.pass_context
def solproof(context: click.Context) -> None:
    """Run Solana programs exactly as a validator would, and prove what they did.

    Results go to standard output, progress and errors to standard error. With --json the result is one JSON
    object; when the command fails it is {"failure": {"kind", "message", "exit_status"}}.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> NoReturn:
    """The entry point of the command `solproof`."""
    asked = os.environ.get(COMPLETION_VARIABLE)
    if asked:
        sys.exit(shell_complete(solproof, {}, "solproof", COMPLETION_VARIABLE, asked))
    sys.exit(exit_status_of(solproof, sys.argv[1:]))
