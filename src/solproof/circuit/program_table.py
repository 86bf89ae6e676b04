"""The program table: how each slot of the text stands on the program bus, as arrays over the slots."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.circuit.instructions.family import Entry
from solproof.circuit.instructions.registry import BY_MNEMONIC
from solproof.isa.instruction import Instruction, decode_program, wide_immediate
from solproof.isa.opcodes import opcode
from solproof.isa.semantics import LOADS, STORES
from solproof.program.calls import resolve_call
from solproof.program.program import Program

SIZES = {f"{stem}_REG": size for stem, size in LOADS.items()} | {
    f"{stem}_{form}": size for stem, size in STORES.items() for form in ("IMM", "REG")
}


def _resolve(
    program: Program, syscall_keys: Collection[int], pc: int, mnemonic: str, instruction: Instruction
) -> Entry | None:
    """The entry of an instruction, whose meaning may depend on more than its own slot.

    None when it cannot be executed.
    """
    if mnemonic == "LD_DW_IMM":
        wide = wide_immediate(instruction, program.instruction(pc + 1))
        instruction = replace(instruction, immediate=wide)
    entry = BY_MNEMONIC[mnemonic].encode(mnemonic, instruction, program.version)
    if mnemonic == "CALL_REG":
        return replace(entry, immediate=program.text_address)
    if mnemonic != "CALL_IMM":
        return entry
    call = resolve_call(program, pc, instruction, syscall_keys)
    if call is None:
        return None
    if call.is_syscall:
        return Entry(FamilyCode.SYSCALL, immediate=call.target)
    return replace(entry, offset=call.target)


def program_table(program: Program, syscall_keys: Collection[int]) -> ProgramTable:
    """Encode every slot of a program; calls of the keys in `syscall_keys` are syscalls."""
    instructions = decode_program(program.text)
    slots = len(instructions)
    fields = np.zeros((slots, 5), np.int64)
    immediates = np.zeros(slots, np.uint64)
    kinds = np.zeros((slots, 3), np.bool_)
    sizes = np.zeros(slots, np.int64)
    for pc, instruction in enumerate(instructions):
        known = opcode(instruction.code, program.version)
        if known is None:
            continue
        mnemonic = known.mnemonic
        entry = _resolve(program, syscall_keys, pc, mnemonic, instruction)
        if entry is None:
            continue
        fields[pc] = entry.code, entry.destination, entry.source, entry.offset, entry.flags
        immediates[pc] = entry.immediate
        control = entry.code in (
            FamilyCode.CALL,
            FamilyCode.CALL_REGISTER,
            FamilyCode.EXIT,
            FamilyCode.SYSCALL,
            FamilyCode.JUMP_ALWAYS,
        )
        is_jump = entry.code in (FamilyCode.JUMP, FamilyCode.JUMP_HALF) or mnemonic.startswith("JSET")
        kinds[pc] = (
            mnemonic.endswith("_REG") and not control,
            not control,
            not control and not is_jump and entry.code is not FamilyCode.STORE,
        )
        sizes[pc] = SIZES.get(mnemonic, 0)
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
