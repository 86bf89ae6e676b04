"""Prints a text as a source that assembles to the same bytes, whatever the bytes are.

Instructions are printed as upstream prints them. A slot that no instruction can encode is printed as `.fill`,
with a comment that explains it. In such a slot, an unused field is not zero, or the code has no instruction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from solproof.isa.assemble import moves_fixed_frame
from solproof.isa.disassemble import Names, disassemble_instruction
from solproof.isa.instruction import Instruction, unpack_program
from solproof.isa.layout import ENTRYPOINT
from solproof.isa.mnemonics import ENDIAN_WIDTHS, fields_of
from solproof.isa.opcodes import Action, Format, Opcode, opcode

_INDENT = "    "
_FIELDS = ("destination", "source", "offset", "immediate")
_REGISTERS = range(16)
_PLACED = (Action.LOAD_IMMEDIATE, Action.CALL)
"""The actions, other than jumps, whose text depends on their place: on the next slot, or on the callee."""

Calls = Mapping[int, "str | int"]
"""For the program counter of each `call`: the name of a syscall, or the program counter of a function."""


class Line(NamedTuple):
    """A statement that makes `slots` slots, the first at `pc`. `label` is the label of that place, if any."""

    pc: int
    slots: int
    label: str | None
    statement: str


def source_of(lines: Iterable[Line], notes: Mapping[int, str] | None = None) -> str:
    """Lines as source text, with an empty line before each function.

    notes: comments that stand before the statements at some program counters.
    """
    text = []
    for line in lines:
        if line.label is not None:
            text += [""] * (line.pc > 0 and not line.label.startswith("lbb_")) + [f"{line.label}:"]
        if notes and line.pc in notes:
            text.append(f"{_INDENT}# {notes[line.pc]}")
        text.append(_INDENT + line.statement)
    return "".join(f"{line}\n" for line in text)


def listing(
    text: bytes,
    version: int,
    entry: int,
    calls: Calls,
    comments: Mapping[int, str] | None = None,
    names: Mapping[int, str] | None = None,
) -> list[Line]:
    """A text as lines. A `call` slot that is not in `calls` becomes `.fill`, with its comment in `comments`.

    names: the labels of functions by program counter, which replace `function_N`. Each is a word that no
        other function has.

    Raises `ProgramError` if the length is not a multiple of 8.
    """
    instructions = _instructions(_forms(text, version), entry, calls)
    starts = {pc for pc, _, _ in instructions}
    targets = (pc + 1 + form.distance for pc, form, _ in instructions if form.distance is not None)
    labels = {
        target: f"{prefix}_{target}"
        for prefix, places in (
            ("lbb", targets),
            ("function", (target for target in calls.values() if isinstance(target, int))),
        )
        for target in places
        if target in starts
    }
    labels |= {pc: name for pc, name in (names or {}).items() if pc in starts}
    labels |= {entry: ENTRYPOINT} if entry in starts else {}
    return [
        Line(
            pc,
            1 if second is None else 2,
            labels.get(pc),
            form.statement or _statement(pc, form, second, version, labels, calls, comments or {}),
        )
        for pc, form, second in instructions
    ]


@dataclass(frozen=True, slots=True)
class _Form:
    """The properties of a slot that do not depend on its place.

    row: None if only `.fill` can write the slot. distance: the distance of a jump. statement: the text, or
    None if it depends on the place.
    """

    slot: Instruction
    row: Opcode | None
    distance: int | None
    statement: str | None


_Instruction = tuple[int, _Form, "Instruction | None"]
"""The pc of an instruction, its form, and the second slot if it is an lddw."""


def _forms(text: bytes, version: int) -> list[_Form]:
    """The form of every slot. Equal slots share a form, because programs have many of them."""
    known: dict[tuple[int, int, int, int], _Form] = {}
    forms = []
    for fields in unpack_program(text):
        form = known.get(fields)
        if form is None:
            form = known[fields] = _form(Instruction.of(*fields), version)
        forms.append(form)
    return forms


def _form(slot: Instruction, version: int) -> _Form:
    row = opcode(slot.code, version)
    if row is None or not _is_source(row, slot, version):
        return _Form(slot, None, None, None)
    if row.action is Action.JUMP:
        return _Form(slot, row, slot.offset, None)
    if row.action in _PLACED:
        return _Form(slot, row, None, None)
    return _Form(slot, row, None, disassemble_instruction(slot, 0, version))


def _instructions(forms: Sequence[_Form], entry: int, calls: Calls) -> list[_Instruction]:
    instructions: list[_Instruction] = []
    pc = 0
    while pc < len(forms):
        form, second = forms[pc], None
        if form.row is not None and form.statement is None and form.distance is None:
            if form.row.action is Action.CALL:
                is_source = pc in calls
            else:
                second = _second_slot(forms, pc + 1, entry)
                is_source = second is not None
            form = form if is_source else replace(form, row=None)
        instructions.append((pc, form, second))
        pc += 1 if second is None else 2
    return instructions


def _second_slot(forms: Sequence[_Form], pc: int, entry: int) -> Instruction | None:
    """The slot at `pc` as the second slot of an lddw, or None if the text of an lddw cannot encode it."""
    slot = forms[pc].slot if pc < len(forms) and pc != entry else None
    return slot if slot is not None and slot == Instruction(0, immediate=slot.immediate) else None


def _is_source(row: Opcode, slot: Instruction, version: int) -> bool:
    """Whether the text of this slot assembles to the same slot, as far as that depends on the slot alone."""
    if any(getattr(slot, field) != 0 for field in _unused_fields(row.code, version)):
        return False
    match row.format:
        case Format.ENDIAN:
            return slot.immediate in ENDIAN_WIDTHS
        case Format.CALL_REGISTER:
            return version >= 2 or slot.immediate in _REGISTERS
    return not moves_fixed_frame(row, slot, version)


@cache
def _unused_fields(code: int, version: int) -> Sequence[str]:
    """The fields that an opcode of this version does not use."""
    row = opcode(code, version)
    assert row is not None
    return [field for field in _FIELDS if field not in fields_of(row, version)]


def _statement(
    pc: int,
    form: _Form,
    second: Instruction | None,
    version: int,
    labels: Mapping[int, str],
    calls: Calls,
    comments: Mapping[int, str],
) -> str:
    """The text of an instruction that depends on its place."""
    if form.row is None:
        number = int.from_bytes(form.slot.encode(), "little")
        return (
            f".fill 1, {number:#x}  # {comments.get(pc) or disassemble_instruction(form.slot, pc, version)}"
        )
    if form.row.action is Action.CALL:
        called = calls[pc]
        return (
            f"syscall {called}" if isinstance(called, str) else f"call {labels.get(called, called - pc - 1)}"
        )
    if form.distance is None:
        return disassemble_instruction(form.slot, pc, version, second=second)
    target = pc + 1 + form.distance
    # A jump out of the text or into an lddw has no label, so it is printed as a distance.
    names = Names(labels={target: labels.get(target, str(form.distance))})
    return disassemble_instruction(form.slot, pc, version, names=names)
