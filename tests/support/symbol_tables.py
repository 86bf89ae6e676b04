"""ELF files with symbol tables and with DWARF."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.program.elf_records import FILE_HEADER, SECTION_HEADER, SHT_PROGBITS, SHT_STRTAB, SYMBOL

SHT_SYMTAB = 2
FUNCTION, OBJECT = 2, 1


@dataclass(frozen=True, slots=True)
class Section:
    """A section to add. `entry` is the size of one entry."""

    name: bytes
    kind: int
    content: bytes
    link: int = 0
    entry: int = 0


def with_sections(elf: bytes, sections: list[Section]) -> bytes:
    """An ELF file with more sections at its end. The loader does not read them."""
    header = list(FILE_HEADER.unpack_from(elf))
    table, count, names_index = header[10], header[-2], header[-1]
    rows = [
        list(SECTION_HEADER.unpack_from(elf, table + number * SECTION_HEADER.size)) for number in range(count)
    ]
    names = elf[rows[names_index][4] :][: rows[names_index][5]]
    starts = []
    for section in sections:
        starts.append(len(names))
        names += section.name + b"\0"
    # Sections must ascend, and the section of the names is the last one so far.
    content = elf + bytes(-len(elf) % 8)
    rows[names_index][4], rows[names_index][5] = len(content), len(names)
    content += names
    for start, section in zip(starts, sections, strict=True):
        content += bytes(-len(content) % 8)
        row = [start, section.kind, 0, 0, len(content), len(section.content)]
        rows.append([*row, section.link, 0, 8, section.entry])
        content += section.content
    content += bytes(-len(content) % 8)
    header[10], header[-2] = len(content), len(rows)
    content += b"".join(SECTION_HEADER.pack(*row) for row in rows)
    return FILE_HEADER.pack(*header) + content[FILE_HEADER.size :]


def with_symbols(elf: bytes, symbols: list[tuple[str, int, int, int]]) -> bytes:
    """An ELF file with a full symbol table of (name, address, size, type)."""
    texts = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in symbols)
    rows = [bytes(SYMBOL.size)]
    for name, address, size, kind in symbols:
        rows.append(SYMBOL.pack(texts.index(name.encode() + b"\0"), kind, 0, 1, address, size))
    count = FILE_HEADER.unpack_from(elf)[-2]
    strings = Section(b".strtab", SHT_STRTAB, texts)
    table = Section(b".symtab", SHT_SYMTAB, b"".join(rows), link=count, entry=SYMBOL.size)
    return with_sections(elf, [strings, table])


def with_debug_information(
    elf: bytes, functions: Sequence[tuple[str, int, int]], lines: Sequence[tuple[int, int]] = ()
) -> bytes:
    """An ELF file with DWARF 4 of one unit: functions by name, address and size, and rows of lines.

    lines: addresses in rising order, each with the line of /crate/src/lib.rs from there on. The last row has
        the end of the code.
    """
    abbreviations = bytes(
        # 1: a compile unit with children: comp_dir (string), stmt_list (sec_offset).
        # 2: a subprogram: name (string), low_pc (addr), high_pc (data8).
        [1, 0x11, 1, 0x1B, 0x08, 0x10, 0x17, 0, 0, 2, 0x2E, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x07, 0, 0, 0]
    )
    entries = (
        b"\x01/crate\0"
        + bytes(4)
        + b"".join(
            b"\x02" + name.encode() + b"\0" + struct.pack("<QQ", address, size)
            for name, address, size in functions
        )
    )
    unit = struct.pack("<HIB", 4, 0, 8) + entries + b"\0"
    sections = [
        Section(b".debug_info", SHT_PROGBITS, struct.pack("<I", len(unit)) + unit),
        Section(b".debug_abbrev", SHT_PROGBITS, abbreviations),
        Section(b".debug_str", SHT_PROGBITS, b"\0"),
        Section(b".debug_line", SHT_PROGBITS, _line_program(lines)),
    ]
    return with_sections(elf, sections)


def _line_program(lines: Sequence[tuple[int, int]]) -> bytes:
    """A line program of DWARF 4 with one sequence."""
    lengths = bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])
    head = struct.pack("<BBBbBB", 1, 1, 1, -5, 14, len(lengths) + 1) + lengths
    head += b"src\0\0" + b"lib.rs\0\1\0\0\0"
    body, before = b"", 1
    for number, (address, line) in enumerate(lines):
        body += bytes([0, 9, 2]) + struct.pack("<Q", address)  # DW_LNE_set_address
        if number == len(lines) - 1:
            body += bytes([0, 1, 1])  # DW_LNE_end_sequence
        else:
            body += bytes([3, (line - before) & 0x7F, 1])  # DW_LNS_advance_line, DW_LNS_copy
            before = line
    content = struct.pack("<HI", 4, len(head)) + head + body
    return struct.pack("<I", len(content)) + content
