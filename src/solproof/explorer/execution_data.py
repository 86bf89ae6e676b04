"""An execution in the form that the page needs: programs, frames, instructions, timeline and outcome."""

from __future__ import annotations

from typing import Any

import numpy as np

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.explorer.container import Container
from solproof.explorer.frame_data import describe_frame
from solproof.explorer.outcome_data import compute_unit_limit, describe_outcome
from solproof.explorer.program_data import describe_program
from solproof.explorer.timeline_data import describe_instructions, describe_timeline, names_of
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.tracing.log_places import log_places
from solproof.tracing.timeline import Steps, Timeline, single_frame, timeline

Fields = dict[str, Any]


def describe_execution(
    execution: Execution | TransactionExecution,
    container: Container,
    symbols: SymbolFiles | None = None,
    interfaces: Interfaces = KNOWN,
) -> Fields:
    """Add the columns of an execution to a container. Returns its fields in the header.

    The timeline of a single instruction that calls no other program has only the steps of its frame.
    """
    of = timeline(execution, symbols)
    is_transaction = isinstance(execution, TransactionExecution)
    limit = compute_unit_limit(execution)
    outcome, instructions = (
        describe_outcome(execution, interfaces),
        describe_instructions(of.instructions, interfaces),
    )
    programs, frames = _frames(of, container)
    units_before = [(limit or 0) - frame["compute_unit_limit"] for frame in frames]
    for frame, units in zip(frames, units_before, strict=True):
        frame["units_before"] = units
    entries = describe_timeline(of, units_before, interfaces)
    if single_frame(execution) is not None:
        entries = [{"kind": Steps.kind, "instruction": 0, "frame": 0, "start": 0, "end": frames[0]["steps"]}]
    return {
        "is_transaction": is_transaction,
        "outcome": outcome,
        "compute_unit_limit": limit,
        "programs": programs,
        "frames": frames,
        "instructions": instructions,
        "timeline": entries,
        "log_places": [
            [place.writer.value, place.instruction, place.step]
            for place in log_places(of, execution.output.logs)
        ],
        "names": names_of(instructions, outcome["accounts"], interfaces),
    }


def _frames(of: Timeline, container: Container) -> tuple[list[Fields], list[Fields]]:
    """The programs that ran and their frames. Each frame has the number of its program."""
    users: dict[bytes, list[int]] = {}
    for number, frame in enumerate(of.frames):
        users.setdefault(frame.invocation.program.file_sha256, []).append(number)
    frames: list[Fields] = [{} for _ in of.frames]
    programs = []
    for position, numbers in enumerate(users.values()):
        touched = []
        for number in numbers:
            described, addresses = describe_frame(
                of.frames[number], of.columns(number), container, f"frame{number}"
            )
            frames[number] = described | {"program": position}
            touched.append(addresses)
        programs.append(
            describe_program(
                [of.columns(number) for number in numbers],
                np.concatenate(touched),
                container,
                f"program{position}.image",
            )
        )
    return programs, frames
