"""Values that callers pass from Python: bytes in any of their forms, and errors that say what to pass."""

from __future__ import annotations

import os
from typing import NoReturn


def bytes_argument(value: object, what: str, expected: str = "bytes") -> bytes:
    """The bytes of an argument.

    value: `bytes`, `bytearray` or `memoryview`; an object of `solders` that has bytes, such as a `Pubkey` or
        a `Clock`; or a list or tuple of integers from 0 to 255.
    what: the name of the argument, for errors. expected: what to pass, for errors.

    Raises `TypeError` for any other value, such as a text or a path.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)) or hasattr(type(value), "__bytes__"):
        if not isinstance(value, os.PathLike):  # a path has bytes too, but they are its name
            return bytes(value)  # type: ignore[call-overload, no-any-return] # it has __bytes__
    elif isinstance(value, (list, tuple)):
        return _bytes_of_integers(value, what)
    wrong_type(value, what, expected)


def wrong_type(value: object, what: str, expected: str) -> NoReturn:
    """Raise the `TypeError` for an argument of a wrong type."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    raise TypeError(f"{what}: expected {expected}, got {'None' if value is None else name}")


def _bytes_of_integers(value: list[object] | tuple[object, ...], what: str) -> bytes:
    for position, element in enumerate(value):
        if isinstance(element, bool) or not isinstance(element, int) or not 0 <= element <= 255:
            raise TypeError(f"{what}[{position}]: expected an integer from 0 to 255, got {element!r}")
    return bytes(value)  # type: ignore[arg-type] # each element is an integer
