"""The program table: the messages of executed slots on the program bus, as arrays over the slots."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.circuit.instructions.family import Entry
from solproof.circuit.instructions.registry import FAMILY_OF
from solproof.isa.instruction import Instruction, wide_immediate
from solproof.isa.opcodes import Action, Opcode, opcode
from solproof.program.calls import resolve_call
from solproof.program.program import Program


def _resolve(
    program: Program, syscall_keys: Collection[int], pc: int, row: Opcode, instruction: Instruction
) -> Entry | None:
    """The entry of an instruction, whose meaning may depend on more than its own slot.

    None if the instruction cannot be executed.
    """
    if row.action is Action.LOAD_IMMEDIATE:
        wide = wide_immediate(instruction, program.instruction(pc + 1))
        instruction = replace(instruction, immediate=wide)
    entry = FAMILY_OF[row].encode(row, instruction, program.version)
    if row.action is Action.CALL_REGISTER:
        return replace(entry, immediate=program.text_address)
    if row.action is not Action.CALL:
        return entry
    call = resolve_call(program, pc, instruction, syscall_keys)
    if call is None:
        return None
    if call.is_syscall:
        return Entry(FamilyCode.SYSCALL, immediate=call.target)
    return replace(entry, offset=call.target)


def program_table(program: Program, syscall_keys: Collection[int], listed: Integers) -> ProgramTable:
    """Encode the listed slots of a program, and leave all other slots 0.

    A call whose key is in `syscall_keys` is a syscall.
    """
    slots = program.slots
    fields = np.zeros((slots, 5), np.int64)
    immediates = np.zeros(slots, np.uint64)
    kinds = np.zeros((slots, 3), np.bool_)
    sizes = np.zeros(slots, np.int64)
    for pc in listed.tolist():
        instruction = program.instruction(pc)
        row = opcode(instruction.code, program.version)
        if row is None:
            continue
        entry = _resolve(program, syscall_keys, pc, row, instruction)
        if entry is None:
            continue
        fields[pc] = entry.code, entry.destination, entry.source, entry.offset, entry.flags
        immediates[pc] = entry.immediate
        if row.action is not Action.CALL_REGISTER:  # the row of a call reads the register that it calls
            reads = row.reads[program.version]
            kinds[pc] = (
                "source" in reads,
                "destination" in reads or row.writes_destination,
                row.writes_destination,
            )
        sizes[pc] = row.size
    return ProgramTable(
        code=fields[:, 0],
        destination=fields[:, 1],
        source=fields[:, 2],
        immediate=immediates,
        offset=fields[:, 3],
        flags=fields[:, 4],
        reads_source=kinds[:, 0],
        uses_destination=kinds[:, 1],
        writes_destination=kinds[:, 2],
        size=sizes,
        text_address=program.text_address,
    )
