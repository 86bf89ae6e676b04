"""What standard output can show: its width, its colours and its letters, and the writing itself."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, TypeAlias

from rich.console import Console
from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.reporting import is_standard_output_taken
from solproof.errors import OutputError

Line: TypeAlias = "str | Text"
"""A line to print. A text may have colours, which only a terminal shows. Its letters must be printable."""

_LABEL = re.compile(r" *\S+(?: \S+)* {2,}(?=\S)")


def screen_width() -> int | None:
    """The columns of the terminal, or $COLUMNS. None for a file or a pipe, whose lines have no limit."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return None


def has_letters(text: str) -> bool:
    """Whether the encoding of standard output has these letters."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def memory_console(width: int) -> Console:
    """A console that prints into memory, with colours only if standard output is a terminal.

    It respects NO_COLOR. The text is then written by `write`, which reports errors of standard output.
    """
    return Console(
        file=io.StringIO(), force_terminal=sys.stdout.isatty(), width=width, highlight=False, markup=False
    )


def printed(console: Console) -> str:
    """What a console of `memory_console` has printed."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def rendered(lines: list[Line]) -> str:
    """Lines as they are written: with colours on a terminal, and wrapped at its width.

    Control characters are escaped, so one line of the program's log stays one line. The continuation of a
    line starts below its value.
    """
    texts = [line if isinstance(line, Text) else Text(printable(line)) for line in lines]
    width = screen_width()
    if width is not None:
        texts = [part for text in texts for part in _wrapped(text, width)]
    if not sys.stdout.isatty():
        return "\n".join(text.plain for text in texts)
    console = memory_console(width or 1)
    for text in texts:
        console.print(text, soft_wrap=True)
    return printed(console)


def _wrapped(text: Text, width: int) -> list[Text]:
    """The text in parts of at most `width` columns, indented below the second column of the first part."""
    if text.cell_len <= width:
        return [text]
    leading = len(text.plain) - len(text.plain.lstrip())
    label = _LABEL.match(text.plain)
    start = label.end() if label else leading
    if start > width // 2:  # too little room beside the label, so the continuation starts below it
        start = leading if leading <= width // 2 else 0
        label = None
    indentation = start if label else start + 2
    parts = text[start:].wrap(memory_console(width), width - indentation, overflow="fold")
    for part in parts:
        part.rstrip()
    first, *others = parts
    return [text[:start] + first, *(Text(" " * indentation) + part for part in others)]


def write(text: str) -> None:
    """Write a text to standard output, with a line break at its end. Raises as `standard_output` does.

    If a file of the command is written to standard output, the text goes to standard error.
    """
    if is_standard_output_taken():
        print(text.removesuffix("\n"), file=sys.stderr, flush=True)
        return
    with standard_output() as output:
        output.write(text if text.endswith("\n") else text + "\n")


@contextmanager
def standard_output() -> Iterator[TextIO]:
    """The stream for results.

    Raises `OutputError` if it cannot be written to, and `BrokenPipeError` if its reader has closed it.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # The interpreter must not try to write the rest of the buffer again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(f"standard output: cannot be written: {error.strerror or error}") from None
