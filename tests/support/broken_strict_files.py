"""One file for each reason why the strict loader refuses a file.

broken_strict_files.txt has the messages.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.elf_files import EXIT, ElfBytes, small_strict_elf, strict_elf

ELF = small_strict_elf()
WITHOUT_DATA = strict_elf(EXIT.encode(), None)
TEXT = 1 << 32
DATA_AT, TEXT_AT, SIZE = 176, 192, len(ELF.data)
TOP = (1 << 64) - 8

BROKEN: dict[str, ElfBytes] = {
    # FILE HEADER
    "magic": ELF.header(magic=0),
    "class": ELF.header(**{"class": 1}),
    "byte order": ELF.header(byte_order=2),
    "identification version": ELF.header(identification_version=0),
    "abi": ELF.header(abi=3),
    "abi version": ELF.header(abi_version=1),
    "padding": ELF.header(padding=1),
    "machine SBPF": ELF.header(machine=263),
    "version": ELF.header(version=0),
    "program headers elsewhere": ELF.header(program_headers=72),
    "header size": ELF.header(size=63),
    "program header size": ELF.header(program_header_size=32),
    "no program headers": ELF.header(program_header_count=0),
    "program headers outside": ELF.header(program_header_count=5),
    "only read-only data": ELF.header(program_header_count=1),
    "entry before the text": ELF.header(entry=TEXT - 8),
    "entry just before the text": ELF.header(entry=TEXT - 7),
    "entry after the text": ELF.header(entry=TEXT + 80),
    "entry between slots": ELF.header(entry=TEXT + 4),
    "entry in the read-only data": ELF.header(entry=0),
    "entry at the top": ELF.header(entry=TOP),
    "entry of an empty text": strict_elf(b"", b"12345678").patch(184, bytes(8)),
    # READ-ONLY DATA
    "data is no load": ELF.segment(0, type=2),
    "data is writable": ELF.segment(0, flags=6),
    "data has a gap before it": ELF.segment(0, offset=DATA_AT + 8),
    "data over the header": ELF.segment(0, offset=0),
    "data not at 0": ELF.segment(0, address=8),
    "data with another physical address": ELF.segment(0, physical_address=8),
    "data with more memory": ELF.segment(0, memory_size=24),
    "data ragged": ELF.segment(0, file_size=12, memory_size=12),
    "data outside": ELF.segment(0, file_size=SIZE, memory_size=SIZE),
    "data overflows": ELF.segment(0, file_size=TOP, memory_size=TOP),
    "data after the end": strict_elf(b"", b""),
    # TEXT
    "text is no load": ELF.segment(1, type=0),
    "text is readable": ELF.segment(1, flags=5),
    "text has a gap before it": ELF.segment(1, offset=TEXT_AT + 8),
    "text over the data": ELF.segment(1, offset=DATA_AT),
    "text elsewhere": ELF.segment(1, address=2 << 32),
    "text with another physical address": ELF.segment(1, physical_address=0),
    "text with less memory": ELF.segment(1, memory_size=8),
    "text ragged": ELF.segment(1, file_size=12, memory_size=12),
    "text outside": ELF.segment(1, file_size=88, memory_size=88),
    "text after the end": strict_elf(b"", b"12345678"),
    # TEXT WITHOUT READ-ONLY DATA
    "lone text is readable": WITHOUT_DATA.segment(0, flags=5),
    "lone text at 0": WITHOUT_DATA.segment(0, address=0, physical_address=0),
    "lone text has a gap before it": WITHOUT_DATA.segment(0, offset=128),
    "lone text after the end": strict_elf(b"", None),
}

_LINES = Path(__file__).with_suffix(".txt").read_text().splitlines()
MESSAGES = {case: message.strip() for case, message in zip(_LINES[::2], _LINES[1::2], strict=True)}
"""The reference's error for each file."""
