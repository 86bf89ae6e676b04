"""Links BPF objects into one program: its text, its read-only data, and everything that needs an address.

The program has the sections that the function `entrypoint` needs, in the order of the objects. All sections
with instructions become the text and all others the data. The result is an `Assembly`, so the ELF writer of
the assembler writes it, for the lenient loader with relocations or for the strict loader without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import IntEnum

from solproof.errors import ProgramError
from solproof.isa.assemble import TEXT_ADDRESS, Assembly, data_address
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.integers import MASK32, signed32
from solproof.isa.layout import ENTRYPOINT
from solproof.isa.opcodes import Action, by_mnemonic, opcode
from solproof.linker.instructions import Refused, check_frame, translated
from solproof.linker.object_file import WRITABLE_DATA, ObjectFile, Relocation, Section, Symbol
from solproof.program.elf import MAXIMUM_BYTES
from solproof.program.syscall_names import SYSCALL_HASHES, SYSCALL_NAMES

VERSIONS = (0, 3)
"""The sBPF versions that have the stack frames of BPF. In V1 and V2, a function moves r10 itself."""


class RelocationType(IntEnum):
    """The relocations of loaded sections, with their names in LLVM."""

    R_BPF_64_64 = 1  # an lddw: symbol plus immediate
    R_BPF_64_ABS64 = 2  # 8 bytes of data: symbol plus content
    R_BPF_64_32 = 10  # a call: symbol plus immediate, in slots


_STATIC_VERSION = 3
_CALL, _WIDE = by_mnemonic("CALL_IMM").code, by_mnemonic("LD_DW_IMM").code
_DATA_ALIGNMENT = 8
# From V3 on, the data starts at address 0. No object is there, because its address would be a null pointer.
_NULL_BYTES = 8


def link(objects: Sequence[ObjectFile], version: int) -> Assembly:
    """Link objects into a program of sBPF V0 or V3.

    Raises `ProgramError` for a program without `entrypoint`, for a symbol that is missing or defined twice,
    for writable data, and for an instruction or relocation that sBPF cannot express.
    """
    if version not in VERSIONS:
        raise ProgramError(
            f"sBPF V{version} cannot be linked, expected V0 or V3: a BPF compiler does not move r10 itself"
        )
    return _Linker(objects, version).assembly()


@dataclass(frozen=True, slots=True)
class _Place:
    """An offset in bytes in a section: the number of the object, and that of the section in it."""

    file: int
    section: int
    offset: int = 0

    @property
    def start(self) -> _Place:
        return replace(self, offset=0)


class _Linker:
    """Resolves symbols, chooses and places sections, then writes text and data."""

    def __init__(self, objects: Sequence[ObjectFile], version: int) -> None:
        self._objects = objects
        self._version = version
        self._globals = _global_symbols(objects)
        entry = self._globals.get(ENTRYPOINT)
        if entry is None:
            raise ProgramError(
                f"no object defines {ENTRYPOINT}, expected a function uint64_t {ENTRYPOINT}(uint8_t *input)"
            )
        if entry.section not in objects[entry.file].sections:
            raise ProgramError(f"object {objects[entry.file].name}: {ENTRYPOINT} has no instruction")
        needed = self._needed(entry.start)
        # The order of objects and sections, so that the output does not depend on the search.
        self._texts = [each for each in needed if self._section(each).is_text]
        self._datas = [each for each in needed if not self._section(each).is_text]
        self._offsets: dict[_Place, int] = {}
        text_bytes = self._lay_out(self._texts, 0)
        data_bytes = self._lay_out(self._datas, _NULL_BYTES if version >= _STATIC_VERSION else 0)
        self._entry = self._slot(entry, "the entrypoint")
        self._data_address = data_address(version, text_bytes // SLOT_BYTES)
        self._text, self._data = bytearray(), bytearray(data_bytes if self._datas else 0)
        self._calls: dict[int, int] = {}
        self._syscalls: dict[int, str | None] = {}
        self._addresses: dict[int, int] = {}
        self._pointers: dict[int, int] = {}

    def assembly(self) -> Assembly:
        for place in self._texts:
            self._write_text(place)
        for place in self._datas:
            self._write_data(place)
        labels, data_labels = self._labels()
        return Assembly(
            version=self._version,
            text=bytes(self._text),
            entry=self._entry,
            labels=labels,
            calls=self._calls,
            syscalls=self._syscalls,
            data=bytes(self._data),
            data_labels=data_labels,
            addresses=self._addresses,
            pointers=self._pointers,
        )

    # SYMBOLS

    def _section(self, place: _Place) -> Section:
        return self._objects[place.file].sections[place.section]

    def _where(self, place: _Place) -> str:
        """A place in words: object, section, and the function or variable around it."""
        file = self._objects[place.file]
        around = [
            symbol
            for symbol in file.symbols
            if symbol.section == place.section
            and symbol.offset <= place.offset
            and (symbol.is_function or symbol.is_object)
        ]
        name = (
            max(around, key=lambda symbol: symbol.offset).name
            if around
            else file.sections[place.section].name
        )
        return f"object {file.name}: {name}"

    def _target(self, file: int, number: int) -> _Place | None:
        """The place of a symbol of an object, or None if no object defines it."""
        symbol = self._objects[file].symbols[number]
        if symbol.section is not None and not symbol.is_weak:
            return _Place(file, symbol.section, symbol.offset)
        return self._globals.get(symbol.name)

    def _resolved(self, at: _Place, relocation: Relocation) -> _Place:
        """The place of the symbol of a relocation, which is at `at`. Raises `ProgramError`."""
        symbol = self._objects[at.file].symbols[relocation.symbol]
        target = self._target(at.file, relocation.symbol)
        if target is None:
            if symbol.name in SYSCALL_HASHES:
                raise ProgramError(
                    f"{self._where(at)} takes the address of the syscall {symbol.name}, expected a call"
                )
            raise self._undefined(at, symbol)
        if target.section not in self._objects[target.file].sections:
            raise ProgramError(
                f"{self._where(at)} uses {symbol.name or 'a symbol'}, which is in no section with content"
            )
        return target

    def _undefined(self, at: _Place, symbol: Symbol) -> ProgramError:
        similar = get_close_matches(symbol.name, [*SYSCALL_HASHES, *self._globals], n=1)
        hint = f"; did you mean {similar[0]}?" if similar else ""
        return ProgramError(
            f"{self._where(at)} uses {symbol.name}, which is no syscall and which no object defines{hint}"
        )

    # SECTIONS

    def _needed(self, entry: _Place) -> list[_Place]:
        """Every section that the entrypoint reaches through relocations, in the order of the objects."""
        found, waiting = {entry}, [entry]
        while waiting:
            place = waiting.pop()
            section = self._section(place)
            if section.is_writable:
                raise ProgramError(f"{self._where(place)} in {section.name} is {WRITABLE_DATA}")
            for relocation in section.relocations:
                if self._is_syscall(place.file, relocation):
                    continue
                target = self._resolved(replace(place, offset=relocation.offset), relocation).start
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return sorted(found, key=lambda place: (place.file, place.section))

    def _is_syscall(self, file: int, relocation: Relocation) -> bool:
        return (
            relocation.type == RelocationType.R_BPF_64_32
            and self._objects[file].symbols[relocation.symbol].name in SYSCALL_HASHES
            and self._target(file, relocation.symbol) is None
        )

    def _lay_out(self, places: Sequence[_Place], start: int) -> int:
        """Give each section its offset, and return the end of the last one."""
        end = start
        for place in places:
            section = self._section(place)
            alignment = SLOT_BYTES if section.is_text else section.alignment
            if alignment > _DATA_ALIGNMENT:
                raise ProgramError(
                    f"{self._where(place)} in {section.name} needs an alignment of {alignment} bytes, "
                    f"expected at most {_DATA_ALIGNMENT}"
                )
            if section.is_text and len(section.content) % SLOT_BYTES:
                raise ProgramError(
                    f"{self._where(place)}: {section.name} has {len(section.content)} bytes, "
                    f"expected a multiple of {SLOT_BYTES}"
                )
            self._offsets[place] = -(-end // alignment) * alignment
            end = self._offsets[place] + len(section.content)
        return end

    def _slot(self, place: _Place, what: str) -> int:
        """The program counter of a place in the text. Raises `ProgramError` for any other place."""
        if (
            place.start not in self._offsets
            or not self._section(place.start).is_text
            or place.offset % SLOT_BYTES
        ):
            raise ProgramError(f"{self._where(place)}: {what} is not an instruction, expected a function")
        return (self._offsets[place.start] + place.offset) // SLOT_BYTES

    def _address(self, place: _Place) -> int:
        """The address of a place, as in an `Assembly`."""
        base = TEXT_ADDRESS if self._section(place.start).is_text else self._data_address
        return base + self._offsets[place.start] + place.offset

    def _checked(self, at: _Place, address: int) -> int:
        """An address that the instruction or pointer at `at` needs, as the loader can compute it.

        Before V3, the loader adds the start of the program to a number of 32 bits. Raises `ProgramError`.
        """
        if self._version >= _STATIC_VERSION:
            return address % (1 << 64)
        if not 0 <= address - TEXT_ADDRESS < MAXIMUM_BYTES:
            raise ProgramError(
                f"{self._where(at)} needs the address {address - TEXT_ADDRESS} bytes after the start of the "
                f"program, expected 0 to {MAXIMUM_BYTES - 1}"
            )
        return address

    def _labels(self) -> tuple[dict[str, int], dict[str, int]]:
        """The names of the functions and of the objects. The second function of a name gets a number."""
        labels: dict[str, int] = {}
        data_labels: dict[str, int] = {}
        for number, file in enumerate(self._objects):
            for symbol in file.symbols:
                place = None if symbol.section is None else _Place(number, symbol.section)
                if place not in self._offsets or not symbol.name:
                    continue
                offset = self._offsets[place] + symbol.offset
                if symbol.is_function:
                    _add_label(labels, symbol.name, offset // SLOT_BYTES)
                elif symbol.is_object:
                    _add_label(data_labels, symbol.name, offset)
        return labels, data_labels

    # CONTENT

    def _write_text(self, place: _Place) -> None:
        section = self._section(place)
        relocations = {relocation.offset: relocation for relocation in section.relocations}
        before: Instruction | None = None
        offset = 0
        while offset < len(section.content):
            at = replace(place, offset=offset)
            slot = Instruction.decode(section.content[offset : offset + SLOT_BYTES])
            relocation = relocations.pop(offset, None)
            try:
                check_frame(before, slot)
                made = translated(slot, self._version)
            except Refused as error:
                raise ProgramError(
                    f"{self._where(at)}: the instruction at {section.name}+{offset:#x} {error}"
                ) from None
            before = slot
            if slot.code == _CALL:
                slots = [self._call(at, slot, relocation)]
            elif slot.code == _WIDE:
                slots = self._wide(
                    at, slot, section.content[offset + SLOT_BYTES : offset + 2 * SLOT_BYTES], relocation
                )
            else:
                if relocation is not None:
                    raise self._unknown(at, relocation)
                self._check_jump(at, slot)
                slots = [made]
            for each in slots:
                self._text += each.encode()
            offset += len(slots) * SLOT_BYTES
        for offset, relocation in relocations.items():
            raise self._unknown(replace(place, offset=offset), relocation)

    def _call(self, at: _Place, slot: Instruction, relocation: Relocation | None) -> Instruction:
        """A call of a syscall or of a function, as the assembler would write it."""
        pc = len(self._text) // SLOT_BYTES
        if relocation is not None:
            if relocation.type != RelocationType.R_BPF_64_32:
                raise self._unknown(at, relocation)
            if self._is_syscall(at.file, relocation):
                return self._syscall(pc, self._objects[at.file].symbols[relocation.symbol].name)
            target = self._resolved(at, relocation)
            target = replace(target, offset=target.offset + (slot.immediate + 1) * SLOT_BYTES)
        elif slot.source == 0:
            # A call of a constant address: the hash of a syscall. Linux programs call helpers in this way.
            name = SYSCALL_NAMES.get(slot.immediate & MASK32)
            if name is None:
                raise ProgramError(
                    f"{self._where(at)} calls {slot.immediate & MASK32:#x}, which is no hash of a syscall"
                )
            return self._syscall(pc, name)
        else:
            target = replace(at, offset=at.offset + (slot.immediate + 1) * SLOT_BYTES)
        if not 0 <= target.offset < len(self._section(target.start).content):
            raise ProgramError(f"{self._where(at)} calls a place outside {self._section(target.start).name}")
        called = self._slot(target, "a called place")
        self._calls[pc] = called
        if self._version >= _STATIC_VERSION:
            return Instruction(_CALL, source=1, immediate=called - pc - 1)
        return Instruction(_CALL, immediate=called)

    def _syscall(self, pc: int, name: str) -> Instruction:
        self._syscalls[pc] = name
        return Instruction(_CALL, immediate=signed32(SYSCALL_HASHES[name]))

    def _wide(
        self, at: _Place, slot: Instruction, following: bytes, relocation: Relocation | None
    ) -> list[Instruction]:
        """The two slots of an lddw: a constant or an address."""
        if slot.source or len(following) < SLOT_BYTES:
            raise ProgramError(
                f"{self._where(at)}: the lddw at {self._section(at.start).name}+{at.offset:#x} loads neither "
                "a constant nor an address, expected source field 0 and a second slot"
            )
        value = slot.immediate & MASK32 | Instruction.decode(following).immediate << 32
        if relocation is not None:
            if relocation.type != RelocationType.R_BPF_64_64:
                raise self._unknown(at, relocation)
            target = self._resolved(at, relocation)
            value = self._checked(at, value + self._address(target))
            self._addresses[len(self._text) // SLOT_BYTES] = value
        return [replace(slot, immediate=signed32(value)), Instruction(0, immediate=signed32(value >> 32))]

    def _check_jump(self, at: _Place, slot: Instruction) -> None:
        """Refuse a jump out of its section, because other instructions may stand there in the program."""
        row = opcode(slot.code, self._version)
        if row is not None and row.action is Action.JUMP:
            target = at.offset + (1 + slot.offset) * SLOT_BYTES
            if not 0 <= target < len(self._section(at.start).content):
                raise ProgramError(f"{self._where(at)}: a jump leaves {self._section(at.start).name}")

    def _write_data(self, place: _Place) -> None:
        section, start = self._section(place), self._offsets[place]
        self._data[start : start + len(section.content)] = section.content
        for relocation in section.relocations:
            at = replace(place, offset=relocation.offset)
            if relocation.type != RelocationType.R_BPF_64_ABS64 or at.offset + 8 > len(section.content):
                raise self._unknown(at, relocation)
            if (start + at.offset) % _DATA_ALIGNMENT:
                raise ProgramError(
                    f"{self._where(at)} has a pointer at {section.name}+{at.offset:#x}, "
                    f"expected a multiple of {_DATA_ALIGNMENT}"
                )
            pointer = slice(start + at.offset, start + at.offset + 8)
            addend = int.from_bytes(self._data[pointer], "little", signed=True)
            address = self._address(self._resolved(at, relocation)) + addend
            self._pointers[pointer.start] = self._checked(at, address)
            self._data[pointer] = bytes(8)

    def _unknown(self, at: _Place, relocation: Relocation) -> ProgramError:
        expected = ", ".join(f"{each.value} ({each.name})" for each in RelocationType)
        return ProgramError(
            f"{self._where(at)}: {self._section(at.start).name}+{at.offset:#x} has a relocation of type "
            f"{relocation.type}, expected one that fits its place: {expected}"
        )


def _global_symbols(objects: Sequence[ObjectFile]) -> dict[str, _Place]:
    """The place of each global symbol. The first weak definition counts if there is no other."""
    strong: dict[str, _Place] = {}
    weak: dict[str, _Place] = {}
    for number, symbol in _definitions(objects):
        assert symbol.section is not None
        place = _Place(number, symbol.section, symbol.offset)
        if symbol.is_weak:
            weak.setdefault(symbol.name, place)
        elif symbol.name in strong:
            first = objects[strong[symbol.name].file].name
            raise ProgramError(
                f"object {objects[number].name}: defines {symbol.name} again, first defined in object {first}"
            )
        else:
            strong[symbol.name] = place
    return weak | strong


def _definitions(objects: Sequence[ObjectFile]) -> Iterator[tuple[int, Symbol]]:
    for number, file in enumerate(objects):
        for symbol in file.symbols:
            if symbol.is_global and symbol.section is not None:
                yield number, symbol


def _add_label(labels: dict[str, int], name: str, value: int) -> None:
    number = 1
    unique = name
    while unique in labels:
        number += 1
        unique = f"{name}.{number}"
    labels[unique] = value
