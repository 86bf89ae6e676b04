"""Commands of the command line by their words."""

from __future__ import annotations

import click

from solproof.cli import solproof


def found(name: str) -> click.Command:
    """A command by its words."""
    context = click.Context(solproof)
    command: click.Command = solproof
    for word in name.split():
        assert isinstance(command, click.Group)
        member = command.get_command(context, word)
        assert member is not None
        command = member
    return command
