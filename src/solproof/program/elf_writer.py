"""Write an assembled program as a file: an ELF file that Agave loads, or raw bytecode.

An ELF file of V0 to V2 gets sections for the lenient loader. In its text, a `call` holds a distance. A
`syscall` holds -1 and has a relocation with the syscall's name. An `lddw` of a label has a relocation with
the label's place in the file, and so has a pointer in the data. An ELF file of V3 or V4 gets program headers
for the strict loader (SIMD-0189), which relocates nothing. With symbols, it has sections as well, which that
loader ignores. Source: solana-sbpf 0.21.0, `elf.rs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from struct import Struct

from solproof.errors import ProgramError
from solproof.isa.assemble import TEXT_ADDRESS, Assembly
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.integers import MASK32, signed32
from solproof.isa.opcodes import by_mnemonic
from solproof.program.elf import MAXIMUM_BYTES
from solproof.program.elf_file import SYMBOL_NAME_LIMIT
from solproof.program.elf_records import (
    CLASS_64,
    CURRENT_VERSION,
    DT_NULL,
    DT_REL,
    DT_RELENT,
    DT_RELSZ,
    DT_STRSZ,
    DT_STRTAB,
    DT_SYMENT,
    DT_SYMTAB,
    DYNAMIC,
    FILE_HEADER,
    LITTLE_ENDIAN,
    MAGIC,
    PF_R,
    PF_X,
    PROGRAM_HEADER,
    PT_DYNAMIC,
    PT_LOAD,
    R_BPF_64_32,
    R_BPF_64_RELATIVE,
    RELOCATION,
    SECTION_HEADER,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHT_DYNAMIC,
    SHT_DYNSYM,
    SHT_PROGBITS,
    SHT_REL,
    SHT_STRTAB,
    SHT_SYMTAB,
    STT_FUNC,
    SYMBOL,
)
from solproof.program.symbol_table import symbol_table
from solproof.program.syscall_names import SYSCALL_NAMES

_SECTION_NAMES = b"\0.text\0.rodata\0.dynsym\0.dynstr\0.rel.dyn\0.dynamic\0.shstrtab\0"
_SYMBOL_SECTION_NAMES = b".symtab\0.strtab\0"
_POINTER = Struct("<Q")
_NO_ABI = 0
_SHARED_OBJECT = 3
_BPF = 247
_GLOBAL = 1 << 4
_EXTERNAL = -1
_WIDE, _HIGH_HALF = by_mnemonic("LD_DW_IMM").code, by_mnemonic("HOR64_IMM").code
_LENIENT_SEGMENTS, _FIRST_STATIC_VERSION = 2, 3
_ALIGNMENT = 8


def write_elf(assembly: Assembly, *, with_symbols: bool = False) -> bytes:
    """The ELF file of an assembly, with the assembly's sBPF version.

    with_symbols: whether the file has a symbol table with the labels, which makes it larger.

    Raises `ProgramError` if no such file is possible: the text is empty, the entry is at its end, or the file
    is too large for an account. Before V3, every syscall also needs a name of at most 63 bytes.
    """
    _check_text(assembly)
    if not 0 <= assembly.entry < assembly.slots:
        raise ProgramError(
            f"the entrypoint is slot {assembly.entry}, expected one of the {assembly.slots} slots of the text"
        )
    write = _strict_elf if assembly.version >= _FIRST_STATIC_VERSION else _lenient_elf
    elf = write(assembly, with_symbols)
    if len(elf) > MAXIMUM_BYTES:
        raise ProgramError(
            f"the ELF file has {len(elf)} bytes, expected at most {MAXIMUM_BYTES}, the largest account"
        )
    return elf


def write_raw(assembly: Assembly) -> bytes:
    """The raw bytecode of an assembly, with `call` as a distance and `syscall` as a hash.

    Raises `ProgramError` for an empty text, and for read-only data, which raw bytecode cannot hold. Before
    V3, raises it also for a call to itself, because its distance of -1 means something else there.
    """
    _check_text(assembly)
    if assembly.data:
        raise ProgramError(
            f"the program has {len(assembly.data)} bytes in .rodata, but raw bytecode holds only text"
        )
    text = _Text(assembly)
    for pc, target in assembly.calls.items():
        if text.distance_call(pc, target) == _EXTERNAL and assembly.version < _FIRST_STATIC_VERSION:
            raise ProgramError(
                f"the call at pc {pc} calls itself, which raw bytecode of V{assembly.version} cannot express"
            )
    return bytes(text.content)


def _check_text(assembly: Assembly) -> None:
    if not assembly.slots:
        raise ProgramError("the program has no instruction, expected at least one, such as exit")


class _Text:
    """A text whose instructions can be patched."""

    def __init__(self, assembly: Assembly) -> None:
        self.content = bytearray(assembly.text)

    def distance_call(self, pc: int, target: int) -> int:
        """Write the distance to its target into the `call` at `pc`, and return the distance."""
        distance = target - pc - 1
        self.change(pc, source=1, immediate=distance)
        return distance

    def code(self, pc: int) -> int:
        """The code of a slot."""
        return self.content[pc * SLOT_BYTES]

    def change(self, pc: int, **fields: int) -> Instruction:
        """Replace fields of a slot, and return the old slot."""
        place = slice(pc * SLOT_BYTES, (pc + 1) * SLOT_BYTES)
        slot = Instruction.decode(bytes(self.content[place]))
        self.content[place] = replace(slot, **fields).encode()
        return slot


# V3 AND LATER


def _strict_elf(assembly: Assembly, with_symbols: bool) -> bytes:
    data = bytearray(_aligned(assembly.data))
    for offset, address in assembly.pointers.items():
        _POINTER.pack_into(data, offset, address)
    contents = [(b".text", PF_X, TEXT_ADDRESS, assembly.text, SHF_ALLOC | SHF_EXECINSTR)]
    if data:
        contents.insert(0, (b".rodata", PF_R, assembly.data_address, bytes(data), SHF_ALLOC))
    image = _Image(FILE_HEADER.size + len(contents) * PROGRAM_HEADER.size, with_symbols)
    headers = b""
    for name, flags, address, content, section_flags in contents:
        offset = image.add(name, SHT_PROGBITS, content, section_flags, address=address)
        size = len(content)
        headers += PROGRAM_HEADER.pack(PT_LOAD, flags, offset, address, address, size, size, 0)
    places = {b".text": (len(contents), TEXT_ADDRESS), b".rodata": (1, assembly.data_address)}
    sections = b""
    sections_at = 0
    if with_symbols:
        image.add_symbols(assembly, places)
        image.add_names()
        sections, sections_at = b"".join(image.headers), image.end
    header = _file_header(
        assembly,
        TEXT_ADDRESS,
        segments=len(contents),
        sections=len(sections) // SECTION_HEADER.size,
        sections_at=sections_at,
    )
    return b"".join([header, headers, image.content, sections])


# V0 TO V2


def _lenient_elf(assembly: Assembly, with_symbols: bool) -> bytes:
    start = FILE_HEADER.size + _LENIENT_SEGMENTS * PROGRAM_HEADER.size
    relocations = _Relocations()
    text = _relocatable_text(assembly, start, relocations)
    image = _Image(start, with_symbols)
    image.add(b".text", SHT_PROGBITS, text, SHF_ALLOC | SHF_EXECINSTR)
    if assembly.data:
        image.add(b".rodata", SHT_PROGBITS, _relocatable_data(assembly, start, relocations))
    tags = []
    names = len(image.headers) + 1
    symbols = image.add(b".dynsym", SHT_DYNSYM, relocations.symbols, link=names, entry_size=SYMBOL.size)
    strings = image.add(b".dynstr", SHT_STRTAB, relocations.names)
    if relocations.entries:
        table = b"".join(RELOCATION.pack(*entry) for entry in sorted(relocations.entries))
        place = image.add(b".rel.dyn", SHT_REL, table, link=names - 1, entry_size=RELOCATION.size)
        tags += [(DT_REL, place), (DT_RELSZ, len(table)), (DT_RELENT, RELOCATION.size)]
    tags += [(DT_SYMTAB, symbols), (DT_SYMENT, SYMBOL.size)]
    tags += [(DT_STRTAB, strings), (DT_STRSZ, len(relocations.names)), (DT_NULL, 0)]
    dynamic = b"".join(DYNAMIC.pack(*tag) for tag in tags)
    dynamic_at = image.add(b".dynamic", SHT_DYNAMIC, dynamic, link=names, entry_size=DYNAMIC.size)
    end = dynamic_at + len(dynamic)
    if with_symbols:
        image.add_symbols(assembly, {b".text": (1, start), b".rodata": (2, start + len(text))})
    image.add_names()
    header = _file_header(
        assembly, start, segments=_LENIENT_SEGMENTS, sections=len(image.headers), sections_at=image.end
    )
    segments = b"".join(
        PROGRAM_HEADER.pack(kind, flags, offset, offset, offset, size, size, _ALIGNMENT)
        for kind, flags, offset, size in (
            (PT_LOAD, PF_R | PF_X, start, end - start),
            (PT_DYNAMIC, PF_R, dynamic_at, len(dynamic)),
        )
    )
    return b"".join([header, segments, image.content, *image.headers])


def _relocatable_text(assembly: Assembly, start: int, relocations: _Relocations) -> bytes:
    """The text for a file in which it starts at offset `start`, which is also its address."""
    text = _Text(assembly)
    for pc, target in assembly.calls.items():
        # A distance of -1 marks a call that a relocation resolves, so a function that calls itself needs a
        # relocation.
        if text.distance_call(pc, target) == _EXTERNAL:
            symbol = relocations.symbol(f"function_{target}", start + target * SLOT_BYTES)
            relocations.add(start + pc * SLOT_BYTES, R_BPF_64_32, symbol)
    for pc, written in assembly.syscalls.items():
        slot = text.change(pc, source=1, immediate=_EXTERNAL)
        name = written or SYSCALL_NAMES.get(slot.immediate & MASK32)
        if name is None:
            raise ProgramError(
                f"the syscall at pc {pc} has the unknown hash {slot.immediate & MASK32:#010x}, "
                f"expected a name: ELF files of V{assembly.version} call syscalls by name"
            )
        relocations.add(start + pc * SLOT_BYTES, R_BPF_64_32, relocations.symbol(name))
    for pc, address in assembly.addresses.items():
        loaded = address + start
        slot = text.change(pc, immediate=signed32(loaded >> 32 if text.code(pc) == _HIGH_HALF else loaded))
        if slot.code == _WIDE:
            text.change(pc + 1, immediate=0)
            relocations.add(start + pc * SLOT_BYTES, R_BPF_64_RELATIVE)
    return bytes(text.content)


def _relocatable_data(assembly: Assembly, start: int, relocations: _Relocations) -> bytes:
    """The data for a file whose text starts at offset `start`.

    The loader expects the address in the upper half of a pointer, because an old toolchain wrote it there.
    """
    data = bytearray(assembly.data)
    for offset, address in assembly.pointers.items():
        _POINTER.pack_into(data, offset, (address - TEXT_ADDRESS + start) << 32)
        relocations.add(start + len(assembly.text) + offset, R_BPF_64_RELATIVE)
    return bytes(data)


@dataclass(slots=True)
class _Relocations:
    """The relocations of a file, and the symbols and names that they need."""

    entries: list[tuple[int, int]] = field(default_factory=list)
    symbols: bytes = bytes(SYMBOL.size)
    names: bytes = b"\0"
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, offset: int, kind: int, symbol: int = 0) -> None:
        self.entries.append((offset, symbol << 32 | kind))

    def symbol(self, name: str, function: int = 0) -> int:
        """The number of a symbol: an undefined symbol, or the function at an address."""
        encoded = name.encode()
        if len(encoded) >= SYMBOL_NAME_LIMIT:
            raise ProgramError(
                f"syscall {name}: its name has {len(encoded)} bytes, expected at most {SYMBOL_NAME_LIMIT - 1}"
            )
        if (name, function) not in self._numbers:
            info, section = (_GLOBAL | STT_FUNC, 1) if function else (_GLOBAL, 0)
            self.symbols += SYMBOL.pack(len(self.names), info, 0, section, function, 0)
            self.names += encoded + b"\0"
            self._numbers[name, function] = len(self._numbers) + 1
        return self._numbers[name, function]


class _Image:
    """Consecutive sections. Without an `address` of its own, a section is at its offset."""

    def __init__(self, start: int, with_symbols: bool) -> None:
        self._start = start
        self._names = _SECTION_NAMES + _SYMBOL_SECTION_NAMES * with_symbols
        self.content = bytearray()
        self.headers = [bytes(SECTION_HEADER.size)]

    @property
    def end(self) -> int:
        return self._start + len(self.content)

    def add(
        self,
        name: bytes,
        kind: int,
        content: bytes,
        flags: int = SHF_ALLOC,
        *,
        link: int = 0,
        first_global: int = 0,
        entry_size: int = 0,
        address: int | None = None,
    ) -> int:
        """Append a section, and return its offset."""
        offset, size = self.end, len(content)
        if address is None:
            address = offset if flags else 0
        position = self._names.index(b"\0" + name + b"\0") + 1
        fields = (position, kind, flags, address, offset, size, link, first_global, _ALIGNMENT, entry_size)
        self.headers.append(SECTION_HEADER.pack(*fields))
        self.content += _aligned(content)
        return offset

    def add_symbols(self, assembly: Assembly, places: dict[bytes, tuple[int, int]]) -> None:
        """Append the symbol table. `places` has the number and the address of `.text` and `.rodata`."""
        data = places[b".rodata"] if assembly.data else None
        symbols, names = symbol_table(assembly, places[b".text"], data)
        strings = len(self.headers) + 1
        self.add(b".symtab", SHT_SYMTAB, symbols, 0, link=strings, first_global=1, entry_size=SYMBOL.size)
        self.add(b".strtab", SHT_STRTAB, names, 0)

    def add_names(self) -> None:
        """Append the names of the sections, which makes it the last section."""
        self.add(b".shstrtab", SHT_STRTAB, self._names, 0)


def _file_header(
    assembly: Assembly, text_address: int, *, segments: int, sections: int = 0, sections_at: int = 0
) -> bytes:
    return FILE_HEADER.pack(
        MAGIC,
        CLASS_64,
        LITTLE_ENDIAN,
        CURRENT_VERSION,
        _NO_ABI,
        _SHARED_OBJECT,
        _BPF,
        CURRENT_VERSION,
        text_address + assembly.entry * SLOT_BYTES,
        FILE_HEADER.size,
        sections_at,
        assembly.version,
        FILE_HEADER.size,
        PROGRAM_HEADER.size,
        segments,
        SECTION_HEADER.size,
        sections,
        max(sections - 1, 0),
    )


def _aligned(content: bytes) -> bytes:
    """The content, padded with zeros to a multiple of 8 bytes."""
    return content.ljust(-(-len(content) // _ALIGNMENT) * _ALIGNMENT, b"\0")
