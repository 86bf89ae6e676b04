"""The executed slots of a program: their effects on registers and memory, and their text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.isa.disassemble import Names, callx_register, disassemble_instruction
from solproof.isa.instruction import Instruction, wide_immediate
from solproof.isa.mnemonics import fields_of
from solproof.isa.opcodes import Action, Opcode, opcode
from solproof.program.calls import Call, resolve_call
from solproof.program.names import FunctionNames
from solproof.program.program import Program
from solproof.program.syscall_names import SYSCALL_NAMES


@dataclass(frozen=True, slots=True)
class Slot:
    """One instruction in words.

    opcode: its code.
    mnemonic: its name in the opcode table, or None if the version has no such opcode.
    assembly: its text.
    operands: the fields that the instruction uses, by name. `target` is the pc that a jump or a call may lead
    to.
    """

    opcode: int | None
    mnemonic: str | None
    assembly: str
    operands: Mapping[str, int]


BEHIND_THE_TEXT = Slot(None, None, "(end of the text)", {})
"""The slot that a program executes if it runs past the end of its text."""


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Code:
    """The slots that a run executed.

    Arrays have one entry per slot, and one for the place after the last slot.

    writes: whether the instruction writes its destination register.
    size: the number of bytes of a load or store, else 0.
    """

    slots: Mapping[int, Slot]
    names: Names
    writes: NDArray[np.bool_]
    destination: NDArray[np.int64]
    size: NDArray[np.int64]
    is_store: NDArray[np.bool_]
    is_call: NDArray[np.bool_]
    is_syscall: NDArray[np.bool_]
    is_exit: NDArray[np.bool_]


def code_of(
    program: Program, executed: Collection[int], syscalls: Collection[int], functions: FunctionNames
) -> Code:
    """Describe the slots that a run executed. `syscalls`: the hashes that exist for the program."""
    places = program.slots + 1
    flags = {
        name: np.zeros(places, np.bool_)
        for name in ("writes", "is_store", "is_call", "is_syscall", "is_exit")
    }
    destination, size = np.zeros(places, np.int64), np.zeros(places, np.int64)
    calls = _calls(program, executed, syscalls)
    names = _names(program, calls, functions)
    slots: dict[int, Slot] = {}
    for pc in executed:
        if pc == program.slots:
            slots[pc] = BEHIND_THE_TEXT
            continue
        instruction = program.instruction(pc)
        row = opcode(instruction.code, program.version)
        slots[pc] = _slot(program, pc, instruction, row, calls.get(pc), names)
        if row is None:
            continue
        flags["writes"][pc] = row.writes_destination
        flags["is_exit"][pc] = row.action is Action.EXIT
        flags["is_call"][pc] = row.action is Action.CALL_REGISTER
        flags["is_store"][pc] = row.action is Action.STORE
        destination[pc] = instruction.destination
        size[pc] = row.size
        call = calls.get(pc)
        if call is not None:
            flags["is_syscall" if call.is_syscall else "is_call"][pc] = True
    return Code(slots, names, destination=destination, size=size, **flags)


def _calls(program: Program, executed: Collection[int], syscalls: Collection[int]) -> dict[int, Call]:
    calls = {}
    for pc in executed:
        if pc == program.slots:
            continue
        instruction = program.instruction(pc)
        row = opcode(instruction.code, program.version)
        if row is not None and row.action is Action.CALL:
            call = resolve_call(program, pc, instruction, syscalls)
            if call is not None:
                calls[pc] = call
    return calls


def _names(program: Program, calls: Mapping[int, Call], names: FunctionNames) -> Names:
    """The names of functions.

    From V3 on the file lists no functions, so only those that the run called are known.
    """
    functions = program.functions
    if program.version >= 3:
        functions = {call.target: call.target for call in calls.values() if not call.is_syscall}
    labels = {pc: names.at(pc) for pc in (*functions.values(), program.entry)}
    return Names(labels, functions, SYSCALL_NAMES)


def _slot(
    program: Program, pc: int, instruction: Instruction, row: Opcode | None, call: Call | None, names: Names
) -> Slot:
    wide = row is not None and row.action is Action.LOAD_IMMEDIATE and pc + 1 < program.slots
    second = program.instruction(pc + 1) if wide else None
    text = disassemble_instruction(instruction, pc, program.version, second=second, names=names)
    if row is None:
        return Slot(instruction.code, None, text, {})
    if row.action is Action.CALL_REGISTER:
        register = callx_register(instruction, program.version)
        return Slot(instruction.code, row.mnemonic, text, {"source": register})
    used = fields_of(row, program.version)
    if row.action is Action.CALL:
        used -= {"source"}  # not a register: it encodes the kind of the call, which `target` shows here
    fields = ("destination", "source", "offset", "immediate")
    operands: dict[str, int] = {name: getattr(instruction, name) for name in fields if name in used}
    if second is not None:
        operands["immediate"] = wide_immediate(instruction, second)
    if row.action is Action.JUMP:
        operands["target"] = pc + 1 + instruction.offset
    if call is not None and not call.is_syscall:
        operands["target"] = call.target
    return Slot(instruction.code, row.mnemonic, text, operands)
