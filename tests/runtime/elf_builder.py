"""Small sBPF programs for tests: a few instructions, written once for every version, and their ELF files.

Files of V0 to V2 name their syscalls in relocations. A V3 file has only program headers and segments.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import by_mnemonic
from solproof.program.syscall_names import SYSCALL_HASHES

MASK = 2**64 - 1
MASK32 = 2**32 - 1
R_BPF_64_32 = 10
TEXT_OFFSET = 64 + 3 * 56
SYMBOL_SIZE = 24
RELOCATION_SIZE = 16
TEXT_SEGMENT = 1 << 32
RODATA = b"16 bytes of data"
"""The bytes at address 0 in our V3 files. In the other versions, the text is readable."""

UNKNOWN_SYSCALL = 0x0BADC0DE
V2_SIZES = {"B": "1B", "H": "2B", "W": "4B", "DW": "8B"}


@dataclass(frozen=True, slots=True)
class Op:
    """An instruction, under V0's mnemonic in every version. A callx has its register as source."""

    mnemonic: str
    destination: int = 0
    source: int = 0
    offset: int = 0
    immediate: int = 0

    def encode(self, version: int) -> bytes:
        """The slots of the instruction in an sBPF version. Their number is the same in all versions."""
        low, high = _signed(self.immediate), _signed(self.immediate >> 32)
        if self.mnemonic == "LD_DW_IMM":
            names = ("MOV32_IMM", "HOR64_IMM") if version == 2 else ("LD_DW_IMM", None)
            slots = [Instruction(_code(names[0]), self.destination, 0, 0, low)]
            second = Instruction(0) if names[1] is None else Instruction(_code(names[1]), self.destination)
            slots.append(Instruction(second.code, second.destination, 0, 0, high))
            return b"".join(slot.encode() for slot in slots)
        if self.mnemonic == "CALL_REG":
            places = {2: {"source": self.source}, 3: {"destination": self.source}}
            return Instruction(_code("CALL_REG"), **places.get(version, {"immediate": self.source})).encode()
        name = _name_in_v2(self.mnemonic) if version == 2 else self.mnemonic
        return Instruction(_code(name), self.destination, self.source, self.offset, low).encode()


Part = bytes | str | Op
"""Encoded instructions, the name of a syscall to call, or an instruction."""


# INSTRUCTIONS


def load_immediate(register: int, value: int) -> Op:
    """A 64-bit constant in two slots: lddw, or its replacement in V2."""
    return Op("LD_DW_IMM", register, immediate=value & MASK)


def move(destination: int, source: int) -> Op:
    """mov64 of a register."""
    return Op("MOV64_REG", destination, source)


def load(destination: int, source: int, offset: int = 0, size: str = "DW") -> Op:
    """A load; `size` is B, H, W or DW."""
    return Op(f"LD_{size}_REG", destination, source, offset)


def store(destination: int, source: int, offset: int = 0, size: str = "DW") -> Op:
    """A store of a register."""
    return Op(f"ST_{size}_REG", destination, source, offset)


def store_byte(destination: int, value: int, offset: int = 0) -> Op:
    """A store of a one-byte constant."""
    return Op("ST_B_IMM", destination, offset=offset, immediate=value)


def leave() -> Op:
    """exit."""
    return Op("EXIT")


def _signed(value: int) -> int:
    return ((value & MASK32) ^ 1 << 31) - (1 << 31)


def _code(mnemonic: str) -> int:
    return by_mnemonic(mnemonic).code


def _name_in_v2(mnemonic: str) -> str:
    stem, _, form = mnemonic.rpartition("_")
    if stem.startswith(("LD_", "ST_")):
        return f"{stem[:3]}{V2_SIZES[stem[3:]]}_{form}"
    renamed = {"DIV": "UDIV", "MOD": "UREM", "MUL": "LMUL"}.get(stem[:3])
    return mnemonic if renamed is None else f"{renamed}{stem[3:]}_{form}"


# PROGRAMS


def write_memory(contents: Mapping[int, bytes]) -> list[Part]:
    """Instructions that store bytes at addresses. They store the ends byte by byte, and use r6 and r7."""
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
    """Load r1 and the following registers, and call a syscall."""
    return [*(load_immediate(register, value) for register, value in enumerate(arguments, start=1)), name]


def syscall_program(
    name: str,
    arguments: Sequence[int],
    memory: Mapping[int, bytes] | None = None,
    reveal: tuple[int, int] | None = None,
    version: int = 0,
) -> bytes:
    """A program that fills memory, calls a syscall once, and exits with the syscall's r0.

    It may also return a piece of memory.
    """
    parts = [*write_memory(memory or {}), *call(name, arguments)]
    if reveal is not None:
        parts += [move(8, 0), *call("sol_set_return_data", reveal), move(0, 8)]
    return build_elf([*parts, leave()], version)


def build_elf(parts: Sequence[Part], version: int = 0) -> bytes:
    """An ELF file whose entry is the first instruction."""
    if version >= 3:
        return _strict_elf(parts, version)
    names = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
    text = b""
    calls: list[tuple[int, str]] = []
    for part in parts:
        if isinstance(part, str):
            calls.append((TEXT_OFFSET + len(text), part))
            text += Instruction(_code("CALL_IMM"), source=1, immediate=-1).encode()
        else:
            text += part if isinstance(part, bytes) else part.encode(version)

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
        version,
        64,
        56,
        len(segments),
        64,
        len(sections),
        len(sections) - 1,
    )
    body = header + b"".join(segments) + text + symbols + strings + relocations + dynamic + section_names
    return body.ljust(headers_at, b"\0") + b"".join(sections)


def _strict_elf(parts: Sequence[Part], version: int) -> bytes:
    text = b""
    for part in parts:
        if isinstance(part, str):
            key = SYSCALL_HASHES.get(part, UNKNOWN_SYSCALL)
            text += Instruction(_code("CALL_IMM"), immediate=_signed(key)).encode()
        else:
            text += part if isinstance(part, bytes) else part.encode(version)
    identification = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header = struct.pack("<HHIQQQIHHHHHH", 3, 247, 1, TEXT_SEGMENT, 64, 0, version, 64, 56, 2, 0, 0, 0)
    start = 64 + 2 * 56
    segments = struct.pack("<IIQQQQQQ", 1, 4, start, 0, 0, len(RODATA), len(RODATA), 0)
    start += len(RODATA)
    segments += struct.pack("<IIQQQQQQ", 1, 1, start, TEXT_SEGMENT, TEXT_SEGMENT, len(text), len(text), 0)
    return identification + header + segments + RODATA + text
