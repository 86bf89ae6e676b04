"""Programs as assembly source: the text of a file before it is loaded, in a form that can be assembled again.

The notation of calls depends on the source of the text. An ELF file of V0 to V2 has distances for functions
and relocations for syscalls. Raw bytecode of V0 to V2 has distances and hashes (`solproof.program.raw`). From
V3 on, the source field tells the two apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from solproof.errors import ProgramError
from solproof.isa.instruction import SLOT_BYTES, Instruction, unpack_program
from solproof.isa.integers import MASK32
from solproof.isa.layout import ENTRYPOINT
from solproof.isa.listing import Line, listing
from solproof.isa.opcodes import by_mnemonic
from solproof.program.elf import NEWEST_KNOWN_VERSION, load
from solproof.program.elf_file import ElfFile, parse
from solproof.program.elf_records import R_BPF_64_32, Section
from solproof.program.errors import elf_error
from solproof.program.names import function_names
from solproof.program.program import Program
from solproof.program.syscall_names import SYSCALL_NAMES

_CALL = by_mnemonic("CALL_IMM").code
_FLAGS = slice(48, 52)
_EXTERNAL = -1
_NAME = re.compile(r"(?!r[0-9]+$)[A-Za-z_]\w*", re.ASCII)
_GENERATED = re.compile(r"(lbb|function)_[0-9]+")


@dataclass(frozen=True, slots=True)
class Disassembly:
    """A program's source: `text` is the text in the file, and `lines` assemble to the same text."""

    version: int
    text: bytes
    entry: int
    lines: list[Line]


def disassemble_raw(text: bytes, version: int, entry: int = 0) -> Disassembly:
    """Disassemble raw bytecode of an sBPF version.

    Raises `ProgramError` if its length is not a multiple of 8.
    """
    return Disassembly(version, text, entry, listing(text, version, entry, _marked_calls(text, version)))


def _marked_calls(text: bytes, version: int) -> dict[int, str | int]:
    """The calls of raw bytecode, and of files from V3 on."""
    calls: dict[int, str | int] = {}
    for pc, slot in _calls(text):
        is_syscall = slot.source == 0 and (version >= 3 or slot.immediate & MASK32 in SYSCALL_NAMES)
        if is_syscall:
            calls[pc] = SYSCALL_NAMES.get(slot.immediate & MASK32, str(slot.immediate))
        elif slot.source == 1 and (version >= 3 or slot.immediate != _EXTERNAL):
            calls[pc] = pc + 1 + slot.immediate
    return calls


def disassemble_elf(elf: bytes) -> Disassembly:
    """Disassemble the text of an ELF file of V0 to V4, as it is before relocation.

    Functions have their names from the file's symbols where such a name is a word that the source can use.

    Raises `ElfError` for a file with broken tables. A file of V0 to V2 is accepted even if the loader would
    refuse it for another reason.
    """
    version = int.from_bytes(elf[_FLAGS], "little")
    if version >= 3:
        program = load(elf, NEWEST_KNOWN_VERSION)
        marked = _marked_calls(program.text, version)
        lines = listing(program.text, version, program.entry, marked, names=_labels(elf, program))
        return Disassembly(version, program.text, program.entry, lines)
    file = parse(elf)
    section = _text_section(file)
    text = elf[section.offset : section.offset + section.size]
    relocated = _relocated_calls(file, section)
    calls: dict[int, str | int] = {}
    comments: dict[int, str] = {}
    for pc, slot in _calls(text):
        if slot.source == 0:
            continue  # an assembler writes source field 1
        name, function = relocated.get(pc, (None, None))
        if name is None and slot.immediate != _EXTERNAL:
            calls[pc] = pc + 1 + slot.immediate
        elif name is not None and slot.immediate == _EXTERNAL and _NAME.fullmatch(name) and function is None:
            calls[pc] = name
        elif function == pc and slot.immediate == _EXTERNAL:
            calls[pc] = pc  # a call to itself has distance -1, so the writer needs a relocation for it too
        elif name is not None:
            comments[pc] = f"{'syscall' if function is None else 'call'} {name}, by a relocation"
    entry = (file.header.entry - section.address) // SLOT_BYTES
    try:
        labels = _labels(elf, load(elf))
    except ProgramError:
        labels = {}
    return Disassembly(version, text, entry, listing(text, version, entry, calls, comments, labels))


def _labels(elf: bytes, program: Program) -> dict[int, str]:
    """The names of functions in a file's symbols that a source can use, each for one function."""
    functions = function_names(elf, program).functions
    uses = Counter(function.name for function in functions)
    return {
        function.start: function.name
        for function in functions
        if uses[function.name] == 1
        and function.name != ENTRYPOINT
        and _NAME.fullmatch(function.name)
        and not _GENERATED.fullmatch(function.name)
    }


def _calls(text: bytes) -> Iterator[tuple[int, Instruction]]:
    """The `call` slots whose unused fields are 0."""
    for pc, fields in enumerate(unpack_program(text)):
        if fields[0] == _CALL:
            slot = Instruction.of(*fields)
            if (slot.destination, slot.offset) == (0, 0) and slot.source <= 1:
                yield pc, slot


def _text_section(file: ElfFile) -> Section:
    texts = [
        section for section, name in zip(file.sections, file.section_names, strict=True) if name == b".text"
    ]
    if len(texts) != 1:
        raise elf_error("NotOneTextSection", detail=f"{len(texts)} sections are named .text, expected 1")
    return texts[0]


def _relocated_calls(file: ElfFile, text: Section) -> dict[int, tuple[str, int | None]]:
    """The symbols that the loader puts into calls: the name, and the program counter if it is a function."""
    calls = {}
    for relocation in file.relocations:
        if relocation.type == R_BPF_64_32 and relocation.symbol < len(file.symbols):
            symbol = file.symbols[relocation.symbol]
            is_function = symbol.is_function and symbol.value != 0
            function = (symbol.value - text.address) // SLOT_BYTES if is_function else None
            name = file.symbol_name(symbol).decode("ascii", "backslashreplace")
            calls[(relocation.offset - text.offset) // SLOT_BYTES] = (name, function)
    return calls
