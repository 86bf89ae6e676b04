"""The limit on the size of a log."""

from __future__ import annotations

from collections.abc import Iterable

from solproof.runtime.log_collector import LogCollector


def kept(lines: Iterable[str]) -> list[str]:
    logs = LogCollector(limit=8)
    for line in lines:
        logs.append(line)
    return logs.lines


def test_the_limit_counts_bytes_and_keeps_what_still_fits() -> None:
    assert kept(["abcd", "é" * 3, "e", "too long again", "f"]) == ["abcd", "Log truncated", "e", "f"]
    assert kept(["abcd", "efgh"]) == ["abcd", "Log truncated"]
    assert kept(["abcd", "efg"]) == ["abcd", "efg"]
