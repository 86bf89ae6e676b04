"""The memory that the records of an execution may take."""

from __future__ import annotations

from solproof.display import bytes_text
from solproof.errors import NotEnoughMemory

COLUMNS = 4
"""A record holds region, index, value before and value after of each word, in 8 bytes each."""


class RecordBudget:
    """Counts the bytes of the words that syscalls touch, in all frames of an execution.

    Only syscalls can fill a memory: they touch megabytes for few compute units. The instructions of a run
    record at most 56 MiB in total.

    limit: in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def charge(self, length: int) -> None:
        """Count a range of so many bytes. Raises `NotEnoughMemory` if its record does not fit."""
        self.used += COLUMNS * length
        if self.used > self.limit:
            raise NotEnoughMemory(
                f"the record of the execution needs more than the {bytes_text(self.limit)} of memory "
                "that may be used; free memory or raise the limit"
            )
