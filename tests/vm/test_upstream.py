"""The cases of the reference crate's own test suite, if their extract is available (SOLPROOF_SHARED)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.differential import upstream

pytestmark = pytest.mark.skipif(upstream.SHARED is None, reason="SOLPROOF_SHARED is not set")

RUNS = {0: 229, 1: 10, 2: 226, 3: 222, 4: 193}
LEFT_OUT = {upstream.SYSCALLS: 58, upstream.NO_TRANSLATION: 2}
WITHOUT_TRACE = 36


@pytest.mark.parametrize("path", upstream.files(), ids=lambda path: path.stem)
def test_upstream(path: Path) -> None:
    """Result, count, input, and the registers at every step are equal."""
    ran: Counter[int] = Counter()
    left_out: Counter[str] = Counter()
    without_trace = 0
    for case in upstream.cases(path):
        reason = upstream.reason_to_leave_out(case)
        if reason is None:
            upstream.assert_like_upstream(case)
            ran[upstream.version(case)] += 1
            without_trace += not case["trace"]
        else:
            left_out[reason] += 1
    if path.stem == "upstream-asm":
        assert left_out == LEFT_OUT
        assert ran == RUNS
        assert without_trace == WITHOUT_TRACE
