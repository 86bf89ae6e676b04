"""The assembler: it turns source into the text of a program, for one sBPF version.

It makes the same bytes as solana-sbpf 0.21.0 (`assembler.rs`). So up to V2, `call` holds the program counter
of its target and `syscall` holds a hash, and the machine looks both up. An ELF file holds distances and
relocations instead, see `solproof.program.elf_writer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import mmh3

from solproof.isa import source
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.integers import signed32
from solproof.isa.layout import ENTRYPOINT, Layout
from solproof.isa.mnemonics import OPERANDS, ROWS, Kind
from solproof.isa.opcodes import CALLED_REGISTER_FIELDS, NEVER, VERSIONS, Format, Opcode, by_mnemonic
from solproof.isa.source import AssemblyError, Integer, Memory, Name, Operand, Register

TEXT_ADDRESS = 0x1_0000_0000
FRAME_POINTER = 10

_CLASSES: Mapping[Kind, type[Operand] | tuple[type[Operand], ...]] = {
    Kind.DESTINATION: Register,
    Kind.SOURCE: Register,
    Kind.IMMEDIATE: (Integer, Name),
    Kind.WIDE: (Integer, Name),
    Kind.LOAD_ADDRESS: Memory,
    Kind.STORE_ADDRESS: Memory,
    Kind.TARGET: (Integer, Name),
    Kind.CALLED: (Integer, Name),
    Kind.CALLED_REGISTER: Register,
}
_CALL = by_mnemonic("CALL_IMM")
_NO_OPERATION = Instruction(by_mnemonic("OR64_IMM").code)
_LOW_HALF, _HIGH_HALF = by_mnemonic("MOV32_IMM"), by_mnemonic("HOR64_IMM")
_INTEGER_16 = (-(1 << 15), (1 << 15) - 1)
_INTEGER_32 = (-(1 << 31), (1 << 31) - 1)


@dataclass(frozen=True, slots=True)
class Assembly:
    """An assembled program.

    text:        the instructions
    entry:       program counter of the label `entrypoint`, 0 if there is no such label
    labels:      program counter of each label
    calls:       for the program counter of each `call`, the program counter of the called function
    syscalls:    for the program counter of each `syscall`, the name, or None if the source has a number
    data:        the read-only data
    data_labels: offset of each label in the data
    addresses:   for the program counter of each instruction that loads the address of a label, this address,
                 if the text is at 0x1_0000_0000 and the data at `data_address`
    pointers:    for the offset of each 8-byte pointer in the data, its address in the same sense.
                 Such a pointer is 0 in `data`. Only the linker makes pointers
    """

    version: int
    text: bytes = field(repr=False)
    entry: int
    labels: Mapping[str, int] = field(repr=False)
    calls: Mapping[int, int] = field(repr=False)
    syscalls: Mapping[int, str | None] = field(repr=False)
    data: bytes = field(repr=False)
    data_labels: Mapping[str, int] = field(repr=False)
    addresses: Mapping[int, int] = field(repr=False)
    pointers: Mapping[int, int] = field(repr=False, default_factory=dict)

    @property
    def slots(self) -> int:
        """The number of 8-byte slots in the text. An `lddw` takes two slots."""
        return len(self.text) // SLOT_BYTES

    @property
    def data_address(self) -> int:
        """The address of the data: after the text up to V2, and 0 from V3 on (SIMD-0189)."""
        return data_address(self.version, self.slots)


def assemble(text: str, version: int) -> Assembly:
    """Assemble a source for sBPF V0 to V4.

    Raises `AssemblyError` with line and column for a mnemonic that the version does not have, for an operand
    of the wrong kind or size, and for a label that is missing or defined twice. An instruction that only the
    bytecode verifier refuses is assembled.
    """
    if version not in VERSIONS:
        raise ValueError(f"sBPF version is {version}, expected 0 to {VERSIONS[-1]}")
    layout = Layout()
    layout.add(source.parse(text))
    encoder = _Encoder(layout, version)
    for statement in layout.statements:
        encoder.add(statement)
    return Assembly(
        version=version,
        text=bytes(encoder.text),
        entry=layout.labels.get(ENTRYPOINT, 0),
        labels=layout.labels,
        calls=encoder.calls,
        syscalls=encoder.syscalls,
        data=bytes(layout.data),
        data_labels=layout.data_labels,
        addresses=encoder.addresses,
    )


def moves_fixed_frame(row: Opcode, slot: Instruction, version: int) -> bool:
    """Whether a slot would move r10 in a version in which programs may not move it themselves."""
    return (
        row.moves_frame_in != NEVER
        and version not in row.moves_frame_in
        and slot.destination == FRAME_POINTER
    )


def data_address(version: int, slots: int) -> int:
    """The address of the read-only data of a program with this many slots of text, as in an `Assembly`."""
    return 0 if version >= 3 else TEXT_ADDRESS + slots * SLOT_BYTES


class _Encoder:
    """The second pass: every instruction becomes one slot or two."""

    def __init__(self, layout: Layout, version: int) -> None:
        self._layout = layout
        self._version = version
        self.text = bytearray()
        self.calls: dict[int, int] = {}
        self.syscalls: dict[int, str | None] = {}
        self.addresses: dict[int, int] = {}

    @property
    def _pc(self) -> int:
        return len(self.text) // SLOT_BYTES

    def add(self, statement: source.Instruction | int) -> None:
        if isinstance(statement, int):
            self.text += statement.to_bytes(SLOT_BYTES, "little")
            return
        operands = [self._layout.value(operand) for operand in statement.operands]
        if statement.name == "syscall":
            self.text += self._syscall(statement, operands).encode()
            return
        row = self._row(statement, operands)
        fields = {"code": row.code}
        for kind, operand in zip(OPERANDS[row.format], operands, strict=True):
            fields |= self._fields(row, kind, operand)
        if row.format is Format.ENDIAN:
            fields["immediate"] = int(statement.name[2:])
        second = fields.pop("second", None)
        slot = Instruction(**fields)
        if moves_fixed_frame(row, slot, self._version):
            slot = _NO_OPERATION  # as upstream does, so that one source works in every version
        self.text += slot.encode()
        if second is not None:
            self.text += Instruction(0, immediate=second).encode()

    # WHICH OPCODE

    def _row(self, statement: source.Instruction, operands: Sequence[Operand]) -> Opcode:
        """The opcode with this name in this version that takes these operands."""
        rows = ROWS.get(statement.name)
        if rows is None:
            raise AssemblyError(
                statement.place, f"found {statement.name}, expected the name of an instruction"
            )
        present = [row for row in rows if self._version in row.versions]
        if not present:
            versions = sorted({version for row in rows for version in row.versions})
            raise AssemblyError(
                statement.place,
                f"found {statement.name}, which is in {_versions(versions)}, "
                f"expected an instruction of V{self._version}",
            )
        matched = {row: _matching(OPERANDS[row.format], operands) for row in present}
        for row, count in matched.items():
            if count == len(operands) == len(OPERANDS[row.format]):
                return row
        best = max(matched.values())
        wanted = [OPERANDS[row.format][best : best + 1] for row in present if matched[row] == best]
        expected = dict.fromkeys(kinds[0].expected if kinds else "no further operand" for kinds in wanted)
        found, place = "nothing", statement.place
        if best < len(operands):
            found, place = str(operands[best]), operands[best].place
        raise AssemblyError(
            place,
            f"found {found} as operand {best + 1} of {statement.name}, expected {' or '.join(expected)}",
        )

    # OPERANDS

    def _fields(self, row: Opcode, kind: Kind, operand: Operand) -> dict[str, int]:
        """The fields of the slot that an operand fills. `second` is the immediate of a second slot."""
        match kind, operand:
            case Kind.DESTINATION, Register(number=number):
                return {"destination": number}
            case Kind.SOURCE, Register(number=number):
                return {"source": number}
            case Kind.CALLED_REGISTER, Register(number=number):
                return {CALLED_REGISTER_FIELDS[self._version]: number}
            case Kind.STORE_ADDRESS, Memory(register=register, offset=offset):
                return {"destination": register.number, "offset": self._layout.number(offset, *_INTEGER_16)}
            case Kind.LOAD_ADDRESS, Memory(register=register, offset=offset):
                return {"source": register.number, "offset": self._layout.number(offset, *_INTEGER_16)}
            case Kind.WIDE, _:
                value = operand.value if isinstance(operand, Integer) else self._address(operand)
                return {"immediate": signed32(value), "second": signed32(value >> 32)}
            case Kind.IMMEDIATE, Name() if self._version == 2 and row in (_LOW_HALF, _HIGH_HALF):
                return {"immediate": signed32(self._address(operand) >> (32 if row is _HIGH_HALF else 0))}
            case Kind.IMMEDIATE, _:
                return {"immediate": self._layout.number(operand, *_INTEGER_32)}
            case Kind.TARGET, _:
                return {"offset": self._distance(operand, *_INTEGER_16)}
            case _:
                return self._called(operand)

    def _distance(self, operand: Operand, low: int, high: int) -> int:
        """Slots from the next instruction to a label, or the distance that the source gives."""
        if isinstance(operand, Integer):
            return self._layout.number(operand, low, high)
        distance = self._target(operand) - self._pc - 1
        if not low <= distance <= high:
            raise AssemblyError(
                operand.place, f"{operand} is {distance} slots away, expected {low} to {high}"
            )
        return distance

    def _target(self, operand: Operand) -> int:
        assert isinstance(operand, Name)
        if operand.sign == 1 and operand.text in self._layout.labels:
            return self._layout.labels[operand.text]
        if operand.text in self._layout.data_labels:
            raise AssemblyError(operand.place, f"{operand.text} is in .rodata, expected a label of .text")
        raise self._unknown(operand)

    def _address(self, operand: Operand) -> int:
        """The address of a label. It is also added to `addresses`."""
        assert isinstance(operand, Name)
        if operand.sign == 1 and operand.text in self._layout.data_labels:
            address = data_address(self._version, self._layout.slots) + self._layout.data_labels[operand.text]
        elif operand.sign == 1 and operand.text in self._layout.labels:
            address = TEXT_ADDRESS + self._layout.labels[operand.text] * SLOT_BYTES
        else:
            raise self._unknown(operand)
        self.addresses[self._pc] = address
        return address

    def _unknown(self, name: Name) -> AssemblyError:
        sign = "-" if name.sign < 0 else ""
        return AssemblyError(
            name.place, f"found {sign}{name.text}, expected a label or constant of this source"
        )

    # CALLS

    def _called(self, operand: Operand) -> dict[str, int]:
        """The fields for a called function: its pc up to V2, then its distance and a mark (SIMD-0178)."""
        distance = self._distance(operand, *_INTEGER_32)
        target = self._pc + 1 + distance
        self.calls[self._pc] = target
        if self._version >= 3:
            return {"source": 1, "immediate": distance}
        if target > _INTEGER_32[1]:
            raise AssemblyError(operand.place, f"found target {target}, expected at most {_INTEGER_32[1]}")
        return {"immediate": target}

    def _syscall(self, statement: source.Instruction, operands: Sequence[Operand]) -> Instruction:
        match operands:
            case [Name(text=name, sign=1)]:
                self.syscalls[self._pc] = name
                # Murmur3 with seed 0, as `symbol_hash` of the loader computes it.
                return Instruction(_CALL.code, immediate=mmh3.hash(name.encode(), 0, signed=True))
            case [Integer() as key]:
                self.syscalls[self._pc] = None
                return Instruction(
                    _CALL.code, immediate=signed32(self._layout.number(key, _INTEGER_32[0], (1 << 32) - 1))
                )
        found = ", ".join(str(operand) for operand in operands) or "nothing"
        raise AssemblyError(
            statement.place,
            f"found {found} as operand of syscall, expected the name of a syscall or its hash",
        )


def _matching(kinds: Sequence[Kind], operands: Sequence[Operand]) -> int:
    """How many operands, from the first on, have the expected kinds."""
    count = 0
    for kind, operand in zip(kinds, operands, strict=False):
        if not isinstance(operand, _CLASSES[kind]):
            break
        count += 1
    return count


def _versions(versions: Sequence[int]) -> str:
    return ", ".join(f"V{version}" for version in versions)
