"""The files that a command writes: checked before any work, and never one of the files that it reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from solproof.errors import InputError
from solproof.host.files import check_writable

STREAM = Path("-")
"""Standard input or standard output, where a command takes it as a file."""


def check_output(path: Path) -> None:
    """Check a file that an option of the running command names, before a long computation.

    Raises `OutputError` if the file could not be written, and raises like `refuse_overwriting`.
    """
    if path != STREAM:
        check_writable(path)
    refuse_overwriting(path)


def refuse_overwriting(path: Path) -> None:
    """Raise `InputError` if an output is the same file as any other that the command line names.

    path: the value of a parameter of the running command. Links to the same file count as the same file.
    """
    for name, other in _other_paths(path):
        if _is_same(path, other):
            raise InputError(f"output {path}: the same file as {name} {other}, expected another file")


def _other_paths(path: Path) -> Iterator[tuple[str, Path]]:
    """The files of all other parameters, with the names of the parameters on the command line."""
    context = click.get_current_context()
    for parameter in context.command.params:
        given = context.params.get(parameter.name or "")
        is_option = isinstance(parameter, click.Option)
        name = parameter.opts[0] if is_option else (parameter.metavar or parameter.opts[0]).strip("[]")
        for value in given if isinstance(given, tuple) else (given,):
            other = getattr(value, "path", value)  # the value KEY=FILE of an option has a path
            if isinstance(other, Path) and other is not path:
                yield name, other


def _is_same(one: Path, other: Path) -> bool:
    if one.is_file() or one.is_dir():
        return other.exists() and one.samefile(other)
    # A file that does not exist yet may still become the same one. A stream or a device is never replaced.
    return not one.exists() and one != STREAM and os.path.realpath(one) == os.path.realpath(other)
