"""Lines for people about the events of programs, and about the instruction that an input holds."""

from __future__ import annotations

from collections.abc import Sequence

from solproof.interfaces.registry import Interfaces
from solproof.runtime.instruction_record import InstructionRecord


def instruction_block(records: Sequence[InstructionRecord], interfaces: Interfaces) -> list[str]:
    """What the only instruction asks for, below an empty line and a title.

    It is left out if the instruction is not known, or if it calls others, because they are shown as a tree.
    """
    if len(records) != 1:
        return []
    (record,) = records
    decoded = interfaces.decode_instruction(record.program_id, record.data)
    return [] if decoded is None else ["", "instruction", f"  {decoded.program}: {decoded.text()}"]


def event_block(
    logs: Sequence[str], records: Sequence[InstructionRecord], interfaces: Interfaces
) -> list[str]:
    """The events in the log and then those in instructions, below an empty line and a title, if any."""
    events = [event for _, _, event in interfaces.events_in(logs)]
    handed = (interfaces.decode_event_instruction(record.program_id, record.data) for record in records)
    events += [event for event in handed if event is not None]
    lines = [f"  {event.program}: {event.text()}" for event in events]
    return ["", "events", *lines] if lines else []
