"""Names of functions: from the ELF file's symbols, from its DWARF, or `function_<pc>` as in listings.

Nothing guarantees that the names in a file are right. A table that cannot be read gives no names.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.layout import ENTRYPOINT
from solproof.program.elf_records import MAGIC
from solproof.program.program import Program


@dataclass(frozen=True, slots=True)
class Function:
    """A function with a name in the file. Its slots are `start` to `end` - 1."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class FunctionNames:
    """The named functions of a program, in ascending order of their starts."""

    entry: int
    functions: tuple[Function, ...] = ()
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [function.start for function in self.functions])

    def at(self, pc: int) -> str:
        """The name of the function that starts at a slot, or of the function around it with a distance."""
        position = bisect_right(self._starts, pc) - 1
        if position >= 0:
            function = self.functions[position]
            if function.start == pc:
                return function.name
            if pc < function.end:
                return f"{function.name}+{pc - function.start}"
        return ENTRYPOINT if pc == self.entry else f"function_{pc}"


def function_names(file: bytes, program: Program) -> FunctionNames:
    """The names in a program's file. Raw bytecode has no names."""
    if not file.startswith(MAGIC):
        return FunctionNames(program.entry)
    try:
        elf = ELFFile(BytesIO(file))
        base = text_address(elf, program)
        found = list(chain(_symbols(elf), _debug_information(elf)))
    except Exception:  # parsers of pyelftools raise many types; the loader has already accepted the file
        return FunctionNames(program.entry)
    named: dict[int, Function] = {}
    for address, size, name in found:
        start = (address - base) // SLOT_BYTES
        if name and 0 <= start < program.slots:
            end = min(start + max(size // SLOT_BYTES, 1), program.slots)
            named.setdefault(start, Function(start, end, demangled(name)))
    return FunctionNames(program.entry, tuple(named[start] for start in sorted(named)))


def text_address(elf: Any, program: Program) -> int:
    """The address of slot 0 in the file, before the loader moves it."""
    section = elf.get_section_by_name(".text")
    return program.text_address if section is None else int(section["sh_addr"])


def _symbols(elf: Any) -> Iterator[tuple[int, int, str]]:
    """Address, size and name of every function in the symbol tables, the full table first."""
    tables = [section for section in elf.iter_sections() if isinstance(section, SymbolTableSection)]
    for table in sorted(tables, key=lambda section: section["sh_type"] != "SHT_SYMTAB"):
        for symbol in table.iter_symbols():
            if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_shndx"] != "SHN_UNDEF":
                yield symbol["st_value"], symbol["st_size"], symbol.name


def _debug_information(elf: Any) -> Iterator[tuple[int, int, str]]:
    """Address, size and name of every function in the DWARF."""
    if not elf.has_dwarf_info(strict=True):
        return
    for unit in elf.get_dwarf_info(relocate_dwarf_sections=False).iter_CUs():
        for entry in unit.iter_DIEs():
            if entry.tag == "DW_TAG_subprogram" and "DW_AT_low_pc" in entry.attributes:
                low = entry.attributes["DW_AT_low_pc"].value
                high = entry.attributes.get("DW_AT_high_pc")
                size = 0 if high is None else high.value - (low if high.form == "DW_FORM_addr" else 0)
                yield low, size, _debug_name(entry)


def _debug_name(entry: Any) -> str:
    """The linkage name of a function or its plain name. A declaration elsewhere may hold it."""
    for attribute in ("DW_AT_linkage_name", "DW_AT_name"):
        if attribute in entry.attributes:
            return str(entry.attributes[attribute].value.decode(errors="replace"))
    for attribute in ("DW_AT_specification", "DW_AT_abstract_origin"):
        if attribute in entry.attributes:
            return _debug_name(entry.get_DIE_from_attribute(attribute))
    return ""


# RUST NAMES

_PART = re.compile(r"(\d+)")
_HASH = re.compile(r"h[0-9a-f]{16}")
_ESCAPE = re.compile(r"\$(\w+)\$")
_ESCAPES = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}


def demangled(name: str) -> str:
    """A Rust name in the legacy mangling (`_ZN4core3fmt...17h<hash>E`) as Rust writes it.

    Any other name is unchanged. Source: rustc-demangle's description of the legacy scheme.
    """
    if not name.startswith("_ZN") or not name.endswith("E"):
        return name
    parts, position = [], len("_ZN")
    while position < len(name) - 1:
        length = _PART.match(name, position)
        if length is None:
            return name
        position = length.end() + int(length[1])
        parts.append(name[length.end() : position])
    if position != len(name) - 1 or len(parts) < 2 or not _HASH.fullmatch(parts[-1]):
        return name
    return "::".join(_unescaped(part) for part in parts[:-1])


def _unescaped(part: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        if re.fullmatch("u[0-9a-f]{1,6}", code) and int(code[1:], 16) <= 0x10FFFF:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, match[0])

    part = part.removeprefix("_") if part.startswith("_$") else part
    return _ESCAPE.sub(character, part).replace("..", "::")
