"""The log of a transaction, with the runtime's limit on its size."""

from __future__ import annotations

from dataclasses import dataclass, field

LOG_BYTES_LIMIT = 10_000  # LOG_MESSAGES_BYTES_LIMIT, solana-svm-log-collector 4.1
TRUNCATED = "Log truncated"


@dataclass(slots=True)
class LogCollector:
    """Collects lines while their sum stays below `limit` bytes of UTF-8.

    `Log truncated` replaces the first line that does not fit. A shorter line may still fit after a longer
    line was dropped (`LogCollector::log`, solana-svm-log-collector 4.1).
    """

    limit: int = LOG_BYTES_LIMIT
    lines: list[str] = field(default_factory=list)
    written: int = 0
    truncated: bool = False

    def append(self, line: str) -> int | None:
        """Add a line, or drop it if it does not fit. Returns the position of the added line, if any."""
        length = len(line.encode("utf-8"))
        if self.written + length < self.limit:
            self.written += length
            self.lines.append(line)
        elif not self.truncated:
            self.truncated = True
            self.lines.append(TRUNCATED)
        else:
            return None
        return len(self.lines) - 1
