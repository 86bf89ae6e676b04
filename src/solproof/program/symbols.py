"""Names and source lines of programs, from files that are not stripped.

The file of a deployed program usually has no symbols. The file that the linker wrote before has, and it has
the same text. So names and lines from it are right for the deployed program too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from elftools.elf.elffile import ELFFile

from solproof.errors import InputError
from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf_records import MAGIC
from solproof.program.names import FunctionNames, function_names
from solproof.program.program import Program
from solproof.program.source_lines import SourceLines, source_lines
from solproof.representation import described, short_repr

EXECUTABLE = 1
"""The flag of a segment that holds instructions (PF_X)."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The names of a program's functions, and the source lines of its slots."""

    names: FunctionNames
    lines: SourceLines = field(default_factory=SourceLines)

    __repr__ = short_repr


class SymbolFiles:
    """The files to take symbols from. A program whose text is in none of them has those of its own file.

    files: their contents, by the names that errors show.
    Raises `InputError` for a file that has neither function symbols nor DWARF.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self._texts = {name: _symbol_text(name, content) for name, content in self.files.items()}
        self._known: dict[bytes, Symbols] = {}

    def __repr__(self) -> str:
        return described(self, {"files": self.files})

    def of(self, file: bytes, program: Program) -> Symbols:
        """The symbols of a program, given its file."""
        if program.file_sha256 not in self._known:
            text = _program_text(file)
            source = next((self.files[name] for name, other in self._texts.items() if other == text), file)
            self._known[program.file_sha256] = Symbols(
                function_names(source, program), source_lines(source, program)
            )
        return self._known[program.file_sha256]

    def check(self, programs: Iterable[bytes]) -> None:
        """Raise `InputError` if a file fits none of the programs, given by their files.

        The error says where its text differs from the text that is most like it.
        """
        found = (text for text in map(_program_text, programs) if text is not None)
        texts = {sha256(text).digest(): text for text in found}.values()
        for name, text in self._texts.items():
            if text not in texts:
                raise InputError(f"symbols {name}: {_difference(text, texts)}")


def text_of(file: bytes) -> bytes:
    """The instructions in a file, before any relocation. Raw bytecode is its own text."""
    if not file.startswith(MAGIC):
        return file
    elf: Any = ELFFile(BytesIO(file))
    section = elf.get_section_by_name(".text")
    if section is not None:
        return bytes(section.data())
    segments = [part for part in elf.iter_segments("PT_LOAD") if part["p_flags"] & EXECUTABLE]
    return bytes(segments[0].data()) if segments else b""


def _program_text(file: bytes) -> bytes | None:
    """The text of a program's file, or None if its tables cannot be read, which the loader does not need."""
    try:
        return text_of(file)
    except Exception:  # parsers of pyelftools raise many types; the loader has already accepted the file
        return None


def symbol_notes(symbols: Symbols, slots: int) -> dict[int, str]:
    """A comment for each slot where a named function starts or where another source line begins."""
    # A name may contain anything, and a comment ends with its line.
    notes = {function.start: " ".join(function.name.split()) for function in symbols.names.functions}
    before = None
    for pc in sorted({*notes, *(start for start, _ in symbols.lines.rows if start < slots)}):
        line = symbols.lines.at(pc)
        if line is not None and (line != before or pc in notes):
            notes[pc] = ", ".join(filter(None, [notes.get(pc), " ".join(str(line).split())]))
        before = line
    return notes


def _symbol_text(name: str, content: bytes) -> bytes:
    """The text of a symbol file. Raises `InputError` if it is no such file."""
    if not content.startswith(MAGIC):
        raise InputError(f"symbols {name}: starts with {content[:4]!r}, expected an ELF file")
    try:
        elf: Any = ELFFile(BytesIO(content))
        has_symbols = elf.get_section_by_name(".symtab") is not None or elf.has_dwarf_info(strict=True)
        text = text_of(content)
    except Exception as error:  # parsers of pyelftools raise many types
        raise InputError(f"symbols {name}: its tables cannot be read: {error}") from None
    if not has_symbols:
        raise InputError(
            f"symbols {name}: has no symbols, expected a file that is not stripped, as cargo build-sbf "
            "writes it to target/sbf-solana-solana/release or target/sbpf-solana-solana/release"
        )
    return text


def _difference(text: bytes, others: Collection[bytes]) -> str:
    """How a text differs from the text of a program."""
    if not others:
        return "expected the program that ran, but no sBPF program ran"
    common, nearest = max(((_common_slots(text, other), other) for other in others), key=lambda pair: pair[0])
    slots, expected = len(text) // SLOT_BYTES, len(nearest) // SLOT_BYTES
    subject = "the program" if len(others) == 1 else "every program that ran"
    if common == min(slots, expected):
        return f"its text differs from that of {subject}: it has {slots:,} slots, expected {expected:,}"
    found, wanted = (part[common * SLOT_BYTES : (common + 1) * SLOT_BYTES].hex() for part in (text, nearest))
    return f"its text differs from that of {subject}: slot {common} is {found}, expected {wanted}"


def _common_slots(one: bytes, other: bytes) -> int:
    """How many slots at the start of two texts are the same."""
    shortest = min(len(one), len(other)) // SLOT_BYTES
    places = range(0, shortest * SLOT_BYTES, SLOT_BYTES)
    different = (at for at in places if one[at : at + SLOT_BYTES] != other[at : at + SLOT_BYTES])
    return next(different, shortest * SLOT_BYTES) // SLOT_BYTES
