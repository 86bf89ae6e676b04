"""A text as a source that assembles to the same bytes, whatever the bytes are.

Instructions read as upstream prints them. A slot that no instruction of a source becomes (a field without
meaning is not zero, or the code is no instruction) is a `.fill`, with what it is in a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from solproof.isa.assemble import BUMPED_BY_HAND, FRAME_POINTER
from solproof.isa.disassemble import Names, disassemble_instruction
from solproof.isa.instruction import Instruction, decode_program
from solproof.isa.layout import ENTRYPOINT
from solproof.isa.mnemonics import ENDIAN_WIDTHS, fields_of
from solproof.isa.opcodes import Format, Opcode, opcode

_INDENT = "    "
_FIELDS = ("destination", "source", "offset", "immediate")
_REGISTERS = range(16)
_JUMPS = (Format.JUMP, Format.JUMP_IMMEDIATE, Format.JUMP_REGISTER)

Calls = Mapping[int, "str | int"]
"""What the `call` at a program counter calls: a syscall, as the source names it, or the function at one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that makes `slots` slots from `pc` on; `label` is the name of that place, if it has one."""

    pc: int
    slots: int
    label: str | None
    statement: str


def source_of(lines: Iterable[Line]) -> str:
    """Lines as source text, with an empty line before a function."""
    text = []
    for line in lines:
        if line.label is not None:
            text += [""] * (line.pc > 0 and not line.label.startswith("lbb_")) + [f"{line.label}:"]
        text.append(_INDENT + line.statement)
    return "".join(f"{line}\n" for line in text)


def listing(
    text: bytes, version: int, entry: int, calls: Calls, comments: Mapping[int, str] | None = None
) -> list[Line]:
    """A text as lines; the `call` slots that `calls` leaves out become `.fill`, with a comment of `comments`.

    Raises `ProgramError` when the length is not a multiple of 8.
    """
    slots = decode_program(text)
    instructions = _instructions(slots, version, entry, calls)
    starts = {instruction.pc for instruction in instructions}
    labels = {
        target: f"{prefix}_{target}"
        for prefix, targets in (
            ("lbb", (instruction.jump_target for instruction in instructions)),
            ("function", (target for target in calls.values() if isinstance(target, int))),
        )
        for target in targets
        if target in starts
    }
    labels |= {entry: ENTRYPOINT} if entry in starts else {}
    lines = []
    for instruction in instructions:
        pc = instruction.pc
        statement = _statement(instruction, version, labels, calls)
        if statement is None:
            raw = text[pc * 8 : pc * 8 + 8]
            comment = (comments or {}).get(pc) or disassemble_instruction(instruction.slot, pc, version)
            statement = f".fill 1, {int.from_bytes(raw, 'little'):#x}  # {comment}"
        lines.append(Line(pc, 1 if instruction.second is None else 2, labels.get(pc), statement))
    return lines


@dataclass(frozen=True, slots=True)
class _Instruction:
    """`row` is None for what only `.fill` can write."""

    pc: int
    row: Opcode | None
    slot: Instruction
    second: Instruction | None = None

    @property
    def jump_target(self) -> int | None:
        is_jump = self.row is not None and self.row.format in _JUMPS
        return self.pc + 1 + self.slot.offset if is_jump else None


def _instructions(slots: Sequence[Instruction], version: int, entry: int, calls: Calls) -> list[_Instruction]:
    instructions = []
    pc = 0
    while pc < len(slots):
        slot, row = slots[pc], opcode(slots[pc].code, version)
        second = None
        if row is not None and row.format is Format.LOAD_DOUBLE_IMMEDIATE and pc + 1 != entry:
            second = next(iter(slots[pc + 1 : pc + 2]), None)
        is_source = row is not None and _is_source(row, slot, second, version)
        if row is not None and row.format is Format.CALL_IMMEDIATE:
            is_source = pc in calls
        instructions.append(
            _Instruction(pc, row, slot, second) if is_source else _Instruction(pc, None, slot)
        )
        pc += 2 if is_source and second is not None else 1
    return instructions


def _is_source(row: Opcode, slot: Instruction, second: Instruction | None, version: int) -> bool:
    """Whether the instruction as text, assembled, is these slots again."""
    fields = fields_of(row, version)
    if any(getattr(slot, field) != 0 for field in _FIELDS if field not in fields):
        return False
    match row.format:
        case Format.LOAD_DOUBLE_IMMEDIATE:
            return second is not None and second == Instruction(0, immediate=second.immediate)
        case Format.ENDIAN:
            return slot.immediate in ENDIAN_WIDTHS
        case Format.CALL_REGISTER:
            return version >= 2 or slot.immediate in _REGISTERS
    return row.mnemonic != "ADD64_IMM" or slot.destination != FRAME_POINTER or version in BUMPED_BY_HAND


def _statement(
    instruction: _Instruction, version: int, labels: Mapping[int, str], calls: Calls
) -> str | None:
    if instruction.row is None:
        return None
    pc = instruction.pc
    if instruction.row.format is Format.CALL_IMMEDIATE:
        called = calls[pc]
        return (
            f"syscall {called}" if isinstance(called, str) else f"call {labels.get(called, called - pc - 1)}"
        )
    target = instruction.jump_target
    # A jump out of the text, or into an lddw, has no label to name: it reads as a distance.
    names = {} if target is None else {target: labels.get(target, str(instruction.slot.offset))}
    return disassemble_instruction(
        instruction.slot, pc, version, second=instruction.second, names=Names(labels=names)
    )
