"""A program in the form that the page needs: its code, the names of its functions, and its image.

Several frames may run one program, which the page then has only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.explorer.container import Container
from solproof.explorer.region_data import describe_region
from solproof.isa.disassemble import Names, disassemble
from solproof.isa.opcodes import opcode
from solproof.program.program import Program
from solproof.program.source_lines import SourceLines
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.tracing.code import Slot
from solproof.tracing.columns import Columns
from solproof.tracing.memory_map import regions_before

Fields = dict[str, Any]
SURROUNDINGS = 24
"""How many slots of code are shown before and after each executed one."""


def describe_program(
    runs: Sequence[Columns], touched: NDArray[np.uint64], container: Container, section: str
) -> Fields:
    """Add the image of a program to a container. Returns the program's entry in the header.

    runs: all frames that run it.
    touched: every address that they read or wrote.
    section: the name of the image's section.
    """
    run = runs[0].run
    image = next(region for region in regions_before(run, b"") if region.name == "image")
    labels = {pc: name for columns in runs for pc, name in columns.code.names.labels.items()}
    entered = {pc: name for columns in runs for pc, name in columns.functions.items()}
    slots = _slots(run.program, runs, labels)
    return {
        "sha256": run.program.file_sha256.hex(),
        "sbpf_version": run.program.version,
        "entry": run.program.entry,
        "slots": slots,
        "lines": _lines([pc for pc, *_ in slots], runs[0].lines),
        "functions": {str(pc): name for pc, name in {**labels, **entered}.items()},
        "image": describe_region(image, run.layout, touched, container, section),
    }


def _slots(program: Program, runs: Sequence[Columns], labels: dict[int, str]) -> list[list[Any]]:
    """The executed slots and those around them, in rising order of pc.

    Each has its code, mnemonic and text. An executed slot also has the registers that its instruction reads,
    the register that it writes, if any, and the slot that it names, if any.
    """
    executed = {pc: slot for columns in runs for pc, slot in columns.code.slots.items()}
    functions = {key: pc for columns in runs for key, pc in columns.code.names.functions.items()}
    texts = dict(disassemble(program.text, program.version, Names(labels, functions, SYSCALL_NAMES)))
    shown = {
        near
        for pc in executed
        for near in range(max(pc - SURROUNDINGS, 0), min(pc + SURROUNDINGS + 1, program.slots))
    }
    fields: list[list[Any]] = []
    for pc in sorted({*executed, *(shown & texts.keys())}):
        slot = executed.get(pc)
        if slot is not None:
            fields.append([pc, slot.opcode, slot.mnemonic, slot.assembly, _operands(slot, program.version)])
        else:
            code = program.instruction(pc).code
            row = opcode(code, program.version)
            fields.append([pc, code, None if row is None else row.mnemonic, texts[pc]])
    return fields


def _lines(shown: Sequence[int], lines: SourceLines) -> list[list[object]]:
    """The source lines of the shown slots: each slot from which on another line holds, with that line."""
    found: list[list[object]] = []
    for pc in shown:
        line = lines.at(pc)
        text = None if line is None else str(line)
        if text != (found[-1][1] if found else None):
            found.append([pc, text])
    return found


def _operands(slot: Slot, version: int) -> dict[str, object]:
    """The field `destination` of a store or a jump names a register that is read, not one that is written."""
    row = None if slot.opcode is None else opcode(slot.opcode, version)
    if row is None:
        return {}
    registers = {name: slot.operands[name] for name in ("destination", "source") if name in slot.operands}
    found: dict[str, object] = {
        "reads": [registers[name] for name in sorted(row.reads[version]) if name in registers]
    }
    if row.writes_destination:
        found["writes"] = registers["destination"]
    if "target" in slot.operands:
        found["target"] = slot.operands["target"]
    return found
