"""Results as text for a terminal, and as small HTML tables for a notebook.

The HTML escapes everything that comes from outside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Rows = Sequence[tuple[str, str]]
LEFT = 'style="text-align: left"'
NO_FRAME = "no frame: nothing to prove by a STARK"
"""The security of a proof of a run that executes no sBPF program."""


def security_text(bits: float, regime: str) -> str:
    """The proven bits, rounded down to a tenth, and the regime in which they are proven.

    Without a regime, the proof has no frames.
    """
    if not regime:
        return NO_FRAME
    return f"{math.floor(bits * 10) / 10:.1f} bits proven, {regime}"


def seconds_text(seconds: Mapping[str, float]) -> str:
    """The times of all phases in one line, starting with the total."""
    phases = ", ".join(f"{phase} {value:.3f}" for phase, value in seconds.items() if phase != "total")
    return f"{seconds['total']:.3f} ({phases})"


def counted(count: int, noun: str) -> str:
    """A number of things, as in "1 byte" and "2,000 bytes"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    """The times of all phases, rounded to the microsecond."""
    return {phase: round(value, 6) for phase, value in seconds.items()}


def html_table(title: str, rows: Rows) -> str:
    """A table of names and values with a title."""
    cells = "".join(
        f"<tr><th {LEFT}>{escape(name)}</th><td {LEFT}>{escape(value)}</td></tr>" for name, value in rows
    )
    return f"<table><caption {LEFT}><b>{escape(title)}</b></caption>{cells}</table>"


def html_log(lines: Sequence[str]) -> str:
    """A log that opens on a click."""
    text = escape("\n".join(lines))
    return f"<details><summary>Log, {len(lines)} lines</summary><pre>{text}</pre></details>"


def bytes_text(count: float) -> str:
    """The number of bytes in the largest binary unit that gives at least 1."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:,.0f} {unit}"
        count /= 1024
    return f"{count:,.2f} GiB"
