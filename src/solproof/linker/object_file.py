"""Reads a BPF object: an ELF file that a C compiler wrote and that no linker has seen (`ET_REL`, `EM_BPF`).

Source: the ELF-64 object file format, and "BPF relocations" in the documentation of LLVM and of the Linux
kernel (`Documentation/bpf/llvm_reloc.rst`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from elftools.elf.constants import SH_FLAGS
from elftools.elf.descriptions import describe_e_machine
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from solproof.errors import ProgramError
from solproof.program.elf_records import MAGIC

_RELOCATABLE, _MACHINE = "ET_REL", "EM_BPF"
_ARCHIVE, _BITCODE = b"!<arch>\n", b"BC\xc0\xde"
_RELOCATED_READ_ONLY = ".data.rel.ro"
WRITABLE_DATA = "writable data, which Solana programs cannot have: make it const, or keep it in an account"
_CONSTRUCTORS = (".ctors", ".dtors", ".init_array", ".fini_array", ".preinit_array")


@dataclass(frozen=True, slots=True)
class Relocation:
    """A place that depends on a symbol: its offset in bytes, its `R_BPF_` type, and the symbol's number."""

    offset: int
    type: int
    symbol: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section that a program would have in memory. `relocations` are in the order of their offsets."""

    name: str
    content: bytes = field(repr=False)
    alignment: int
    is_text: bool
    is_writable: bool
    relocations: Sequence[Relocation]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name for a place: an offset in bytes in the section with number `section`.

    section: None if another object has to define the symbol.
    """

    name: str
    section: int | None
    offset: int
    is_global: bool
    is_weak: bool
    is_function: bool
    is_object: bool


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A parsed object. `sections` has its loaded sections by number, and `name` is for errors."""

    name: str
    sections: Mapping[int, Section]
    symbols: Sequence[Symbol]


def read_object(name: str, content: bytes) -> ObjectFile:
    """Parse an object. `name` is the name of its file in errors.

    Raises `ProgramError` for any other file, and for constructors, which no Solana program can run.
    """
    _check_kind(name, content)
    try:
        elf = ELFFile(BytesIO(content))
        _check_header(name, elf)
        tables = [section for section in elf.iter_sections() if isinstance(section, SymbolTableSection)]
        relocations = _relocations(elf)
        sections = {
            number: _section(section, relocations.get(number, []))
            for number, section in enumerate(elf.iter_sections())
            if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and section["sh_size"]
        }
        symbols = [_symbol(symbol) for table in tables for symbol in table.iter_symbols()]
        constructors = [each.name for each in elf.iter_sections() if each.name.startswith(_CONSTRUCTORS)]
    except ProgramError:
        raise
    except Exception:  # the parsers of pyelftools raise many types for broken files
        raise ProgramError(f"object {name}: its tables are broken, expected a complete ELF object") from None
    if constructors:
        raise ProgramError(
            f"object {name}: section {constructors[0]} has constructors, which no Solana program can run"
        )
    common = [symbol.name for table in tables for symbol in table.iter_symbols() if _is_common(symbol)]
    if common:
        raise ProgramError(f"object {name}: variable {common[0]} is {WRITABLE_DATA}")
    if len(tables) > 1:
        raise ProgramError(f"object {name}: has {len(tables)} symbol tables, expected at most 1")
    _check_references(name, sections, symbols)
    return ObjectFile(name, sections, symbols)


def _check_kind(name: str, content: bytes) -> None:
    for start, what in (
        (_ARCHIVE, "an archive, expected the objects in it"),
        (_BITCODE, "LLVM bitcode, expected an object; compile without -flto"),
    ):
        if content.startswith(start):
            raise ProgramError(f"object {name}: is {what}")
    if not content.startswith(MAGIC):
        raise ProgramError(f"object {name}: starts with {content[:4]!r}, expected an ELF object ({MAGIC!r})")


def _check_header(name: str, elf: Any) -> None:
    machine, kind = elf["e_machine"], elf["e_type"]
    if machine != _MACHINE or elf.elfclass != 64:
        raise ProgramError(
            f"object {name}: is for {describe_e_machine(machine)} ({elf.elfclass} bits), expected BPF; "
            "compile with clang -target bpf, or with solproof cc"
        )
    if not elf.little_endian:
        raise ProgramError(
            f"object {name}: is big-endian, expected little-endian; compile with -target bpfel"
        )
    if kind != _RELOCATABLE:
        raise ProgramError(
            f"object {name}: has the ELF type {kind}, expected {_RELOCATABLE}, an object that is not linked"
        )


def _relocations(elf: Any) -> dict[int, list[Relocation]]:
    """The relocations of each section, by its number."""
    found: dict[int, list[Relocation]] = {}
    for section in elf.iter_sections():
        if isinstance(section, RelocationSection):
            found.setdefault(section["sh_info"], []).extend(
                Relocation(entry["r_offset"], entry["r_info_type"], entry["r_info_sym"])
                for entry in section.iter_relocations()
            )
    return {number: sorted(entries, key=lambda entry: entry.offset) for number, entries in found.items()}


def _section(section: Any, relocations: Sequence[Relocation]) -> Section:
    return Section(
        name=section.name,
        content=b"" if section["sh_type"] == "SHT_NOBITS" else section.data(),
        alignment=max(section["sh_addralign"], 1),
        is_text=bool(section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR),
        is_writable=bool(section["sh_flags"] & SH_FLAGS.SHF_WRITE)
        and not section.name.startswith(_RELOCATED_READ_ONLY),
        relocations=relocations,
    )


def _is_common(symbol: Any) -> bool:
    """Whether a symbol is a variable without a section, which the linker would have to place among zeros."""
    return bool(symbol["st_shndx"] == "SHN_COMMON")


def _symbol(symbol: Any) -> Symbol:
    section, information = symbol["st_shndx"], symbol["st_info"]
    return Symbol(
        name=symbol.name,
        section=section if isinstance(section, int) else None,
        offset=symbol["st_value"],
        is_global=information["bind"] != "STB_LOCAL",
        is_weak=information["bind"] == "STB_WEAK",
        is_function=information["type"] == "STT_FUNC",
        is_object=information["type"] == "STT_OBJECT",
    )


def _check_references(name: str, sections: Mapping[int, Section], symbols: Sequence[Symbol]) -> None:
    """Refuse relocations that leave their section or the symbol table."""
    for section in sections.values():
        for relocation in section.relocations:
            if relocation.offset + 4 > len(section.content) or relocation.symbol >= len(symbols):
                raise ProgramError(
                    f"object {name}: the relocation at {section.name}+{relocation.offset:#x} is for symbol "
                    f"{relocation.symbol}, expected a place in the section and one of {len(symbols)} symbols"
                )
