"""The tables of a 64-bit ELF file, read by the rules of the lenient parser.

The checks and their order decide which error a broken file gets. They follow `Elf64::parse` of solana-sbpf
0.21.0 (`elf_parser/mod.rs`). Offsets and addresses are unsigned 64-bit numbers. A sum that overflows is
`ValueOutOfBounds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from solproof.program.elf_records import (
    CLASS_64,
    CURRENT_VERSION,
    DT_COUNT,
    DT_NULL,
    DT_REL,
    DT_RELENT,
    DT_RELSZ,
    DT_SYMTAB,
    DYNAMIC,
    FILE_HEADER,
    LITTLE_ENDIAN,
    MAGIC,
    MAXIMUM,
    PROGRAM_HEADER,
    PT_DYNAMIC,
    PT_LOAD,
    RELOCATION,
    SECTION_HEADER,
    SHT_DYNAMIC,
    SHT_DYNSYM,
    SHT_NOBITS,
    SHT_NULL,
    SHT_STRTAB,
    SHT_SYMTAB,
    SYMBOL,
    FileHeader,
    ProgramHeader,
    Relocation,
    Section,
    Symbol,
)
from solproof.program.errors import ElfError, elf_error, out_of_bounds, parse_error

SECTION_NAME_LIMIT = 16
SYMBOL_NAME_LIMIT = 64

_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class ElfFile:
    """A parsed file. `section_names[i]` is the name of `sections[i]`."""

    data: bytes
    header: FileHeader
    sections: Sequence[Section]
    section_names: Sequence[bytes]
    symbols: Sequence[Symbol]
    symbol_names: Section | None
    relocations: Sequence[Relocation]

    def symbol_name(self, symbol: Symbol) -> bytes:
        """The name of a dynamic symbol. Raises `UnknownSymbol` if it is not in `.dynstr`."""
        if self.symbol_names is None:
            raise elf_error("UnknownSymbol", symbol.name, detail="the file has no section .dynstr")
        try:
            return _string(self.data, self.symbol_names, symbol.name, SYMBOL_NAME_LIMIT)
        except ElfError as error:
            raise elf_error("UnknownSymbol", symbol.name, detail=error.detail) from None


def parse(data: bytes) -> ElfFile:
    """Read the tables of an ELF file. Raises `ElfError`."""
    header = _file_header(data)
    headers = range(0, FILE_HEADER.size)
    segment_table = _table_range(
        "program header table", header.program_headers_offset, PROGRAM_HEADER.size, header.program_headers
    )
    _refuse_overlap("the program header table", segment_table, "the file header", headers)
    segments = [
        ProgramHeader(*row) for row in _records(data, segment_table, PROGRAM_HEADER, "program header table")
    ]
    section_table = _table_range(
        "section header table", header.section_headers_offset, SECTION_HEADER.size, header.section_headers
    )
    _refuse_overlap("the section header table", section_table, "the file header", headers)
    _refuse_overlap("the section header table", section_table, "the program header table", segment_table)
    sections = [
        Section(*row) for row in _records(data, section_table, SECTION_HEADER, "section header table")
    ]
    if sections[0].type != SHT_NULL:
        raise parse_error(
            "invalid section header", f"section 0 has type {sections[0].type}, expected 0 (null)"
        )
    _check_segments(data, segments)
    tables = {
        "the file header": headers,
        "the program header table": segment_table,
        "the section header table": section_table,
    }
    _check_sections(data, sections, tables)
    names = _section_names(data, header, sections)
    dynamic = _dynamic_table(data, segments, sections)
    relocations = _relocations(data, dynamic, segments, sections)
    symbols = _symbols(data, dynamic, sections)
    symbol_names = sections[names.index(b".dynstr")] if b".dynstr" in names else None
    return ElfFile(data, header, sections, names, symbols, symbol_names, relocations)


def _file_header(data: bytes) -> FileHeader:
    if len(data) < FILE_HEADER.size:
        raise out_of_bounds(
            f"the file has {len(data)} bytes, expected at least {FILE_HEADER.size} for the ELF header"
        )
    header = FileHeader(*FILE_HEADER.unpack_from(data))
    for name, found, expected in (
        ("magic", header.magic, MAGIC),
        ("class", header.file_class, CLASS_64),
        ("byte order", header.byte_order, LITTLE_ENDIAN),
        ("identification version", header.identification_version, CURRENT_VERSION),
        ("e_version", header.version, CURRENT_VERSION),
        ("e_ehsize", header.size, FILE_HEADER.size),
        ("e_phentsize", header.program_header_size, PROGRAM_HEADER.size),
        ("e_shentsize", header.section_header_size, SECTION_HEADER.size),
    ):
        if found != expected:
            raise parse_error("invalid file header", f"{name} is {found!r}, expected {expected!r}")
    if header.names_section >= header.section_headers:
        raise parse_error(
            "invalid file header",
            f"e_shstrndx is {header.names_section}, expected less than e_shnum, {header.section_headers}",
        )
    return header


def _check_segments(data: bytes, segments: Sequence[ProgramHeader]) -> None:
    address = 0
    for index, segment in enumerate(segments):
        if segment.type != PT_LOAD:
            continue
        if segment.address < address:
            raise elf_error(
                "InvalidProgramHeader",
                detail=f"program header {index} loads at {segment.address:#x}, expected {address:#x} or more",
            )
        _checked_end(f"program header {index}", segment.offset, segment.file_size, len(data))
        address = segment.address


def _check_sections(data: bytes, sections: Sequence[Section], tables: dict[str, range]) -> None:
    offset = 0
    for index, section in enumerate(sections):
        if section.type == SHT_NOBITS:
            continue
        what = f"section {index}"
        end = _checked_end(what, section.offset, section.size)
        for name, table in tables.items():
            _refuse_overlap(what, range(section.offset, end), name, table)
        if section.offset < offset:
            raise parse_error(
                "sections not in ascending order",
                f"{what} starts at {section.offset:#x}, expected {offset:#x} or more",
            )
        offset = _checked_end(what, section.offset, section.size, len(data))


def _section_names(data: bytes, header: FileHeader, sections: Sequence[Section]) -> list[bytes]:
    if header.names_section == 0:
        raise parse_error("no section name string table found", "e_shstrndx is 0")
    table = sections[header.names_section]
    names = []
    for index, section in enumerate(sections):
        name = _string(data, table, section.name, SECTION_NAME_LIMIT)
        if name in (b".symtab", b".strtab", b".dynstr") and name in names:
            raise parse_error("invalid section header", f"section {index} is a second {name.decode()}")
        names.append(name)
    return names


def _dynamic_table(
    data: bytes, segments: Sequence[ProgramHeader], sections: Sequence[Section]
) -> dict[int, int] | None:
    """The last value of each dynamic tag.

    The table is the first dynamic segment, or the first dynamic section if there is no such segment.
    """
    entries: Sequence[tuple[int, ...]] | None = None
    segment = next((segment for segment in segments if segment.type == PT_DYNAMIC), None)
    if segment is not None:
        # A dynamic segment that does not fit the file is ignored: old toolchains wrote such segments.
        try:
            entries = _slice(data, segment.offset, segment.file_size, DYNAMIC, "dynamic segment")
        except ElfError:
            entries = None
    if entries is None:
        section = next((section for section in sections if section.type == SHT_DYNAMIC), None)
        if section is None:
            return None
        try:
            entries = _slice(data, section.offset, section.size, DYNAMIC, "dynamic section")
        except ElfError as error:
            raise parse_error("invalid dynamic section table", error.detail) from None
    table: dict[int, int] = {}
    for tag, value in entries:
        if tag == DT_NULL:
            break
        if tag < DT_COUNT:
            table[tag] = value
    return table


def _relocations(
    data: bytes,
    dynamic: dict[int, int] | None,
    segments: Sequence[ProgramHeader],
    sections: Sequence[Section],
) -> list[Relocation]:
    address = (dynamic or {}).get(DT_REL, 0)
    if dynamic is None or address == 0:
        return []
    entry_size, size = dynamic.get(DT_RELENT, 0), dynamic.get(DT_RELSZ, 0)
    if entry_size != RELOCATION.size or size == 0:
        raise parse_error(
            "invalid dynamic section table",
            f"DT_RELENT is {entry_size} and DT_RELSZ {size}, expected {RELOCATION.size} and more than 0",
        )
    offset = _file_offset(address, segments)
    if offset is None:
        # Old toolchains put the table outside every segment.
        section = next((section for section in sections if section.address == address), None)
        if section is None:
            raise parse_error(
                "invalid dynamic section table", f"DT_REL is {address:#x}, which is in no segment or section"
            )
        offset = section.offset
    _checked_end("relocation table", offset, size)
    try:
        return [Relocation(*row) for row in _slice(data, offset, size, RELOCATION, "relocation table")]
    except ElfError as error:
        raise parse_error("invalid dynamic section table", error.detail) from None


def _file_offset(address: int, segments: Sequence[ProgramHeader]) -> int | None:
    for index, segment in enumerate(segments):
        end = _checked_end(f"program header {index}", segment.address, segment.memory_size)
        if segment.address <= address < end:
            return _checked_end("DT_REL", address - segment.address, segment.offset)
    return None


def _symbols(data: bytes, dynamic: dict[int, int] | None, sections: Sequence[Section]) -> list[Symbol]:
    address = (dynamic or {}).get(DT_SYMTAB, 0)
    if address == 0:
        return []
    section = next((section for section in sections if section.address == address), None)
    if section is None:
        raise parse_error(
            "invalid dynamic section table", f"DT_SYMTAB is {address:#x}, where no section starts"
        )
    if section.type not in (SHT_SYMTAB, SHT_DYNSYM):
        raise parse_error(
            "invalid section header",
            f"the section at DT_SYMTAB has type {section.type}, expected {SHT_SYMTAB} or {SHT_DYNSYM}",
        )
    return [
        Symbol(*row) for row in _slice(data, section.offset, section.size, SYMBOL, "dynamic symbol table")
    ]


def _string(data: bytes, section: Section, offset: int, limit: int) -> bytes:
    """The zero-terminated string at an offset of a string table. Its terminator is within `limit` bytes."""
    if section.type != SHT_STRTAB:
        raise parse_error(
            "invalid section header",
            f"the string table has section type {section.type}, expected {SHT_STRTAB}",
        )
    start = _checked_end("string table", section.offset, offset)
    end = min(section.offset + section.size, start + limit)
    if start > end or end > len(data):
        raise out_of_bounds(f"a name is at offset {offset} of a string table of {section.size} bytes")
    name, terminator, _ = data[start:end].partition(b"\0")
    if not terminator:
        raise parse_error(
            f"Section or symbol name `{name.decode(errors='replace')}` is longer than `{limit}` bytes",
            f"the name at offset {offset} of its string table has no end",
        )
    return name


def _slice(data: bytes, offset: int, size: int, record: Struct, what: str) -> list[tuple[int, ...]]:
    return _records(data, range(offset, _checked_end(what, offset, size)), record, what)


def _records(data: bytes, place: range, record: Struct, what: str) -> list[tuple[int, ...]]:
    size = place.stop - place.start
    if size % record.size:
        raise parse_error(
            "invalid size", f"the {what} has {size} bytes, expected a multiple of {record.size}"
        )
    if place.stop > len(data):
        raise out_of_bounds(f"the {what} ends at {place.stop:#x}, the file at {len(data):#x}")
    if place.start % _ALIGNMENT:
        raise parse_error(
            "invalid alignment", f"the {what} starts at {place.start:#x}, expected a multiple of {_ALIGNMENT}"
        )
    return list(record.iter_unpack(data[place.start : place.stop]))


def _table_range(what: str, offset: int, entry_size: int, entries: int) -> range:
    return range(offset, _checked_end(what, offset, entry_size * entries))


def _checked_end(what: str, offset: int, size: int, limit: int = MAXIMUM) -> int:
    end = offset + size
    if end > limit:
        raise out_of_bounds(f"{what} covers {offset:#x} to {end:#x}, expected an end of at most {limit:#x}")
    return end


def _refuse_overlap(first_name: str, first: range, second_name: str, second: range) -> None:
    if first.stop > second.start and second.stop > first.start:
        raise parse_error(
            "values overlap",
            f"{first_name} at {first.start:#x} to {first.stop:#x} "
            f"overlaps {second_name} at {second.start:#x} to {second.stop:#x}",
        )
