"""The fields of an exported trace: those around its steps, and those of one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from solproof.runtime.instruction_error import InstructionError
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.invoke import Frame
from solproof.runtime.read_back import accounts_modified
from solproof.tracing.columns import Columns
from solproof.tracing.memory_map import Region, regions_after, regions_before
from solproof.tracing.steps import Step, fault_of
from solproof.vm.trace import Run

FORMAT_VERSION = 1
Fields = dict[str, Any]


def head(frame: Frame[Run], columns: Columns, *, contents: bool) -> Fields:
    """The fields of a frame before its steps: the format, the functions and the initial state.

    contents: whether to include the bytes of memory.
    """
    run = frame.outcome
    return {
        "format_version": FORMAT_VERSION,
        "functions": [{"pc": pc, "name": name} for pc, name in columns.functions.items()],
        **_source_lines(columns),
        "initial_state": {
            "program_sha256": run.program.file_sha256.hex(),
            "sbpf_version": run.program.version,
            "registers": list(run.registers),
            "pc": run.program.entry,
            "compute_unit_limit": run.compute_unit_limit,
            "memory": _memory(regions_before(run, frame.invocation.serialized.region), contents),
        },
    }


def tail(frame: Frame[Run], record: InstructionRecord, columns: Columns, *, contents: bool) -> Fields:
    """The fields of a frame after its steps: the final state and the outcome.

    record: the instruction that the frame ran for.
    """
    run, error = frame.outcome, record.error
    fault = fault_of(run)
    return {
        "final_state": {
            "registers": list(run.final.registers),
            "pc": run.final.pc,
            "call_depth": run.final.depth,
            "compute_units_remaining": run.compute_unit_limit - run.compute_units,
            "fault": None if fault is None else asdict(fault),
            **error_fields(error),
            "memory": _memory(regions_after(columns, frame.invocation.serialized.region), contents),
        },
        "success": error is None,
        "exit_code": run.r0 if run.fault is None else None,
        "compute_units": run.compute_units,
        "instructions": run.instructions,
        "accounts_modified": (
            0 if error else accounts_modified(record.accounts_before, record.accounts_after)
        ),
    }


def error_fields(error: InstructionError | None) -> Fields:
    """The error of an instruction, and the runtime's text for it."""
    return {
        "error": None if error is None else error.name,
        "error_message": None if error is None else error.message,
    }


def step_fields(step: Step) -> Fields:
    """One element of `steps`, without its constraints."""
    syscall, fault = step.syscall, step.fault
    return {
        "index": step.index,
        "pc": step.pc,
        "opcode": step.opcode,
        "mnemonic": step.mnemonic,
        "assembly": step.assembly,
        "operands": step.operands,
        "registers_before": step.registers_before,
        "registers_after": step.registers_after,
        "memory": [
            {
                "kind": access.kind,
                "address": access.address,
                "size": access.size,
                "old": access.old,
                "new": access.new,
            }
            for access in step.memory
        ],
        "compute_units_before": step.compute_units_before,
        "compute_units_after": step.compute_units_after,
        "call_depth": step.call_depth,
        "syscall": None if syscall is None else asdict(syscall),
        "fault": None if fault is None else asdict(fault),
    }


def _source_lines(columns: Columns) -> Fields:
    """The source lines of the executed slots, if any is known."""
    lines = [(pc, line) for pc in sorted(columns.code.slots) if (line := columns.lines.at(pc)) is not None]
    return {"source_lines": [{"pc": pc, **asdict(line)} for pc, line in lines]} if lines else {}


def _memory(regions: Iterable[Region], contents: bool) -> list[Fields]:
    fields = []
    for region in regions:
        described: Fields = {
            "name": region.name,
            "address": region.address,
            "size": region.size,
            "writable": region.writable,
            "has_holes": region.has_holes,
            "sha256": sha256(region.content).hexdigest(),
        }
        fields.append(described | ({"content": region.content.hex()} if contents else {}))
    return fields
