"""A trace as one JSON document or as JSON lines, written block by block."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from solproof.execution.execute import Execution
from solproof.proving.check import witness_of
from solproof.tracing.columns import BLOCK_STEPS, Columns, columns_of
from solproof.tracing.constraints import Constraints
from solproof.tracing.document import head, step_fields, tail
from solproof.tracing.steps import steps_of

CONSTRAINED_BLOCK_STEPS = 2**11
"""The number of steps per block if constraints are included. A step has dozens of constraints."""

Progress = Callable[[int, int], None]
"""Called with the number of steps written so far, and the number of all steps."""

Pieces = Iterator[bytes]
_encode = json.JSONEncoder(separators=(",", ":")).encode


def json_document(
    execution: Execution,
    *,
    contents: bool = False,
    constraints: bool = False,
    progress: Progress | None = None,
) -> Pieces:
    """The pieces of one JSON object, which trace.schema.json describes.

    contents: whether to include the bytes of memory before and after the run.
    constraints: whether to include each step's constraints.
    """
    columns = columns_of(execution)
    first = _encode(head(execution, columns, contents=contents))
    yield f'{first[:-1]},"steps":[\n'.encode()
    separator = ""
    for block in _steps(execution, columns, constraints, progress):
        yield (separator + ",\n".join(block)).encode()
        separator = ",\n"
    last = _encode(tail(execution, columns, contents=contents))
    yield f"\n],{last[1:]}\n".encode()


def json_lines(
    execution: Execution,
    *,
    contents: bool = False,
    constraints: bool = False,
    progress: Progress | None = None,
) -> Pieces:
    """The same content as JSON lines.

    The first line is an object with the fields before the steps. Then each step has a line. The last line has
    the fields after the steps.
    """
    columns = columns_of(execution)
    yield (_encode(head(execution, columns, contents=contents)) + "\n").encode()
    for block in _steps(execution, columns, constraints, progress):
        yield ("\n".join(block) + "\n").encode()
    yield (_encode(tail(execution, columns, contents=contents)) + "\n").encode()


def _steps(
    execution: Execution, columns: Columns, constraints: bool, progress: Progress | None
) -> Iterator[list[str]]:
    """The text of each step, in blocks."""
    bound = Constraints(witness_of(execution)) if constraints else None
    for block in columns.blocks(BLOCK_STEPS if bound is None else CONSTRAINED_BLOCK_STEPS):
        steps = map(step_fields, steps_of(columns, block))
        if bound is None:
            yield [_encode(step) for step in steps]
        else:
            entries = bound.of(block.start, block.start + len(block))
            yield [
                _encode({**step, "constraints": found}) for step, found in zip(steps, entries, strict=True)
            ]
        if progress is not None:
            progress(block.start + len(block), columns.steps)
