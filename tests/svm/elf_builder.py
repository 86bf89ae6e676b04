"""Small sBPF V0 programs for tests: a few instruction encoders, and an ELF file with syscall relocations."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

MASK = 2**64 - 1
R_BPF_64_32 = 10
TEXT_OFFSET = 64 + 3 * 56
SYMBOL_SIZE = 24
RELOCATION_SIZE = 16

Part = bytes | str
"""Encoded instructions, or the name of a syscall to call."""


# INSTRUCTIONS


def load_immediate(register: int, value: int) -> bytes:
    """lddw: a 64-bit constant."""
    value &= MASK
    return struct.pack("<BBhIBBhI", 0x18, register, 0, value & 0xFFFF_FFFF, 0, 0, 0, value >> 32)


def move(destination: int, source: int) -> bytes:
    """mov64 of a register."""
    return struct.pack("<BBhi", 0xBF, destination | source << 4, 0, 0)


def load(destination: int, source: int, offset: int = 0) -> bytes:
    """ldxdw."""
    return struct.pack("<BBhi", 0x79, destination | source << 4, offset, 0)


def store(destination: int, source: int, offset: int = 0) -> bytes:
    """stxdw."""
    return struct.pack("<BBhi", 0x7B, destination | source << 4, offset, 0)


def store_byte(destination: int, value: int, offset: int = 0) -> bytes:
    """stb of a constant."""
    return struct.pack("<BBhi", 0x72, destination, offset, value)


def leave() -> bytes:
    """exit."""
    return struct.pack("<BBhi", 0x95, 0, 0, 0)


# PROGRAMS


def write_memory(contents: Mapping[int, bytes]) -> list[Part]:
    """Instructions that store bytes at addresses, byte by byte at their ends; they use r6 and r7."""
    parts: list[Part] = []
    for address, content in contents.items():
        for start in range(0, len(content), 8):
            chunk = content[start : start + 8]
            parts.append(load_immediate(6, address + start))
            if len(chunk) == 8:
                parts += [load_immediate(7, int.from_bytes(chunk, "little")), store(6, 7)]
            else:
                parts += [store_byte(6, byte, offset) for offset, byte in enumerate(chunk)]
    return parts


def call(name: str, arguments: Iterable[int]) -> list[Part]:
    """Load r1.. and call a syscall."""
    return [*(load_immediate(register, value) for register, value in enumerate(arguments, start=1)), name]


def syscall_program(
    name: str,
    arguments: Sequence[int],
    memory: Mapping[int, bytes] | None = None,
    reveal: tuple[int, int] | None = None,
) -> bytes:
    """A program that fills memory, calls a syscall once, may return a piece of memory, and exits with the
    syscall's r0.
    """
    parts = [*write_memory(memory or {}), *call(name, arguments)]
    if reveal is not None:
        parts += [move(8, 0), *call("sol_set_return_data", reveal), move(0, 8)]
    return build_elf([*parts, leave()])


def build_elf(parts: Sequence[Part]) -> bytes:
    """An ELF file whose entry is the first instruction."""
    names = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
    text = b""
    calls: list[tuple[int, str]] = []
    for part in parts:
        if isinstance(part, str):
            calls.append((TEXT_OFFSET + len(text), part))
            text += struct.pack("<BBhi", 0x85, 0x10, 0, -1)
        else:
            text += part

    strings = b"\0"
    symbols = bytes(SYMBOL_SIZE)
    for name in names:
        symbols += struct.pack("<IBBHQQ", len(strings), 0x10, 0, 0, 0, 0)
        strings += name.encode() + b"\0"
    strings = strings.ljust(-(-len(strings) // 8) * 8, b"\0")
    relocations = b"".join(
        struct.pack("<QQ", offset, (names.index(name) + 1) << 32 | R_BPF_64_32) for offset, name in calls
    )

    text_at = TEXT_OFFSET
    symbols_at = text_at + len(text)
    strings_at = symbols_at + len(symbols)
    relocations_at = strings_at + len(strings)
    dynamic_at = relocations_at + len(relocations)
    entries = [(6, symbols_at), (11, SYMBOL_SIZE), (5, strings_at), (10, len(strings))]
    if relocations:
        entries += [(17, relocations_at), (18, len(relocations)), (19, RELOCATION_SIZE)]
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in [*entries, (0, 0)])

    section_names = b"\0.text\0.dynsym\0.dynstr\0.rel.dyn\0.dynamic\0.shstrtab\0"
    names_at = dynamic_at + len(dynamic)
    headers_at = -(-(names_at + len(section_names)) // 8) * 8

    def section(name: str, kind: int, flags: int, place: tuple[int, int], more: tuple[int, int]) -> bytes:
        position = section_names.index(b"\0" + name.encode() + b"\0") + 1
        (start, size), (link, entry) = place, more
        address = start if flags else 0
        return struct.pack("<IIQQQQIIQQ", position, kind, flags, address, start, size, link, 0, 8, entry)

    def segment(kind: int, flags: int, start: int, size: int) -> bytes:
        return struct.pack("<IIQQQQQQ", kind, flags, start, start, start, size, size, 8)

    sections = [
        bytes(64),
        section(".text", 1, 6, (text_at, len(text)), (0, 0)),
        section(".dynsym", 11, 2, (symbols_at, len(symbols)), (3, SYMBOL_SIZE)),
        section(".dynstr", 3, 2, (strings_at, len(strings)), (0, 0)),
        section(".rel.dyn", 9, 2, (relocations_at, len(relocations)), (2, RELOCATION_SIZE)),
        section(".dynamic", 6, 3, (dynamic_at, len(dynamic)), (3, 16)),
        section(".shstrtab", 3, 0, (names_at, len(section_names)), (0, 0)),
    ]
    segments = [
        segment(1, 5, text_at, len(text)),
        segment(1, 4, symbols_at, names_at - symbols_at),
        segment(2, 6, dynamic_at, len(dynamic)),
    ]
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH",
        3,
        247,
        1,
        text_at,
        64,
        headers_at,
        0,
        64,
        56,
        len(segments),
        64,
        len(sections),
        len(sections) - 1,
    )
    body = header + b"".join(segments) + text + symbols + strings + relocations + dynamic + section_names
    return body.ljust(headers_at, b"\0") + b"".join(sections)
