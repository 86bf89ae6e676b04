"""ELF files with symbol tables."""

from __future__ import annotations

from dataclasses import dataclass

from solproof.program.elf_records import FILE_HEADER, SECTION_HEADER, SHT_STRTAB, SYMBOL

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
