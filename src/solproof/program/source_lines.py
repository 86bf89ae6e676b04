"""Source lines of instructions, from the DWARF of an ELF file.

Nothing guarantees that the lines in a file are right. Debug information that cannot be read gives no lines.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from elftools.elf.elffile import ELFFile

from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf_records import MAGIC
from solproof.program.names import text_address
from solproof.program.program import Program
from solproof.representation import described

INDEXES_FROM_0 = 5
"""From this version of DWARF on, the first file and directory have index 0."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a source file, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class SourceLines:
    """The source line of each slot.

    rows: in rising order, the slots from which on a line holds. None holds after the end of a function.
    """

    rows: tuple[tuple[int, SourceLine | None], ...] = ()
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        return described(self, {"rows": self.rows})

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [start for start, _ in self.rows])

    def at(self, pc: int) -> SourceLine | None:
        """The line of a slot, if it is known."""
        position = bisect_right(self._starts, pc) - 1
        return self.rows[position][1] if position >= 0 else None


def source_lines(file: bytes, program: Program) -> SourceLines:
    """The lines in a program's file. Raw bytecode has none."""
    if not file.startswith(MAGIC):
        return SourceLines()
    try:
        elf = ELFFile(BytesIO(file))
        if not elf.has_dwarf_info(strict=True):
            return SourceLines()
        base = text_address(elf, program)
        found: dict[int, SourceLine | None] = {}
        for sequence in _sequences(elf.get_dwarf_info(relocate_dwarf_sections=False)):
            # A function that the linker dropped begins at address 0, which is not in the text.
            if base <= sequence[0][0] < base + program.slots * SLOT_BYTES:
                _take(found, [((address - base) // SLOT_BYTES, line) for address, line in sequence])
    except Exception:  # parsers of pyelftools raise many types; the loader has already accepted the file
        return SourceLines()
    return SourceLines(tuple(sorted(found.items(), key=lambda row: row[0])))


def _take(found: dict[int, SourceLine | None], sequence: list[tuple[int, SourceLine | None]]) -> None:
    """Take the rows of a sequence. Its end must not hide the start of the function behind it."""
    for pc, line in sequence[:-1]:
        if line is not None:
            found[pc] = line
    found.setdefault(sequence[-1][0], None)


def _sequences(dwarf: Any) -> Iterator[list[tuple[int, SourceLine | None]]]:
    """For each piece of consecutive code: its addresses and lines. The last element has its end, and None."""
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is None:
            continue
        root = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
        names = _file_names(program, "" if root is None else root.value.decode(errors="replace"))
        rows: list[tuple[int, SourceLine | None]] = []
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                if rows:
                    yield [*rows, (state.address, None)]
                rows = []
            elif state.line and 0 <= state.file < len(names):
                rows.append((state.address, SourceLine(names[state.file], state.line)))


def _file_names(program: Any, root: str) -> list[str]:
    """The path of each file of a line program, by its number.

    A path is relative to the directory of the compilation if it lies below it, and absolute otherwise.
    """
    header = program.header
    counts_from_0 = header["version"] >= INDEXES_FROM_0
    if counts_from_0:
        directories = [_text(entry.DW_LNCT_path) for entry in header["directories"]]
        files = [(entry.DW_LNCT_directory_index, _text(entry.DW_LNCT_path)) for entry in header["file_names"]]
    else:
        directories = ["", *map(_text, header["include_directory"])]
        files = [(0, ""), *((entry.dir_index, _text(entry.name)) for entry in header["file_entry"])]
    names = []
    for number, name in files:
        path = posixpath.join(root, directories[number] if number < len(directories) else "", name)
        names.append(path.removeprefix(f"{root}/") if root else path)
    return names


def _text(value: Any) -> str:
    return str(value.decode(errors="replace"))
