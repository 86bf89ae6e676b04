"""The assembler's first pass: it executes directives and places labels and instructions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.source import (
    AssemblyError,
    Instruction,
    Integer,
    Label,
    Name,
    Operand,
    Place,
    Statement,
    String,
)

ENTRYPOINT = "entrypoint"
MAXIMUM_BYTES = 10 * 1024 * 1024
"""No account is larger, so no program is larger."""

_BITS_64 = 1 << 64
_INTEGER_64 = (-(1 << 63), (1 << 63) - 1)
_DATA = {"byte": (1, -(1 << 7), (1 << 8) - 1), "quad": (8, *_INTEGER_64)}
_DIRECTIVES = ".text, .rodata, .equ NAME, VALUE; .fill COUNT, VALUE; .byte or .quad VALUE, ...; .ascii STRING"


@dataclass(slots=True)
class Layout:
    """Instructions and filled slots in order, and the meanings of names.

    statements:  instructions, and the numbers of slots that `.fill` wrote
    labels:      program counter of each label in the text
    data_labels: offset of each label in the read-only data
    """

    statements: list[Instruction | int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    data_labels: dict[str, int] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)
    slots: int = 0
    _constants: dict[str, int] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)
    _in_text: bool = True

    def add(self, statements: Iterable[Statement]) -> None:
        """Place some more statements. Raises `AssemblyError`."""
        for statement in statements:
            if isinstance(statement, Label):
                self._label(statement)
            elif statement.is_directive:
                self._directive(statement)
            else:
                self._expect_section(statement, text=True)
                self.statements.append(statement)
                self.slots += 2 if statement.name == "lddw" else 1
            if self.slots * SLOT_BYTES + len(self.data) > MAXIMUM_BYTES:
                raise AssemblyError(
                    statement.place, f"the program grows beyond {MAXIMUM_BYTES} bytes, the largest account"
                )

    def value(self, operand: Operand) -> Operand:
        """The operand, or the number of the constant that it names."""
        if isinstance(operand, Name) and operand.text in self._constants:
            return Integer(operand.place, operand.sign * self._constants[operand.text])
        return operand

    def _label(self, label: Label) -> None:
        self._define(label.name, label.place)
        if self._in_text:
            self.labels[label.name] = self.slots
        elif label.name == ENTRYPOINT:
            raise AssemblyError(label.place, f"found {ENTRYPOINT} in .rodata, expected it in .text")
        else:
            self.data_labels[label.name] = len(self.data)

    def _directive(self, statement: Instruction) -> None:
        match statement.name, statement.operands:
            case (("text" | "rodata"), ()):
                self._in_text = statement.name == "text"
            case "equ", (Name(place=place, text=name, sign=1), operand):
                value = self.number(operand, *_INTEGER_64)
                self._define(name, place)
                self._constants[name] = value
            case "fill", (repeat, operand):
                self._expect_section(statement, text=True)
                count = self.number(repeat, 0, MAXIMUM_BYTES // SLOT_BYTES)
                self.statements += [self.number(operand, *_INTEGER_64) % _BITS_64] * count
                self.slots += count
            case (("byte" | "quad"), (_, *_) as operands):
                self._expect_section(statement, text=False)
                size, low, high = _DATA[statement.name]
                for operand in operands:
                    value = self.number(operand, low, high) % (1 << 8 * size)
                    self.data += value.to_bytes(size, "little")
            case "ascii", (String(content=content),):
                self._expect_section(statement, text=False)
                self.data += content
            case _:
                operands_text = ", ".join(str(operand) for operand in statement.operands) or "no operand"
                raise AssemblyError(
                    statement.place, f"found {statement} with {operands_text}, expected {_DIRECTIVES}"
                )

    def number(self, operand: Operand, low: int, high: int) -> int:
        """The value of a number or constant. Raises `AssemblyError` outside the bounds."""
        value = self.value(operand)
        if not isinstance(value, Integer) or not low <= value.value <= high:
            raise AssemblyError(operand.place, f"found {value}, expected a number from {low} to {high}")
        return value.value

    def _expect_section(self, statement: Instruction, *, text: bool) -> None:
        if self._in_text != text:
            found, expected = (".rodata", ".text") if text else (".text", ".rodata")
            raise AssemblyError(statement.place, f"found {statement} in {found}, expected it in {expected}")

    def _define(self, name: str, place: Place) -> None:
        first = self._places.setdefault(name, place)
        if first is not place:
            raise AssemblyError(place, f"{name} is defined again, first in line {first.line}")
