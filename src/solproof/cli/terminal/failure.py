"""How a command ends: its exit status, and one line for each error.

Only a bug shows a traceback, and only with --verbose.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from solproof.cli.terminal.reporting import detail
from solproof.cli.terminal.termination import Termination
from solproof.errors import InputError, Reason, SolproofError
from solproof.exit_status import INTERRUPTED, READER_GONE, UNEXPECTED
from solproof.host.resources import peak_memory


def exit_status_of(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit status.

    Reports an error in one line, and with --json also as an object.
    """
    start = time.perf_counter()
    _open_streams()
    _accept_every_letter(sys.stdout)
    termination = Termination()
    try:
        with termination.raising(), command.make_context("solproof", list(arguments)) as context:
            command.invoke(context)
            detail(f"{time.perf_counter() - start:.3f} s, {peak_memory() / 2**20:,.0f} MiB of memory at most")
            sys.stdout.flush()
    except BaseException as error:
        if termination.status is not None:  # the removal of files may have raised another error
            return _report("Terminated", termination.message, termination.status, arguments)
        return _status_of(error, arguments)
    return 0


def _status_of(error: BaseException, arguments: Sequence[str]) -> int:
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            return _report(InputError.__name__, _usage(error), InputError.exit_status, arguments)
        case SolproofError():
            if error.engine_detail is not None and _is_verbose(arguments):
                print(f"note: engine: {printable(error.engine_detail)}", file=sys.stderr)
            return _report(type(error).__name__, str(error), error.exit_status, arguments, error.reason)
        case KeyboardInterrupt():
            return _report("Interrupted", "interrupted", INTERRUPTED, arguments)
        case BrokenPipeError():
            _discard(sys.stdout)  # nobody reads the output any more, so end quietly
            return READER_GONE
        case MemoryError():
            return _report("MemoryError", "not enough memory", UNEXPECTED, arguments)
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return _report("OSError", f"{where}{error.strerror or error}", UNEXPECTED, arguments)
        case SystemExit():
            raise error
        case _:  # a panic in a Rust module is not an Exception
            if _is_verbose(arguments):
                traceback.print_exception(error)
            return _report(type(error).__name__, _unforeseen(error), UNEXPECTED, arguments)


def _is_verbose(arguments: Sequence[str]) -> bool:
    return bool({"--verbose", "-v"} & set(arguments))


def _report(
    kind: str, message: str, status: int, arguments: Sequence[str], reason: Reason | None = None
) -> int:
    line = printable(" ".join(message.splitlines()))
    try:
        print(f"{_coloured('error:')} {line}", file=sys.stderr)
    except OSError:  # the terminal is gone
        _discard(sys.stderr)
    if "--json" in arguments:
        with contextlib.suppress(OSError):  # standard error has the line already
            failure = {"kind": kind, "message": line, "exit_status": status, "reason": reason}
            print(json.dumps({"failure": failure}), flush=True)
    return status


def _coloured(word: str) -> str:
    """A word in red, if standard error is a terminal that shows colours."""
    shows = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return click.style(word, fg="red") if shows else word


def _open_streams() -> None:
    """Open the standard streams that the caller has closed, so that no other file gets their numbers.

    Writing to standard output then fails. Standard error goes nowhere.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _accept_every_letter(stream: TextIO) -> None:
    """Escape the letters that the encoding of a stream lacks, such as `\\u20ac`, instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _discard(stream: TextIO) -> None:
    """Redirect a stream to the null device, so that the interpreter's last flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def printable(text: str) -> str:
    """The text with control characters escaped, because a file may contain commands for the terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = "" if context is None else f" (see {context.command_path} --help)"
    # Some messages of Click have several lines and tabs.
    return " ".join(error.format_message().split()).rstrip(".") + hint


def _unforeseen(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return f"unexpected {type(error).__name__}: {error}, at {where}; please report this"
