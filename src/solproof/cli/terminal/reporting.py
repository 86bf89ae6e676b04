"""Notes on standard error, and the options that every command has for them: --quiet, --verbose, --progress.

The values of the options are kept in click's context, so that every function that a command calls can read
them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import Enum
from typing import Any

import click

_KEY = "solproof."
STANDARD_OUTPUT_TAKEN = f"{_KEY}standard-output-taken"
"""In the context if a file of the command is written to standard output."""


class Mode(Enum):
    """How progress is shown.

    `AUTO` is live on a terminal and line by line elsewhere, `JSON` is JSON lines, `NONE` shows nothing.
    """

    AUTO = "auto"
    JSON = "json"
    NONE = "none"


def _kept(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Store the value of an option in the context too."""
    context.meta[f"{_KEY}{parameter.name}"] = value
    if context.meta.get(f"{_KEY}quiet") and context.meta.get(f"{_KEY}verbose"):
        raise click.UsageError("--quiet and --verbose exclude each other.", context)
    return value


def _quiet(*, expose_value: bool) -> Callable[..., Any]:
    return click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=expose_value,
        callback=_kept,
        help="Print only errors on standard error.",
    )


quiet_option = _quiet(expose_value=True)
_COMMON = (
    _quiet(expose_value=False),
    click.option(
        "--verbose",
        "-v",
        is_flag=True,
        expose_value=False,
        callback=_kept,
        help="Print more on standard error: the files read, and the source of an unexpected error.",
    ),
    click.option(
        "--progress",
        type=click.Choice([mode.value for mode in Mode]),
        expose_value=False,
        callback=_kept,
        help="Show phases with their times: live or line by line (auto), as JSON lines, or not at all.  "
        "[default: auto; none with --quiet]",
    ),
)


def with_common_options(command: click.Command) -> click.Command:
    """Add the common options to a command, or to the members of a group. Returns the command.

    An option that a command already has is not added again.
    """
    if isinstance(command, click.Group):
        for member in command.commands.values():
            with_common_options(member)
        return command

    def nothing() -> None:
        """Dummy command whose parameters are copied."""

    for option in reversed(_COMMON):
        option(nothing)
    present = {parameter.name for parameter in command.params}
    bearer = click.command(nothing)
    command.params.extend(option for option in bearer.params if option.name not in present)
    return command


def _option(name: str) -> Any:
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(f"{_KEY}{name}")


def progress_mode(*, quiet: bool) -> Mode:
    """How the running command shows progress."""
    chosen = _option("progress")
    if chosen is not None:
        return Mode(chosen)
    return Mode.NONE if quiet else Mode.AUTO


def is_verbose() -> bool:
    """Whether the running command has --verbose."""
    return bool(_option("verbose"))


def json_line(**fields: object) -> None:
    """Print one JSON object as a line on standard error."""
    print(json.dumps(fields), file=sys.stderr, flush=True)


def note(text: str) -> None:
    """Print a note about a result on standard error, unless --quiet is given."""
    if _option("quiet"):
        return
    if progress_mode(quiet=False) is Mode.JSON:
        json_line(note=text)
    else:
        print(f"note: {text}", file=sys.stderr, flush=True)


def detail(text: str) -> None:
    """Print a note only if --verbose is given."""
    if is_verbose():
        note(text)


def is_standard_output_taken() -> bool:
    """Whether a file of the running command is written to standard output, so that results cannot be."""
    context = click.get_current_context(silent=True)
    return context is not None and STANDARD_OUTPUT_TAKEN in context.meta
