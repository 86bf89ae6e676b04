"""The run in the form that the page needs: register histories, accesses, calls, syscalls, and code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.execution.execute import Execution
from solproof.explorer.container import Container
from solproof.isa.disassemble import disassemble
from solproof.isa.opcodes import opcode
from solproof.program.program import Program
from solproof.runtime.accounts import address_text, distinct_accounts
from solproof.tracing.columns import Columns
from solproof.tracing.memory_map import regions_before
from solproof.tracing.steps import fault_of
from solproof.vm.limits import REGISTERS
from solproof.vm.memory import WORD

Fields = dict[str, Any]
PAGE = 4096
WHOLE_REGION = 2**20
"""If a region has more bytes than this, the file holds only the pages that the run touched."""

SURROUNDINGS = 24
"""How many slots of code are shown before and after each executed one."""

SHOWN_OPERANDS = ("destination", "source", "target")
READ, WRITE, SYSCALL = 0, 1, 2
"""The kinds of accesses."""


def describe_run(execution: Execution, columns: Columns, container: Container) -> Fields:
    """Add the columns of a run to a container. Returns the fields of the run in its header."""
    run, output, fault = execution.run, execution.output, fault_of(execution.run)
    container.add("pc", columns.trace.pc, "u4")
    syscalls, touched = _accesses(columns, container)
    _registers(columns, container)
    calls, exits, ended = columns.frames
    ends = np.full(len(calls), -1)
    ends[ended] = exits
    reached = np.append(columns.trace.pc, run.final.pc)
    functions = {**columns.code.names.labels, **columns.functions}
    return {
        "program": {"sha256": run.program.file_sha256.hex(), "sbpf_version": run.program.version},
        "outcome": {
            "success": output.success,
            "exit_code": None if output.exit_code is None else str(output.exit_code),
            "error": output.error,
            "error_message": output.error_message,
            "fault": None
            if fault is None
            else {"name": fault.name, "message": fault.message, "pc": fault.pc},
            "compute_units": output.compute_units,
            "accounts_modified": output.accounts_modified,
            "logs": list(output.logs),
            "accounts": _accounts(execution),
        },
        "steps": columns.steps,
        "completed": columns.completed,
        "registers": [str(value) for value in run.registers],
        "compute_unit_limit": run.compute_unit_limit,
        "entry": run.program.entry,
        "slots": _slots(columns),
        "functions": {str(pc): name for pc, name in functions.items()},
        "calls": [
            [*call] for call in zip(calls.tolist(), reached[calls + 1].tolist(), ends.tolist(), strict=True)
        ],
        "syscalls": syscalls,
        "regions": _regions(execution, container, touched),
    }


def _registers(columns: Columns, container: Container) -> None:
    """Add, for each register, the steps after which its value is different, and the new values."""
    steps: list[list[NDArray[np.int64]]] = [[] for _ in range(REGISTERS)]
    values: list[list[NDArray[np.uint64]]] = [[] for _ in range(REGISTERS)]
    for block in columns.blocks():
        for register in range(REGISTERS):
            changed = np.flatnonzero(block.before[:, register] != block.after[:, register])
            steps[register].append(changed + block.start)
            values[register].append(block.after[changed, register])
    for register in range(REGISTERS):
        empty = [np.zeros(0, np.int64)]
        container.add(f"r{register}.step", np.concatenate(empty + steps[register]), "u4")
        container.add(f"r{register}.value", np.concatenate([np.zeros(0, np.uint64), *values[register]]), "u8")


def _accesses(columns: Columns, container: Container) -> tuple[list[Fields], NDArray[np.uint64]]:
    """Add loads, stores and the words of syscalls, in order. Returns the syscalls, and every address."""
    parts: list[NDArray[np.uint64]] = [np.zeros((0, 6), np.uint64)]
    syscalls: list[Fields] = []
    for block in columns.blocks():
        chosen = np.flatnonzero(block.has_access)
        kind = np.where(block.is_store[chosen], WRITE, READ)
        rows = (chosen + block.start, block.address[chosen], block.size[chosen], kind)
        values = (block.old[chosen], block.new[chosen])
        parts.append(np.stack([column.astype(np.uint64) for column in (*rows, *values)], axis=1))
        for index, event in block.events.items():
            words = [
                (index, (word.region << 32) + word.index * WORD, WORD, SYSCALL, word.old, word.new)
                for word in event.words
            ]
            parts.append(np.array(words, np.uint64).reshape(-1, 6))
            syscalls.append(
                {
                    "step": index,
                    "name": columns.syscall_names[event.key],
                    "arguments": [str(argument) for argument in event.arguments],
                    "result": str(event.result) if index < columns.completed else None,
                    "compute_units": event.compute_units,
                    "words": len(event.words),
                }
            )
    table = np.concatenate(parts)
    table = table[np.argsort(table[:, 0], kind="stable")]
    names = (("step", "u4"), ("address", "u8"), ("size", "u1"), ("kind", "u1"), ("old", "u8"), ("new", "u8"))
    for position, (name, kind_of) in enumerate(names):
        container.add(f"access.{name}", table[:, position], kind_of)
    return syscalls, table[:, 1]


def _slots(columns: Columns) -> list[list[object]]:
    """The executed slots and those around them, in rising order of pc.

    Each has its code, mnemonic and text. An executed slot also has the operands that are registers or slots.
    """
    program, executed = columns.run.program, columns.code.slots
    shown = {
        near
        for pc in executed
        for near in range(max(pc - SURROUNDINGS, 0), min(pc + SURROUNDINGS + 1, program.slots))
    }
    texts = _texts(program, columns)
    fields: list[list[object]] = []
    for pc in sorted({*executed, *(shown & texts.keys())}):
        slot = executed.get(pc)
        if slot is not None:
            operands = {name: value for name, value in slot.operands.items() if name in SHOWN_OPERANDS}
            fields.append([pc, slot.opcode, slot.mnemonic, slot.assembly, operands])
        else:
            code = program.instruction(pc).code
            row = opcode(code, program.version)
            fields.append([pc, code, None if row is None else row.mnemonic, texts[pc]])
    return fields


def _texts(program: Program, columns: Columns) -> dict[int, str]:
    return dict(disassemble(program.text, program.version, columns.code.names))


def _regions(execution: Execution, container: Container, touched: NDArray[np.uint64]) -> list[Fields]:
    """Add the memory before the run: every page that is not all zeros.

    In a large region, only touched pages are added.
    """
    fields = []
    layout = execution.run.layout
    for region in regions_before(execution.run, execution.invocation.serialized.region):
        number = region.address >> 32
        pages = -(-region.size // PAGE)
        content = np.zeros(pages * PAGE, np.uint8)
        content[: region.size] = np.frombuffer(region.content, np.uint8)
        rows = content.reshape(pages, PAGE)
        known = np.ones(pages, np.bool_)
        if region.size > WHOLE_REGION:
            here = touched[touched >> np.uint64(32) == number] & np.uint64(0xFFFF_FFFF)
            known[:] = False
            known[np.minimum(here.astype(np.int64) // PAGE, pages - 1)] = True
        filled = np.flatnonzero(known & rows.any(axis=1))
        container.add(f"region.{region.name}", rows[filled].reshape(-1), "u1")
        fields.append(
            {
                "name": region.name,
                "address": region.address,
                "size": layout.size(number),
                "writable": region.writable,
                "has_holes": region.has_holes,
                "pages": filled.tolist(),
                "unknown_pages": np.flatnonzero(~known).tolist() if not known.all() else [],
            }
        )
    return fields


def _accounts(execution: Execution) -> list[Fields]:
    """What can change of each account, before and after: lamports, owner and data."""
    fields = []
    pairs = zip(distinct_accounts(execution.input.accounts), execution.output.accounts, strict=True)
    for before, after in pairs:
        different = 0
        if len(before.data) == len(after.data):
            one, other = (np.frombuffer(account.data, np.uint8) for account in (before, after))
            different = int(np.count_nonzero(one != other))
        fields.append(
            {
                "key": address_text(before.key),
                "lamports": [str(before.lamports), str(after.lamports)],
                "owner": [address_text(before.owner), address_text(after.owner)],
                "data_bytes": [len(before.data), len(after.data)],
                "data_bytes_changed": different,
            }
        )
    return fields
