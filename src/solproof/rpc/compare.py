"""Compares the run of a fetched scene with what the cluster recorded about the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solproof.formats.transaction_response import RecordedResult
from solproof.runtime.transaction.transaction_output import TransactionOutput


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value as it was recorded and as the run gives it. Recorded is None if it was not recorded."""

    name: str
    recorded: Any
    run: Any

    @property
    def agrees(self) -> bool | None:
        """Whether both are the same, None if nothing was recorded."""
        return None if self.recorded is None else bool(self.recorded == self.run)


def compare(recorded: RecordedResult, output: TransactionOutput) -> list[Comparison]:
    """Success, error, fee, compute units, and the first line of the log that differs."""
    lines = recorded.logs
    comparisons = [
        Comparison("success", recorded.error is None, output.success),
        Comparison("error", recorded.error or "none", output.error or "none"),
        Comparison("fee", recorded.fee, output.fee),
        Comparison("compute_units", recorded.compute_units, output.compute_units),
        Comparison("log_lines", None if lines is None else len(lines), len(output.logs)),
    ]
    if lines is not None:
        length = max(len(lines), len(output.logs))
        first = next(
            (line for line in range(length) if lines[line : line + 1] != output.logs[line : line + 1]), None
        )
        if first is not None:
            name = f"log_line_{first + 1}"
            pair = (log[first] if first < len(log) else "missing" for log in (lines, output.logs))
            comparisons.append(Comparison(name, *pair))
    return comparisons
