"""The command line, with one module per command.

Results go to standard output. Progress and errors go to standard error. A command's module is imported only
when the command is used, so `solproof --help` is fast.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

import click
from click.shell_completion import CompletionItem, shell_complete

from solproof import __version__
from solproof.cli.terminal.failure import exit_status_of
from solproof.cli.terminal.reporting import with_common_options
from solproof.exit_status import STATUSES

COMPLETION_VARIABLE = "_SOLPROOF_COMPLETE"
SECTIONS = {
    "Run and look": {
        "run": "Run a program on an input, or whole transactions, as the runtime would.",
        "trace": "Run a program or a transaction, and write every step of the run.",
        "explore": "Run a program or a transaction, and write a page that shows the run step by step.",
        "profile": "Show the costs of each function, opcode family and syscall of a run.",
        "coverage": "Run a program or transactions, and write which code ran.",
        "graph": "Run a program or a transaction, and draw the control flow of its functions.",
        "inspect": "Describe a proof, a program or an input.bin.",
        "fixture": "Run fixtures of Mollusk or Firedancer, and compare with their results.",
        "fetch": "Get a transaction and everything that it depends on from a cluster, as a scene.",
        "pack": "Write a program and its input into an input.bin, or a transaction into a scene.bin.",
    },
    "Prove and verify": {
        "prove": "Run a program or a transaction, and write a proof of the run.",
        "verify": "Verify a proof against your own program and input, or your own transaction.",
        "estimate": "Estimate the cost of a proof: rows, cells, memory, time, size.",
        "check": "Check every constraint and bus of a run, without proving.",
        "zisk": "Run and prove a program as a guest inside the zkVM ZisK.",
        "demo": "Run, compare, prove and verify two real SPL Token transfers.",
    },
    "Develop": {
        "asm": "Assemble a program into an ELF file.",
        "cc": "Compile C into a program that Solana runs.",
        "link": "Link BPF objects into a program that Solana runs.",
        "disasm": "Print a program as assembly source.",
        "opcode": "Show where an opcode is defined, run, constrained and tested.",
        "doctor": "Check this machine: versions, processor, memory, engine, proving.",
        "completion": "Print a shell script that completes commands, options and files.",
    },
}
"""The sections of the help page, with the summary of each command."""

SUMMARIES = {name: summary for section in SECTIONS.values() for name, summary in section.items()}
"""The summary of each command, in the order of the help page."""

_STATUS_LINES = "\n".join(f"  {status.number:>3}  {status.meaning}" for status in STATUSES)
EPILOGUE = f"""\b
Exit status:
{_STATUS_LINES}

\b
Example:
  solproof prove p_token.so --input transfer.json -o transfer.proof
  solproof verify transfer.proof --program p_token.so --input transfer.json
"""


class Commands(click.Group):
    """The commands of `SECTIONS`. Each is imported from its module only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the help page."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command from the module of the same name, or None if there is no such command."""
        if cmd_name not in SUMMARIES:
            return None
        import_module("solproof._native")  # refuses a processor on which NumPy would crash
        command = getattr(import_module(f"{__name__}.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return with_common_options(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names. Fails with the names of similar commands."""
        name = args[0]
        similar = [] if name in SUMMARIES else get_close_matches(name, SUMMARIES)
        if similar and not ctx.resilient_parsing:
            ctx.fail(f"No such command {name!r}. Did you mean {' or '.join(map(repr, similar))}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands or options that start with `incomplete`, without importing a command."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=summary)
            for name, summary in SUMMARIES.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections of commands, without importing a command."""
        width = max(map(len, SUMMARIES))  # so that the summaries of all sections start in one column
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), summary) for name, summary in section.items()])


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EPILOGUE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", "-V", prog_name="solproof")
@click.pass_context
def solproof(context: click.Context) -> None:
    """Run Solana programs exactly as a validator would, and prove the runs.

    Results go to standard output. Progress and errors go to standard error. With --json, the result is one
    JSON object. If the command fails, that object is {"failure": {"kind", "message", "exit_status",
    "reason"}}.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> NoReturn:
    """Run the command `solproof`. Never returns: the process ends with the exit status."""
    asked = os.environ.get(COMPLETION_VARIABLE)
    if asked:
        sys.exit(shell_complete(solproof, {}, "solproof", COMPLETION_VARIABLE, asked))
    sys.exit(exit_status_of(solproof, sys.argv[1:]))
