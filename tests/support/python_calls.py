"""How many Python functions a computation calls: a measure of work that does not depend on the computer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def python_calls(computation: Callable[[], object]) -> int:
    """The number of calls of functions written in Python.

    The computation runs twice, and the second run counts, because then caches are filled. The garbage
    collector can add a few calls.
    """
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    computation()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        computation()
    finally:
        sys.setprofile(before)
    return calls
