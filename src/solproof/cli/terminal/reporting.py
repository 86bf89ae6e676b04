"""What every command says on standard error besides errors, and the options for it: --quiet, --verbose,
--progress.

The options are kept in click's context, so that whatever a command calls can ask for them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import Enum
from typing import Any

import click

_KEY = "solproof."


class Mode(Enum):
    """How progress is shown: live on a terminal and otherwise by lines, as JSON lines, or not at all."""

    AUTO = "auto"
    JSON = "json"
    NONE = "none"


def _kept(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Keep the value of an option in the context as well."""
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
        help="Nothing on standard error but errors.",
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
        help="Say more on standard error: what was read, and where an unexpected error came from.",
    ),
    click.option(
        "--progress",
        type=click.Choice([mode.value for mode in Mode]),
        expose_value=False,
        callback=_kept,
        help="Phases with their times: live or line by line, as JSON lines, or none.  "
        "[default: auto; none with --quiet]",
    ),
)


def with_common_options(command: click.Command) -> click.Command:
    """The command, or the commands of a group, with those of the common options that it does not have of
    itself.
    """
    if isinstance(command, click.Group):
        for member in command.commands.values():
            with_common_options(member)
        return command

    def nothing() -> None:
        """Bears the options."""

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
    """Whether the running command says more."""
    return bool(_option("verbose"))


def json_line(**fields: object) -> None:
    """One object in a line on standard error."""
    print(json.dumps(fields), file=sys.stderr, flush=True)


def note(text: str) -> None:
    """Say something on standard error that a user should know of a result; nothing when quiet."""
    if _option("quiet"):
        return
    if progress_mode(quiet=False) is Mode.JSON:
        json_line(note=text)
    else:
        print(f"note: {text}", file=sys.stderr, flush=True)


def detail(text: str) -> None:
    """Say something that only --verbose asks for."""
    if is_verbose():
        note(text)
