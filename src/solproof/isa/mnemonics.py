"""The assembler's names of opcodes, and the operands that each shape of instruction takes.

Source: solana-sbpf 0.21.0, `assembler.rs`. There is one difference. Upstream assembles a name even if the
version does not have its opcode, or uses its code for something else (`mul64` becomes a store in V2). This
assembler refuses these names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import Enum

from solproof.isa.disassemble import assembly_name
from solproof.isa.opcodes import OPCODES, Action, Format, Opcode

ENDIAN_WIDTHS = (16, 32, 64)


class Kind(Enum):
    """The kinds of operands, each with its name in errors and the fields of the slot that it fills."""

    DESTINATION = "a register", ("destination",)
    SOURCE = "a register", ("source",)
    IMMEDIATE = "a number", ("immediate",)
    WIDE = "a number or a label", ("immediate", "second")
    LOAD_ADDRESS = "[register + offset]", ("source", "offset")
    STORE_ADDRESS = "[register + offset]", ("destination", "offset")
    TARGET = "a label or a distance", ("offset",)
    CALLED = "a label or a distance", ("source", "immediate")
    CALLED_REGISTER = "a register", ()

    def __init__(self, expected: str, fields: tuple[str, ...]) -> None:
        self.expected = expected
        self.fields = fields


OPERANDS: Mapping[Format, Sequence[Kind]] = {
    Format.REGISTER: (Kind.DESTINATION,),
    Format.REGISTER_IMMEDIATE: (Kind.DESTINATION, Kind.IMMEDIATE),
    Format.REGISTER_REGISTER: (Kind.DESTINATION, Kind.SOURCE),
    Format.ENDIAN: (Kind.DESTINATION,),
    Format.LOAD_DOUBLE_IMMEDIATE: (Kind.DESTINATION, Kind.WIDE),
    Format.LOAD: (Kind.DESTINATION, Kind.LOAD_ADDRESS),
    Format.STORE_IMMEDIATE: (Kind.STORE_ADDRESS, Kind.IMMEDIATE),
    Format.STORE_REGISTER: (Kind.STORE_ADDRESS, Kind.SOURCE),
    Format.JUMP: (Kind.TARGET,),
    Format.JUMP_IMMEDIATE: (Kind.DESTINATION, Kind.IMMEDIATE, Kind.TARGET),
    Format.JUMP_REGISTER: (Kind.DESTINATION, Kind.SOURCE, Kind.TARGET),
    Format.CALL_IMMEDIATE: (Kind.CALLED,),
    Format.CALL_REGISTER: (Kind.CALLED_REGISTER,),
    Format.EXIT: (),
}


def names_of(row: Opcode) -> Sequence[str]:
    """Every name of an opcode in the assembler. The first one is that of the disassembler.

    `syscall` is not included, because it has operands of its own.
    """
    name = assembly_name(row)
    if row.format is Format.ENDIAN:
        return [f"{name}{width}" for width in ENDIAN_WIDTHS]
    if row.width == 64 and row.action in (Action.COMPUTE, Action.JUMP):
        return list(dict.fromkeys((name, row.name.lower(), row.stem.lower())))
    return [name]


def fields_of(row: Opcode, version: int) -> frozenset[str]:
    """The fields of the slot that the opcode uses. `second` is the immediate of a second slot."""
    fields = {field for kind in OPERANDS[row.format] for field in kind.fields}
    if row.format is Format.ENDIAN:
        fields.add("immediate")
    return frozenset(fields) | row.reads[version]


def _rows() -> Mapping[str, Sequence[Opcode]]:
    rows = defaultdict(list)
    for row in OPCODES:
        for name in names_of(row):
            rows[name].append(row)
    return dict(rows)


ROWS = _rows()
"""For each name, the opcodes that it has in any version."""
