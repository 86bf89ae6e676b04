"""How a command ends: its exit status, and one line for whatever went wrong.

The user sees a traceback of a bug, and only with --verbose.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from solproof.cli.terminal.reporting import detail
from solproof.errors import InputError, Reason, SolproofError
from solproof.exit_status import INTERRUPTED, READER_GONE, UNEXPECTED
from solproof.host.resources import peak_memory


def exit_status_of(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command; returns its exit status, and reports an error in one line (with --json also as an
    object).
    """
    start = time.perf_counter()
    try:
        with command.make_context("solproof", list(arguments)) as context:
            command.invoke(context)
            detail(f"{time.perf_counter() - start:.3f} s, {peak_memory() / 2**20:,.0f} MiB of memory at most")
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return _report(InputError.__name__, _usage(error), InputError.exit_status, arguments)
    except SolproofError as error:
        return _report(type(error).__name__, str(error), error.exit_status, arguments, error.reason)
    except KeyboardInterrupt:
        return _report("Interrupted", "interrupted", INTERRUPTED, arguments)
    except BrokenPipeError:
        # Nobody reads on: leave quietly, and keep the interpreter from flushing into the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except MemoryError:
        return _report("MemoryError", "not enough memory", UNEXPECTED, arguments)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _report("OSError", f"{where}{error.strerror or error}", UNEXPECTED, arguments)
    except SystemExit:
        raise
    except BaseException as error:  # a panic in a Rust module is no Exception
        if {"--verbose", "-v"} & set(arguments):
            traceback.print_exception(error)
        return _report(type(error).__name__, _unforeseen(error), UNEXPECTED, arguments)
    return 0


def _report(
    kind: str, message: str, status: int, arguments: Sequence[str], reason: Reason | None = None
) -> int:
    line = printable(" ".join(message.splitlines()))
    print(f"error: {line}", file=sys.stderr)
    if "--json" in arguments:
        with contextlib.suppress(OSError):  # the line on standard error has said it
            failure = {"kind": kind, "message": line, "exit_status": status, "reason": reason}
            print(json.dumps({"failure": failure}), flush=True)
    return status


def printable(text: str) -> str:
    """The text with control characters escaped: files that are read may hold commands for the terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = "" if context is None else f" (see {context.command_path} --help)"
    # Click lays some messages out in lines with tabs.
    return " ".join(error.format_message().split()).rstrip(".") + hint


def _unforeseen(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return f"unexpected {type(error).__name__}: {error}, at {where}; please report this"
