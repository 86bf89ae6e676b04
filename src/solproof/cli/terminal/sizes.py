"""Amounts of memory in options, such as `512M`, `2GiB`, or a number of bytes."""

from __future__ import annotations

import re

import click

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def byte_size(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Callback of an option that returns its value in bytes. A unit stands for a power of 1024.

    Raises `click.BadParameter` if the value is not an amount of memory.
    """
    if value is None:
        return None
    match = _SIZE.fullmatch(value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is not an amount of memory such as 512M, 2GiB or 1000000.")
    return int(float(match[1]) * 1024 ** _POWERS[match[2].lower()])
