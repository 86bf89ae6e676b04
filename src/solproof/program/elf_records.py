"""The records of a 64-bit little-endian ELF file, with their binary layouts."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

FILE_HEADER = Struct("<4sBBBB8xHHIQQQIHHHHHH")
PROGRAM_HEADER = Struct("<IIQQQQQQ")
SECTION_HEADER = Struct("<IIQQQQIIQQ")
SYMBOL = Struct("<IBBHQQ")
DYNAMIC = Struct("<QQ")
RELOCATION = Struct("<QQ")

MAGIC = b"\x7fELF"
CLASS_64 = 2
LITTLE_ENDIAN = 1
CURRENT_VERSION = 1

PF_X = 1
PF_R = 4

PT_LOAD = 1
PT_DYNAMIC = 2

SHT_NULL = 0
SHT_PROGBITS = 1
SHT_SYMTAB = 2
SHT_STRTAB = 3
SHT_DYNAMIC = 6
SHT_NOBITS = 8
SHT_REL = 9
SHT_DYNSYM = 11
SHF_WRITE_ALLOC = 0x3
SHF_ALLOC = 0x2
SHF_EXECINSTR = 0x4

STT_NOTYPE = 0
STT_OBJECT = 1
STT_FUNC = 2

DT_NULL = 0
DT_STRTAB = 5
DT_SYMTAB = 6
DT_STRSZ = 10
DT_SYMENT = 11
DT_REL = 17
DT_RELSZ = 18
DT_RELENT = 19
DT_COUNT = 35

R_BPF_64_RELATIVE = 8
R_BPF_64_32 = 10

MAXIMUM = (1 << 64) - 1


class FileHeader(NamedTuple):
    """The fields of the 64-byte file header that the loaders use."""

    magic: bytes
    file_class: int
    byte_order: int
    identification_version: int
    abi: int
    type: int
    machine: int
    version: int
    entry: int
    program_headers_offset: int
    section_headers_offset: int
    flags: int
    size: int
    program_header_size: int
    program_headers: int
    section_header_size: int
    section_headers: int
    names_section: int


class ProgramHeader(NamedTuple):
    """One 56-byte program header."""

    type: int
    flags: int
    offset: int
    address: int
    physical_address: int
    file_size: int
    memory_size: int
    alignment: int


class Section(NamedTuple):
    """One 64-byte section header."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int

    @property
    def is_writable(self) -> bool:
        return self.flags & SHF_WRITE_ALLOC == SHF_WRITE_ALLOC

    @property
    def file_range(self) -> range:
        """The bytes of the file that the section holds. The range is empty for a section of type NOBITS."""
        return range(0) if self.type == SHT_NOBITS else range(self.offset, self.offset + self.size)

    def contains(self, address: int) -> bool:
        """Whether a virtual address lies in the section."""
        return self.address <= address < min(self.address + self.size, MAXIMUM)


class Symbol(NamedTuple):
    """One 24-byte entry of a symbol table."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int

    @property
    def is_function(self) -> bool:
        return self.info & 0xF == STT_FUNC


class Relocation(NamedTuple):
    """One 16-byte entry of the dynamic relocation table, which has no explicit addend."""

    offset: int
    info: int

    @property
    def type(self) -> int:
        return self.info & 0xFFFF_FFFF

    @property
    def symbol(self) -> int:
        return self.info >> 32
