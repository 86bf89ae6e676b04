"""Where each line of a log was written: at a step of a frame, or by the runtime around the frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from solproof.runtime.accounts import address_text
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.invoke import Frame
from solproof.tracing.timeline import Timeline
from solproof.vm.trace import Run


class Writer(Enum):
    """What wrote a line: the beginning of an instruction, a step, a builtin program, or an ending."""

    BEGIN = "begin"
    STEP = "step"
    BUILTIN = "builtin"
    END = "end"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a line was written.

    instruction: its position among the records of the execution.
    step: the step of the instruction's frame whose syscall wrote the line, from 0. None for other writers.
    """

    writer: Writer
    instruction: int
    step: int | None = None


def log_places(of: Timeline, logs: Sequence[str]) -> tuple[LogPlace, ...]:
    """The place of each line of the log of a timeline, in the order of the log."""
    found: dict[int, LogPlace] = {}
    for number, record in enumerate(of.instructions):
        frame = None if record.frame is None else of.frames[record.frame]
        starts = () if frame is None else _meter_at_syscalls(frame)
        for line in record.log_lines:
            writer, step = _writer(record, logs[line.position]), None
            if writer is Writer.STEP and frame is not None:
                used = frame.invocation.compute_unit_limit - line.units_left
                step = frame.outcome.trace.events[bisect_right(starts, used) - 1].clk - 1
            found[line.position] = LogPlace(writer, number, step)
    return tuple(found[position] for position in range(len(logs)))


def _writer(record: InstructionRecord, line: str) -> Writer:
    """No syscall can write a line that begins like the lines of `solproof.runtime.runtime_log`."""
    own = f"Program {address_text(record.program_id)} "
    if line.startswith(f"{own}invoke "):
        return Writer.BEGIN
    if line.startswith((own, "Program return: ")):
        return Writer.END
    return Writer.BUILTIN if record.frame is None else Writer.STEP


def _meter_at_syscalls(frame: Frame[Run]) -> list[int]:
    """The units that a frame had used when each of its syscalls began, in rising order."""
    starts, used = [], 0
    for event in frame.outcome.trace.events:
        starts.append(event.clk + used)
        used += event.compute_units
    return starts
