"""The guests in this package, and their digests.

`guest/build.py` makes one ELF file for each link base.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources

from solproof.errors import SolproofError
from solproof.program.elf_records import FILE_HEADER, PROGRAM_HEADER, PT_LOAD, FileHeader, ProgramHeader
from solproof.zisk.abi import Abi

INSTRUCTION_BYTES = 4
ROW_BYTES = 8
EXECUTABLE = 1


def file_name(abi: Abi) -> str:
    """The name of the guest's file for a memory map."""
    return f"guest_{abi.link_base:x}.elf"


@cache
def digests() -> dict[str, str]:
    """SHA-256 of each file in hexadecimal, as computed when the package was built."""
    content = (resources.files(__package__) / "elf/digests.json").read_text("utf-8")
    found: dict[str, str] = json.loads(content)
    return found


@cache
def guest(abi: Abi) -> bytes:
    """The ELF file for a memory map. Raises `SolproofError` if its content is not that of the package."""
    name = file_name(abi)
    content = (resources.files(__package__) / "elf" / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != digests()[name]:
        raise SolproofError(f"{name} in this installation has SHA-256 {found}, expected {digests()[name]}")
    return content


def entry_of(elf: bytes) -> int:
    """The address of the first instruction."""
    return FileHeader(*FILE_HEADER.unpack_from(elf)).entry


def segments_of(elf: bytes) -> list[tuple[ProgramHeader, bytes]]:
    """The parts that ZisK loads: program headers and their bytes."""
    header = FileHeader(*FILE_HEADER.unpack_from(elf))
    table = elf[header.program_headers_offset :][: header.program_headers * PROGRAM_HEADER.size]
    rows = [ProgramHeader(*row) for row in PROGRAM_HEADER.iter_unpack(table)]
    return [(row, elf[row.offset : row.offset + row.file_size]) for row in rows if row.type == PT_LOAD]


def rom_rows(elf: bytes) -> int:
    """Approximate number of rows that an ELF file takes in ZisK's ROM.

    There is one row for each instruction that is not compressed, and one for each 8 bytes of data.
    """
    rows = 0
    for header, content in segments_of(elf):
        if header.flags & EXECUTABLE:
            rows += len(content) // INSTRUCTION_BYTES
        else:
            rows += -(-header.memory_size // ROW_BYTES)
    return rows
