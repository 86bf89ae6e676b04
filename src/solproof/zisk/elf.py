"""The guest's own ELF files, as ZisK reads them: the segments to load, and where to start."""

from __future__ import annotations

from dataclasses import dataclass

from solproof.program.elf_records import FILE_HEADER, PROGRAM_HEADER, PT_LOAD, FileHeader, ProgramHeader


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes at an address."""

    address: int
    content: bytes
    flags: int


def entry_of(elf: bytes) -> int:
    """The address of the first instruction."""
    return FileHeader(*FILE_HEADER.unpack_from(elf)).entry


def segments_of(elf: bytes) -> tuple[Segment, ...]:
    """What is loaded."""
    header = FileHeader(*FILE_HEADER.unpack_from(elf))
    rows = (
        ProgramHeader(*PROGRAM_HEADER.unpack_from(elf, header.program_headers_offset + number * PROGRAM_HEADER.size))
        for number in range(header.program_headers)
    )
    return tuple(
        Segment(row.address, elf[row.offset : row.offset + row.file_size], row.flags)
        for row in rows
        if row.type == PT_LOAD
    )
