"""Small ELF files with everything that the loaders read, and functions that change one field.

The files are put together byte by byte, because our ELF writer does not write some of their parts:
relocations of every kind, sections in another order, and wrong fields.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from struct import Struct

from solproof.isa.instruction import Instruction
from solproof.program.syscall_names import symbol_hash

HEADER_FIELDS = {
    "magic": (0, "<I"),
    "class": (4, "<B"),
    "byte_order": (5, "<B"),
    "identification_version": (6, "<B"),
    "abi": (7, "<B"),
    "abi_version": (8, "<B"),
    "padding": (15, "<B"),
    "type": (16, "<H"),
    "machine": (18, "<H"),
    "version": (20, "<I"),
    "entry": (24, "<Q"),
    "program_headers": (32, "<Q"),
    "section_headers": (40, "<Q"),
    "flags": (48, "<I"),
    "size": (52, "<H"),
    "program_header_size": (54, "<H"),
    "program_header_count": (56, "<H"),
    "section_header_size": (58, "<H"),
    "section_count": (60, "<H"),
    "names_section": (62, "<H"),
}
SEGMENT_FIELDS = {"type": (0, "<I"), "flags": (4, "<I"), "offset": (8, "<Q"), "address": (16, "<Q")}
SEGMENT_FIELDS |= {"physical_address": (24, "<Q"), "file_size": (32, "<Q"), "memory_size": (40, "<Q")}
SECTION_FIELDS = {"name_offset": (0, "<I"), "type": (4, "<I"), "flags": (8, "<Q"), "address": (16, "<Q")}
SECTION_FIELDS |= {"offset": (24, "<Q"), "size": (32, "<Q")}
SYMBOL_FIELDS = {"name_offset": (0, "<I"), "info": (4, "<B"), "value": (8, "<Q"), "size": (16, "<Q")}

CALL_TO_SYMBOL = Instruction(0x85, immediate=-1)
EXIT = Instruction(0x95)

PROGBITS, SYMTAB, STRTAB, DYNAMIC, NOBITS, REL, DYNSYM = 1, 2, 3, 6, 8, 9, 11
ALLOC, WRITE_ALLOC = 2, 3
FUNCTION = 2
DT_SYMTAB, DT_REL, DT_RELSZ, DT_RELENT = 6, 17, 18, 19
SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class ElfBytes:
    """An ELF file, with the names of its sections in order and their offsets."""

    data: bytes
    sections: tuple[str, ...]
    places: tuple[int, ...]

    def header(self, **fields: int) -> ElfBytes:
        """The same file with fields of the file header changed."""
        return self._set(0, HEADER_FIELDS, fields)

    def segment(self, index: int, **fields: int) -> ElfBytes:
        """The same file with fields of a program header changed."""
        return self._set(64 + 56 * index, SEGMENT_FIELDS, fields)

    def section(self, name: str, **fields: int) -> ElfBytes:
        """The same file with fields of a section header changed."""
        (table,) = struct.unpack_from("<Q", self.data, 40)
        return self._set(table + 64 * self.sections.index(name), SECTION_FIELDS, fields)

    def symbol(self, index: int, **fields: int) -> ElfBytes:
        """The same file with fields of a dynamic symbol changed."""
        return self._set(self.offset(".dynsym") + 24 * index, SYMBOL_FIELDS, fields)

    def dynamic(self, tag: int, value: int) -> ElfBytes:
        """The same file with the value of a dynamic tag changed."""
        start = self.offset(".dynamic")
        entry = next(at for at in range(start, len(self.data), 16) if self._word(at) == tag)
        return self.patch(entry + 8, struct.pack("<Q", value))

    def relocation(self, index: int, offset: int, kind: int, symbol: int = 0) -> ElfBytes:
        """The same file with a relocation replaced."""
        record = struct.pack("<QQ", offset, kind | symbol << 32)
        return self.patch(self.offset(".rel.dyn") + 16 * index, record)

    def patch(self, offset: int, content: bytes) -> ElfBytes:
        """The same file with some bytes replaced."""
        data = self.data[:offset] + content + self.data[offset + len(content) :]
        return ElfBytes(data, self.sections, self.places)

    def replace(self, old: bytes, new: bytes) -> ElfBytes:
        """The same file with one occurrence of some bytes replaced by as many other bytes."""
        assert len(old) == len(new)
        return self.patch(self.data.index(old), new)

    def offset(self, section: str) -> int:
        """The offset of a section, both in the file and in memory, because these are equal here."""
        return self.places[self.sections.index(section)]

    def _word(self, offset: int) -> int:
        return int.from_bytes(self.data[offset : offset + 8], "little")

    def _set(self, base: int, layout: dict[str, tuple[int, str]], fields: dict[str, int]) -> ElfBytes:
        result = self
        for name, value in fields.items():
            at, form = layout[name]
            result = result.patch(base + at, Struct(form).pack(value))
        return result


def small_elf(version: int = 0) -> ElfBytes:
    """A file of V0 to V2 with one relocation of each kind.

        0  lddw r1, .rodata           (1: R_BPF_64_64 against symbol 3, `data`)
        2  lddw r2, .data.rel.ro      (8: R_BPF_64_RELATIVE)
        4  call sol_log_              (10: R_BPF_64_32 against symbol 1)
        5  call function              (10: R_BPF_64_32 against symbol 2, at 8)
        6  call +1                    (relative, to 8)
        7  exit
        8  exit                       (function)

    The pointer in .data.rel.ro is relocated too (8). The entry is 0. V2 has no lddw, so `mov32` and `hor64`
    replace it.
    """
    low, high = (0x18, 0) if version < 2 else (0xB4, 0xF7)
    text_at = 64 + 56 * SEGMENTS
    text_size = 9 * 8
    rodata_at, data_at = text_at + text_size, text_at + text_size + 16
    text = b"".join(
        instruction.encode()
        for instruction in (
            Instruction(low, 1, immediate=4),
            Instruction(high, high and 1),
            Instruction(low, 2, immediate=data_at),
            Instruction(high, high and 2),
            CALL_TO_SYMBOL,
            CALL_TO_SYMBOL,
            Instruction(0x85, source=1, immediate=1),
            EXIT,
            EXIT,
        )
    )
    strings = b"\0sol_log_\0function\0data\0"
    symbols = [
        (0, 0, 0),
        (strings.index(b"sol_log_"), 0x10, 0),
        (strings.index(b"function"), 0x10 | FUNCTION, text_at + 64),
        (strings.index(b"data"), 0x10, rodata_at),
    ]
    relocations = [
        (text_at, 1, 3),
        (text_at + 16, 8, 0),
        (text_at + 32, 10, 1),
        (text_at + 40, 10, 2),
        (data_at, 8, 0),
    ]
    content: dict[str, tuple[int, int, bytes]] = {
        "": (0, 0, b""),
        ".text": (PROGBITS, 6, text),
        ".rodata": (PROGBITS, ALLOC, b"read-only bytes\0"),
        ".data.rel.ro": (PROGBITS, WRITE_ALLOC, struct.pack("<IIQ", 0, rodata_at, 0x1122334455667788)),
        ".dynamic": (DYNAMIC, WRITE_ALLOC, bytes(80)),
        ".dynsym": (DYNSYM, ALLOC, b"".join(struct.pack("<IBBHQQ", n, i, 0, 0, v, 0) for n, i, v in symbols)),
        ".dynstr": (STRTAB, ALLOC, strings.ljust(24, b"\0")),
        ".rel.dyn": (REL, ALLOC, b"".join(struct.pack("<QQ", o, k | s << 32) for o, k, s in relocations)),
        ".shstrtab": (STRTAB, 0, b""),
    }
    names = b"".join(name.encode() + b"\0" for name in content)
    content[".shstrtab"] = (STRTAB, 0, names.ljust((len(names) + 23) // 8 * 8, b"\0"))
    places = []
    at = text_at
    for name, (_, _, body) in content.items():
        places.append(at if name else 0)
        at += len(body)
    table_at = at
    sections = tuple(content)
    place = dict(zip(sections, places, strict=True))
    size = {name: len(body) for name, (_, _, body) in content.items()}
    content[".dynamic"] = (
        DYNAMIC,
        WRITE_ALLOC,
        struct.pack(
            "<10Q",
            *(DT_REL, place[".rel.dyn"], DT_RELSZ, size[".rel.dyn"], DT_RELENT, 16),
            *(DT_SYMTAB, place[".dynsym"], 0, 0),
        ),
    )
    identification = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = identification + struct.pack(
        "<HHIQQQIHHHHHH",
        3,
        263,
        1,
        text_at,
        64,
        table_at,
        version,
        64,
        56,
        SEGMENTS,
        64,
        len(sections),
        len(sections) - 1,
    )
    rest = rodata_at, place[".shstrtab"] - rodata_at
    segments = [
        (1, 5, text_at, text_at, text_at, text_size, text_size, 8),
        (1, 4, rest[0], rest[0], rest[0], rest[1], rest[1], 8),
        (2, 6, *[place[".dynamic"]] * 3, size[".dynamic"], size[".dynamic"], 8),
    ]
    table = b"".join(
        struct.pack(
            "<IIQQQQIIQQ",
            *(0 if not name else names.index(name.encode() + b"\0"), kind, flags),
            *(place[name] if flags else 0, place[name], len(body), 0, 0, 8, 0),
        )
        for name, (kind, flags, body) in content.items()
    )
    body = b"".join(body for _, _, body in content.values())
    data = header + b"".join(struct.pack("<IIQQQQQQ", *segment) for segment in segments) + body + table
    return ElfBytes(data, sections, tuple(places))


def strict_elf(
    text: bytes, read_only_data: bytes | None = b"", *, version: int = 3, entry: int = 0
) -> ElfBytes:
    """A V3 file, which has no sections. It has no segment for read-only data if the data is None."""
    contents = [(4, 0, read_only_data), (1, 1 << 32, text)]
    segments = [(flags, address, content) for flags, address, content in contents if content is not None]
    at = 64 + 56 * len(segments)
    table = b""
    for flags, address, content in segments:
        table += struct.pack("<IIQQQQQQ", 1, flags, at, address, address, len(content), len(content), 0)
        at += len(content)
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    fields = (0, 247, 1, (1 << 32) + 8 * entry, 64, 0, version, 64, 56, len(segments), 0, 0, 0)
    header += struct.pack("<HHIQQQIHHHHHH", *fields)
    return ElfBytes(header + table + b"".join(content for _, _, content in segments), (), ())


def small_strict_elf(version: int = 3) -> ElfBytes:
    """A file with the features that only V3 has. The entry is 2.

    0  exit                       (function)
    1  exit
    2  lddw r1, 8                 (the address of the second word of the read-only data)
    4  jeq32 r1, 8, 6
    5  exit
    6  syscall sol_log_
    7  call 0
    8  callx r1                   (register in the destination field)
    9  exit
    """
    key = symbol_hash(b"sol_log_")
    text = b"".join(
        instruction.encode()
        for instruction in (
            EXIT,
            EXIT,
            Instruction(0x18, 1, immediate=8),
            Instruction(0),
            Instruction(0x16, 1, offset=1, immediate=8),
            EXIT,
            Instruction(0x85, immediate=key - (1 << 32) * (key >> 31)),
            Instruction(0x85, source=1, immediate=-8),
            Instruction(0x8D, 1),
            EXIT,
        )
    )
    return strict_elf(text, b"read-only bytes\0", version=version, entry=2)
