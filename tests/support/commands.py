"""Commands of the command line, found by their words."""

from __future__ import annotations

import click

from solproof.cli import solproof


def found(name: str) -> click.Command:
    """The command with these words, for example `zisk run`."""
    context = click.Context(solproof)
    command: click.Command = solproof
    for word in name.split():
        assert isinstance(command, click.Group)
        member = command.get_command(context, word)
        assert member is not None
        command = member
    return command
