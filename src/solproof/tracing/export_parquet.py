"""A trace as a Parquet file: one row per step, one column per value, for tools that work on tables.

Importing this module needs pyarrow (the optional extra `parquet`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any

import numpy as np
import pyarrow
from numpy.typing import NDArray
from pyarrow import parquet

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.tracing.columns import Block, Columns
from solproof.tracing.document import Fields, head, tail
from solproof.tracing.export_json import Progress
from solproof.tracing.timeline import Timeline, single_frame, timeline
from solproof.tracing.transaction_document import transaction_head, transaction_tail
from solproof.vm.limits import REGISTERS
from solproof.vm.trace import SyscallEvent

ROW_GROUP_STEPS = 2**16
METADATA_KEY = "solproof"
ARGUMENTS = 5


def write_parquet(
    execution: Execution | TransactionExecution,
    file: IO[bytes],
    *,
    frame: int | None = None,
    contents: bool = False,
    progress: Progress | None = None,
    symbols: SymbolFiles | None = None,
    interfaces: Interfaces = KNOWN,
) -> None:
    """Write the steps of an execution to an open file.

    Everything else in the JSON document is JSON in the file's metadata, under `solproof`. If all frames are
    written, the column `frame` has the frame of each step.

    frame: the only frame to write. Raises `InputError` if the execution has no such frame.
    contents: whether to include the bytes of memory before and after each frame, and the data of accounts.
    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran.
    interfaces: what decodes the instructions, accounts and events of a document of all frames.
    """
    found, only = timeline(execution, symbols), single_frame(execution, frame)
    frames = range(len(found.frames)) if only is None else [only]
    described = [_described(found, number, contents=contents) for number in frames]
    if only is not None:
        (metadata,) = described
    else:
        metadata = transaction_head(found, interfaces) | {"frames": described}
        metadata |= transaction_tail(execution, interfaces, contents=contents)
    marks = {"frame": pyarrow.uint8()} if only is None else {}
    schema = _schema(marks).with_metadata({METADATA_KEY: json.dumps(metadata)})
    done, total = 0, sum(found.frames[number].outcome.instructions for number in frames)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for number in frames:
            columns = found.columns(number)
            for block in columns.blocks(ROW_GROUP_STEPS):
                arrays = _arrays(columns, block) | {"frame": np.full(len(block), number)}
                writer.write_table(
                    pyarrow.table(
                        [
                            pyarrow.array(arrays[field.name], field.type, from_pandas=False)
                            for field in schema
                        ],
                        schema=schema,
                    )
                )
                done += len(block)
                if progress is not None:
                    progress(done, total)


def _described(found: Timeline, frame: int, *, contents: bool) -> Fields:
    """The fields of a frame around its steps."""
    columns, record = found.columns(frame), found.instructions[found.instruction_of_frame[frame]]
    return head(found.frames[frame], columns, contents=contents) | tail(
        found.frames[frame], record, columns, contents=contents
    )


def _schema(marks: dict[str, pyarrow.DataType]) -> pyarrow.Schema:
    """The columns. `marks` come first."""
    word, text = pyarrow.uint64(), pyarrow.string()
    words = pyarrow.list_(word)
    registers = {f"r{register}_{when}": word for when in ("before", "after") for register in range(REGISTERS)}
    return pyarrow.schema(
        {
            **marks,
            "index": pyarrow.uint32(),
            "pc": pyarrow.uint32(),
            "opcode": pyarrow.uint8(),
            "mnemonic": text,
            "assembly": text,
            **registers,
            "memory_kind": text,
            "memory_address": word,
            "memory_size": pyarrow.uint8(),
            "memory_old": word,
            "memory_new": word,
            "compute_units_before": pyarrow.uint32(),
            "compute_units_after": pyarrow.uint32(),
            "call_depth": pyarrow.uint8(),
            "syscall": text,
            **{f"syscall_argument_{number}": word for number in range(1, ARGUMENTS + 1)},
            "syscall_result": word,
            "syscall_compute_units": word,
            "syscall_word_address": words,
            "syscall_word_old": words,
            "syscall_word_new": words,
            "fault": text,
        }.items()
    )


def _arrays(columns: Columns, block: Block) -> dict[str, Any]:
    """The columns of one block, by name. Masked entries and None are nulls."""
    fault = columns.run.fault
    slots = columns.code.slots
    described = [slots[pc] for pc in block.pc.tolist()]
    kinds = np.where(block.is_store, "write", "read").astype(object)
    kinds[~block.has_access] = None

    def accessed(values: NDArray[Any]) -> Any:
        return np.ma.masked_array(values, ~block.has_access)

    def of_events(value: Callable[[SyscallEvent], object]) -> list[object]:
        column: list[object] = [None] * len(block)
        for index, event in block.events.items():
            column[index - block.start] = value(event)
        return column

    def result(event: SyscallEvent) -> int | None:
        return event.result if event.clk <= columns.completed else None

    is_last = block.start + len(block) == columns.steps
    arrays: dict[str, Any] = {
        "index": np.arange(block.start, block.start + len(block)),
        "pc": block.pc,
        "opcode": [slot.opcode for slot in described],
        "mnemonic": [slot.mnemonic for slot in described],
        "assembly": [slot.assembly for slot in described],
        "memory_kind": kinds,
        "memory_address": accessed(block.address),
        "memory_size": accessed(block.size),
        "memory_old": accessed(block.old),
        "memory_new": accessed(block.new),
        "compute_units_before": block.units_before,
        "compute_units_after": block.units_after,
        "call_depth": block.depth,
        "syscall": of_events(lambda event: columns.syscall_names[event.key]),
        "syscall_result": of_events(result),
        "syscall_compute_units": of_events(lambda event: event.compute_units),
        "syscall_word_address": of_events(
            lambda event: [word.region << 32 | word.index * 8 for word in event.words]
        ),
        "syscall_word_old": of_events(lambda event: [word.old for word in event.words]),
        "syscall_word_new": of_events(lambda event: [word.new for word in event.words]),
        "fault": [None] * (len(block) - 1) + [fault.name if fault is not None and is_last else None],
    }
    for when, registers in (("before", block.before), ("after", block.after)):
        for register in range(REGISTERS):
            arrays[f"r{register}_{when}"] = np.ascontiguousarray(registers[:, register])
    for number in range(ARGUMENTS):
        arrays[f"syscall_argument_{number + 1}"] = of_events(
            lambda event, number=number: event.arguments[number]  # type: ignore[misc]
        )
    return arrays
