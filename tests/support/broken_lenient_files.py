"""One file for each reason why the lenient loader refuses a file.

broken_lenient_files.txt has the messages.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.elf_files import NOBITS, PROGBITS, SYMTAB, WRITE_ALLOC, ElfBytes, small_elf

ELF = small_elf()
TOP = (1 << 64) - 8
TEXT = ELF.offset(".text")
DATA = ELF.offset(".data.rel.ro")
SIZE = len(ELF.data)

BROKEN: dict[str, ElfBytes] = {
    # FILE HEADER
    "magic": ELF.header(magic=0),
    "class": ELF.header(**{"class": 1}),
    "byte order": ELF.header(byte_order=2),
    "identification version": ELF.header(identification_version=0),
    "version": ELF.header(version=2),
    "header size": ELF.header(size=63),
    "program header size": ELF.header(program_header_size=32),
    "section header size": ELF.header(section_header_size=40),
    "names section outside": ELF.header(names_section=9),
    "no names section": ELF.header(names_section=0),
    "abi": ELF.header(abi=3),
    "machine": ELF.header(machine=62),
    "type": ELF.header(type=2),
    "sbpf version 4": ELF.header(flags=4),
    "sbpf version and magic": ELF.header(flags=0x20, magic=0x20202020),
    "entry before the text": ELF.header(entry=TEXT - 8),
    "entry after the text": ELF.header(entry=TEXT + 72),
    "entry between slots": ELF.header(entry=TEXT + 4),
    # TABLES
    "program headers over the header": ELF.header(program_headers=56),
    "program headers overflow": ELF.header(program_headers=TOP),
    "program headers outside": ELF.header(program_headers=SIZE - 8),
    "program headers unaligned": ELF.header(program_headers=68),
    "section headers over the header": ELF.header(section_headers=0),
    "section headers over program headers": ELF.header(section_headers=64),
    "section headers overflow": ELF.header(section_headers=TOP),
    "section headers outside": ELF.header(section_headers=SIZE - 64),
    "section headers unaligned": ELF.header(section_headers=SIZE - 64 * 9 - 4),
    "segments descend": ELF.segment(1, address=0),
    "segment outside": ELF.segment(0, offset=SIZE, file_size=1),
    "segment overflows": ELF.segment(0, offset=TOP, file_size=TOP),
    "segment memory overflows": ELF.segment(0, address=TOP, memory_size=TOP).segment(1, type=0),
    "section 0": ELF.section("", type=PROGBITS),
    "section over the header": ELF.section(".text", offset=8),
    "section over program headers": ELF.section(".text", offset=72),
    "section over section headers": ELF.section(".shstrtab", size=512),
    "sections descend": ELF.section(".rodata", offset=TEXT),
    "section outside": ELF.section(".shstrtab", offset=SIZE, size=8),
    "section overflows": ELF.section(".rodata", size=TOP),
    "section without bits outside": ELF.section(".dynstr", type=NOBITS, size=SIZE)
    .dynamic(6, 0)
    .dynamic(17, 0),
    # NAMES
    "names section is not strings": ELF.section(".shstrtab", type=PROGBITS),
    "name outside": ELF.section(".text", name_offset=4096),
    "name without end": ELF.replace(b".rodata\0", b".rodata."),
    "two string tables": ELF.section(".rodata", name_offset=45),
    # DYNAMIC SECTION
    "relocation size": ELF.dynamic(19, 24),
    "no relocations": ELF.dynamic(18, 0),
    "relocations nowhere": ELF.dynamic(17, 1 << 40),
    "relocations outside": ELF.dynamic(18, 1 << 20),
    "relocations ragged": ELF.dynamic(18, 81),
    "relocations unaligned": ELF.dynamic(17, ELF.offset(".rel.dyn") + 4),
    "relocations overflow": ELF.dynamic(18, TOP),
    "symbols nowhere": ELF.dynamic(6, 1 << 40),
    "symbols elsewhere": ELF.dynamic(6, ELF.offset(".rodata")),
    "symbols ragged": ELF.section(".dynsym", type=SYMTAB, size=95),
    "dynamic section ragged": ELF.segment(2, type=0).section(".dynamic", size=79),
    # SECTIONS
    "no text": ELF.section(".text", name_offset=0),
    "two texts": ELF.section(".rodata", name_offset=1),
    "bss": ELF.replace(b".rodata\0", b".bss.aa\0"),
    "writable data": ELF.replace(b".rodata\0", b".data.a\0").section(".rodata", flags=WRITE_ALLOC),
    "text too high": ELF.section(".text", address=(1 << 32) + 8).header(entry=(1 << 32) + 8),
    "rodata too high": ELF.section(".rodata", address=(1 << 32) + 8),
    "image larger than the file": ELF.section(".rodata", address=SIZE),
    # RELOCATIONS
    "call outside the text": ELF.patch(TEXT + 52, (100).to_bytes(4, "little")),
    "call before the text": ELF.patch(TEXT + 52, (-8).to_bytes(4, "little", signed=True)),
    "relocation 0": ELF.relocation(0, TEXT, 0),
    "relocation 2": ELF.relocation(4, DATA, 2),
    "symbol address outside the file": ELF.relocation(0, SIZE - 4, 1, 3),
    "symbol address ends outside": ELF.relocation(0, SIZE - 8, 1, 3),
    "symbol address of an unknown symbol": ELF.relocation(0, TEXT, 1, 4),
    "pointer outside the file": ELF.relocation(4, TOP, 8),
    "pointer ends outside": ELF.relocation(4, SIZE - 4, 8),
    "lddw of 0": ELF.patch(TEXT + 20, bytes(4)),
    "call outside the file": ELF.relocation(2, SIZE, 10, 1),
    "call of an unknown symbol": ELF.relocation(2, TEXT + 32, 10, 4),
    "call of a symbol with a name outside": ELF.symbol(1, name_offset=25),
    "call of a symbol with an endless name": ELF.replace(b"function\0data\0", b"function.data."),
    "call without names": ELF.section(".dynstr", name_offset=0),
    "function outside the text": ELF.symbol(2, value=8),
    "two entrypoints": ELF.replace(b"\0sol_log_\0function\0data\0", b"\0entrypoint\0".ljust(24, b"\0"))
    .symbol(1, name_offset=1, info=2, value=TEXT)
    .symbol(2, name_offset=1),
}

_LINES = Path(__file__).with_suffix(".txt").read_text().splitlines()
MESSAGES = {case: message.strip() for case, message in zip(_LINES[::2], _LINES[1::2], strict=True)}
"""The reference's error for each file."""
