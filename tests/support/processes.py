"""Processes of this computer, as Linux lists them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PROCESSES = Path("/proc")
STATE, PARENT = 0, 1  # fields after the name of the program


def children(parent: int, text: str) -> list[int]:
    """The processes that a process has started and whose command line has a text."""
    found = (int(path.name) for path in PROCESSES.iterdir() if path.name.isdigit())
    return [
        process for process in found if _fields(process)[PARENT] == str(parent) and text in _line(process)
    ]


def is_alive(process: int) -> bool:
    """Whether a process exists and has not ended."""
    return _fields(process)[STATE] not in ("", "Z")


def wait_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def _fields(process: int) -> list[str]:
    try:
        return (PROCESSES / str(process) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return ["", ""]


def _line(process: int) -> str:
    try:
        return (PROCESSES / str(process) / "cmdline").read_text("utf-8")
    except OSError:
        return ""
