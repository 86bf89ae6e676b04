"""From objects to the file of a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from solproof.isa.assemble import Assembly
from solproof.linker.link import link
from solproof.linker.object_file import read_object
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf


@dataclass(frozen=True, slots=True)
class LinkedProgram:
    """The ELF file of a program, and the assembly from which it was written."""

    content: bytes = field(repr=False)
    assembly: Assembly


def link_program(
    objects: Sequence[tuple[str, bytes]], version: int, *, with_symbols: bool = True
) -> LinkedProgram:
    """Link BPF objects into an ELF file of sBPF V0 or V3.

    objects: the name and the content of each object file. The names are for errors.
    with_symbols: whether the file has a symbol table, from which listings take the names of functions.

    The file is loaded and verified before it is returned. Raises `ProgramError` for objects that cannot
    become a program.
    """
    assembly = link([read_object(name, content) for name, content in objects], version)
    content = write_elf(assembly, with_symbols=with_symbols)
    load_program(content)
    return LinkedProgram(content, assembly)
