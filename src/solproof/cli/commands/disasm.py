"""`solproof disasm`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from solproof.cli.terminal.files import OUTPUT_FILE, read_file, write_file
from solproof.cli.terminal.options import (
    RawOptions,
    is_bytecode,
    json_option,
    naming_program,
    note_bytecode,
    program_argument,
    raw_options,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.show import Fields, print_json, print_lines, print_source
from solproof.errors import ProgramError
from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.listing import source_of
from solproof.program.disassembly import Disassembly, disassemble_elf, disassemble_raw
from solproof.program.elf import NEWEST_KNOWN_VERSION, load
from solproof.program.elf_records import MAGIC
from solproof.program.raw import RawFormat, load_raw
from solproof.program.symbols import symbol_notes
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH

EXAMPLE = """\b
Examples:
  solproof disasm program.so
  solproof disasm program.bin --raw --sbpf-version 3 -o program.s
"""


@click.command(epilog=EXAMPLE)
@program_argument
@raw_options
@symbols_option
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", help="Write the source to a file.")
@json_option
def disasm(
    program: Path,
    *,
    output: Path | None,
    symbol_paths: tuple[Path, ...],
    as_json: bool,
    raw: bool,
    sbpf_version: int | None,
    entry: int | None,
) -> None:
    """Print a program as assembly source.

    Prints the text that the file holds, before relocation, with names for syscalls and functions. "solproof
    asm" makes the same text from this source. Instructions that the verifier would refuse are printed too.
    With --symbols, comments name the functions and their source lines.
    """
    options = RawOptions(raw, sbpf_version, entry)
    if output is not None:
        check_output(output)
    content = read_file(program, "program", MAXIMUM_PROGRAM_LENGTH)
    program_format = options.program_format(content, program)
    if program_format is None and is_bytecode(content):
        note_bytecode(program)
        program_format = RawFormat()
    with naming_program(program):
        found = _disassembly(content, program_format)
        notes = _notes(content, program_format, symbol_paths)
    source = source_of(found.lines, notes)
    fields: Fields = {
        "format": "elf" if program_format is None else "raw",
        "sbpf_version": found.version,
        "entry": found.entry,
        "slots": len(found.text) // SLOT_BYTES,
    }
    if output is not None:
        write_file(output, source.encode())
        fields |= {"output": str(output), "bytes": len(source)}
    else:
        fields["lines"] = [
            {"pc": line.pc, "label": line.label, "statement": line.statement}
            | ({"note": notes[line.pc]} if line.pc in notes else {})
            for line in found.lines
        ]
    if as_json:
        print_json(fields)
    elif output is None:
        print_source(source.removesuffix("\n"))
    else:
        print_lines([f"{output}: {len(found.lines):,} instructions of sBPF V{found.version}"])


def _disassembly(content: bytes, program_format: RawFormat | None) -> Disassembly:
    if program_format is not None:
        return disassemble_raw(content, program_format.version, program_format.entry)
    if not content.startswith(MAGIC):
        raise ProgramError(f"starts with {content[:4]!r}, expected {MAGIC!r}, or --raw for raw bytecode")
    return disassemble_elf(content)


def _notes(content: bytes, program_format: RawFormat | None, paths: Sequence[Path]) -> dict[int, str]:
    """The comments of --symbols, by program counter."""
    if not paths:
        return {}
    symbols = read_symbols(paths)
    symbols.check([content])
    if program_format is None:
        program = load(content, NEWEST_KNOWN_VERSION)
    else:
        program = load_raw(content, program_format.version, program_format.entry)
    return symbol_notes(symbols.of(content, program), program.slots)
