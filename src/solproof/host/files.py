"""Files in and out: bounded reads, and writes that leave a whole file or nothing."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from solproof.errors import InputError, OutputError

MAXIMUM_READ = 512 * 1024 * 1024
PIECE = 1024 * 1024
PARTIAL_SUFFIX = ".part"


def read_file(path: Path, what: str, limit: int = MAXIMUM_READ) -> bytes:
    """The content of a file. `what` is the role of the file in errors.

    Raises `InputError` if it cannot be read or has more than `limit` bytes.
    """
    try:
        with path.open("rb") as file:
            # Read in pieces, because `read` reserves all the bytes of its limit, however short the file is.
            content = bytearray()
            while len(content) <= limit and (piece := file.read(PIECE)):
                content += piece
    except OSError as error:
        raise InputError(f"{what} {path}: cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise InputError(f"{what} {path}: has more than {limit} bytes")
    return bytes(content)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises `OutputError`.

    The content is on disk, under a temporary name in the same directory, before the file gets its name.
    """
    with writing(path) as file:
        file.write(content)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file to write in pieces. It appears when the block ends. If the block raises, nothing changes.

    Raises `OutputError` if the file cannot be written.
    """
    is_special = path.exists() and not path.is_file()  # a device or a pipe, which cannot be replaced
    try:
        with path.open("wb") if is_special else _replacing(Path(os.path.realpath(path))) as file:
            yield file
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def check_writable(path: Path) -> None:
    """Raise `OutputError` if `write_file` could not write to a path. For use before a long computation."""
    parent = Path(os.path.realpath(path)).parent
    if path.is_dir():
        raise OutputError(f"{path}: cannot be written: it is a directory")
    if not parent.is_dir():
        raise OutputError(f"{path}: cannot be written: there is no directory {path.parent}")
    if not path.exists() and not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: cannot be written: no permission to write in {path.parent}")


def remove_partial_files(directory: Path) -> None:
    """Remove the files that writes of killed processes left behind. No other process may write there."""
    for path in directory.glob(f".*{PARTIAL_SUFFIX}"):
        path.unlink(missing_ok=True)


@contextmanager
def reserved(directory: Path) -> Iterator[None]:
    """Keeps a directory for this process until the block ends, and creates it if it does not exist.

    The end of the process ends it too. Raises `OutputError` if the directory cannot be created, or another
    process has reserved it.
    """
    try:
        directory.mkdir(exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileExistsError:
        raise OutputError(f"{directory}: cannot be written: it is a file, expected a directory") from None
    except OSError as error:
        raise OutputError(f"{directory}: cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise OutputError(f"{directory}: cannot be written: another process writes there") from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    # The name is known before the file exists, so an interruption at any point removes the file.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{PARTIAL_SUFFIX}")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
