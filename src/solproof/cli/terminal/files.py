"""The files that a command reads and writes, where `-` is standard input or standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from solproof.cli.terminal.outputs import STREAM
from solproof.cli.terminal.reporting import STANDARD_OUTPUT_TAKEN
from solproof.cli.terminal.screen import standard_output
from solproof.errors import InputError
from solproof.host import files
from solproof.host.files import MAXIMUM_READ

_STREAMS = "solproof.streams"


class _File(click.Path):
    """The type of a parameter that names a file. Only one input and one output can be `-`."""

    def __init__(self, *, is_output: bool) -> None:
        super().__init__(path_type=Path)
        self._is_output = is_output

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The path. Raises a usage error if it is the second one of standard input, or of standard output."""
        path = Path(value)
        if path == STREAM and ctx is not None and param is not None and not ctx.resilient_parsing:
            name = param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()
            take_stream(ctx, name, is_output=self._is_output)
        return path


INPUT_FILE = _File(is_output=False)
OUTPUT_FILE = _File(is_output=True)


@dataclass(frozen=True, slots=True)
class KeyedFile:
    """The value KEY=FILE of an option. key: None if the value is only the name of a file."""

    key: str | None
    path: Path


class _KeyedFile(click.Path):
    """The type of an option with a value KEY=FILE, whose file is read."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The key and the path. A value that is the name of a file has no key."""
        text = os.fspath(value)
        key, separator, name = text.partition("=")
        has_key = bool(separator) and not Path(text).exists()
        path = INPUT_FILE.convert(name if has_key else text, param, ctx)
        return KeyedFile(key if has_key else None, path)


KEYED_FILE = _KeyedFile()


def take_stream(context: click.Context, name: str, *, is_output: bool) -> None:
    """Note that a parameter is standard input or standard output. Raises a usage error at the second one."""
    taken: dict[bool, str] = context.meta.setdefault(_STREAMS, {})
    if is_output in taken:
        stream = "written to standard output" if is_output else "read from standard input"
        raise click.UsageError(f"{taken[is_output]} and {name}: only one can be {stream}.", context)
    taken[is_output] = name
    if is_output:
        context.meta[STANDARD_OUTPUT_TAKEN] = True


def read_file(path: Path, what: str, limit: int = MAXIMUM_READ) -> bytes:
    """The content of a file or of standard input. Arguments and errors as in `solproof.host.files`."""
    if path != STREAM:
        return files.read_file(path, what, limit)
    try:
        content = sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise InputError(f"{what}: standard input cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise InputError(f"{what}: standard input has more than {limit} bytes")
    return content


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, or write to standard output. Raises `OutputError`."""
    with writing(path) as file:
        file.write(content)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file, or standard output, to write in pieces. Errors as in `solproof.host.files`."""
    if path == STREAM:
        with standard_output() as output:
            yield output.buffer
    else:
        with files.writing(path) as file:
            yield file
