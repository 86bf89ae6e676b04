"""A trace as one JSON document or as JSON lines, written block by block.

The document of one frame is the trace of an instruction that calls no other program. The document of all
frames contains theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.proving.check import witness_of
from solproof.tracing.columns import BLOCK_STEPS
from solproof.tracing.constraints import Constraints
from solproof.tracing.document import head, step_fields, tail
from solproof.tracing.steps import steps_of
from solproof.tracing.timeline import Timeline, single_frame, timeline
from solproof.tracing.transaction_document import transaction_head, transaction_tail

CONSTRAINED_BLOCK_STEPS = 2**11
"""The number of steps per block if constraints are included. A step has dozens of constraints."""

Progress = Callable[[int, int], None]
"""Called with the number of steps written so far, and the number of all steps."""

Pieces = Iterator[bytes]
_encode = json.JSONEncoder(separators=(",", ":")).encode


def json_document(
    execution: Execution | TransactionExecution,
    *,
    frame: int | None = None,
    contents: bool = False,
    constraints: bool = False,
    progress: Progress | None = None,
    symbols: SymbolFiles | None = None,
    interfaces: Interfaces = KNOWN,
) -> Pieces:
    """The pieces of one JSON object.

    trace.schema.json describes the document of one frame, timeline.schema.json that of all frames.

    frame: the only frame to write. Raises `InputError` if the execution has no such frame.
    contents: whether to include the bytes of memory before and after each frame, and the data of accounts.
    constraints: whether to include each step's constraints. They are those of the execution's proof, which
        holds all frames.
    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran.
    interfaces: what decodes the instructions, accounts and events of a document of all frames.
    """
    found, only = timeline(execution, symbols), single_frame(execution, frame)
    frames = _frames(found, only)
    bound = Constraints(witness_of(execution)) if constraints else None
    export = _Export(found, frames, bound, contents=contents, progress=progress)
    if only is not None:
        yield from export.document(only)
        yield b"\n"
        return
    yield f'{_encode(transaction_head(found, interfaces))[:-1]},"frames":['.encode()
    for number in frames:
        yield b",\n" if number else b"\n"
        yield from export.document(number)
    yield f"\n],{_encode(transaction_tail(execution, interfaces, contents=contents))[1:]}\n".encode()


def json_lines(
    execution: Execution | TransactionExecution,
    *,
    frame: int | None = None,
    contents: bool = False,
    constraints: bool = False,
    progress: Progress | None = None,
    symbols: SymbolFiles | None = None,
    interfaces: Interfaces = KNOWN,
) -> Pieces:
    """The same content as JSON lines.

    A frame has a line with the fields before the steps, a line for each step, and a line with the fields
    after the steps. If all frames are written, these lines have the number of their frame as `frame`, and
    there is one more line before all frames and one after them.
    """
    found, only = timeline(execution, symbols), single_frame(execution, frame)
    frames = _frames(found, only)
    bound = Constraints(witness_of(execution)) if constraints else None
    export = _Export(found, frames, bound, contents=contents, progress=progress)
    if only is not None:
        yield from export.lines(only, {})
        return
    yield (_encode(transaction_head(found, interfaces)) + "\n").encode()
    for number in frames:
        yield from export.lines(number, {"frame": number})
    yield (_encode(transaction_tail(execution, interfaces, contents=contents)) + "\n").encode()


def _frames(found: Timeline, only: int | None) -> Sequence[int]:
    return range(len(found.frames)) if only is None else [only]


class _Export:
    """Writes frames, with the constraints of their steps if there are any, and reports what is written."""

    def __init__(
        self,
        found: Timeline,
        frames: Sequence[int],
        bound: Constraints | None,
        *,
        contents: bool,
        progress: Progress | None,
    ) -> None:
        self._timeline = found
        self._bound = bound
        self._contents = contents
        self._progress = progress
        self._done = 0
        self._total = sum(found.frames[frame].outcome.instructions for frame in frames)

    def document(self, frame: int) -> Pieces:
        """The object of a frame."""
        yield f'{_encode(self._head(frame))[:-1]},"steps":[\n'.encode()
        separator = ""
        for block in self._steps(frame, {}):
            yield (separator + ",\n".join(block)).encode()
            separator = ",\n"
        yield f"\n],{_encode(self._tail(frame))[1:]}".encode()

    def lines(self, frame: int, marks: dict[str, Any]) -> Pieces:
        """The lines of a frame. `marks` are put before the fields of each line."""
        yield (_encode(marks | self._head(frame)) + "\n").encode()
        for block in self._steps(frame, marks):
            yield ("\n".join(block) + "\n").encode()
        yield (_encode(marks | self._tail(frame)) + "\n").encode()

    def _head(self, frame: int) -> dict[str, Any]:
        return head(self._timeline.frames[frame], self._timeline.columns(frame), contents=self._contents)

    def _tail(self, frame: int) -> dict[str, Any]:
        record = self._timeline.instructions[self._timeline.instruction_of_frame[frame]]
        columns = self._timeline.columns(frame)
        return tail(self._timeline.frames[frame], record, columns, contents=self._contents)

    def _steps(self, frame: int, marks: dict[str, Any]) -> Iterator[list[str]]:
        """The text of each step, in blocks."""
        columns, bound = self._timeline.columns(frame), self._bound
        for block in columns.blocks(BLOCK_STEPS if bound is None else CONSTRAINED_BLOCK_STEPS):
            steps = (marks | step_fields(step) for step in steps_of(columns, block))
            if bound is None:
                yield [_encode(step) for step in steps]
            else:
                entries = bound.of(frame, block.start, block.start + len(block))
                yield [
                    _encode({**step, "constraints": found})
                    for step, found in zip(steps, entries, strict=True)
                ]
            self._done += len(block)
            if self._progress is not None:
                self._progress(self._done, self._total)
