"""What programs call the errors that instructions ended with."""

from __future__ import annotations

from collections.abc import Sequence

from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.instruction_record import InstructionRecord


def failure_name(records: Sequence[InstructionRecord], interfaces: Interfaces = KNOWN) -> str | None:
    """The name of the error that ended an execution, by the program that raised it first.

    records: every instruction that was called, in the order of the calls. A failed call ends its caller too,
    so the last of those that failed is the one that began it. None if the error has no name of its own.
    """
    failed = [record for record in records if record.error is not None]
    return interfaces.error_name(failed[-1].program_id, failed[-1].error) if failed else None
