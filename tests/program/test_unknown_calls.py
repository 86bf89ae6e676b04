"""Calls of functions that neither the program nor the runtime has, by name where the file has it."""

from __future__ import annotations

import pytest

from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.raw import RawFormat
from solproof.program.unknown_calls import called_name, unknown_calls

SOURCE = "syscall sol_lgo_\ncall f\nsyscall sol_log_\nsyscall sol_lgo_\nsyscall sol_blake3\nexit\nf: exit"


@pytest.mark.parametrize(("version", "name"), [(0, "sol_lgo_"), (1, "sol_lgo_"), (3, "0x5e21902d")])
def test_names(version: int, name: str) -> None:
    """Only files of V0 to V2 have the names of syscalls."""
    file = write_elf(assemble(SOURCE, version))
    program = load_program(file)
    assert unknown_calls(program, file) == {name: [0, 3]}
    assert called_name(program, 0, file) == name
    assert called_name(program, 4, file) == "sol_blake3"
    assert called_name(program, 5, file) is None
    assert called_name(program, 99, file) is None


def test_raw_bytecode_and_calls_out_of_the_text() -> None:
    raw = write_raw(assemble("syscall sol_lgo_\nexit", 3))
    assert unknown_calls(load_program(raw, RawFormat(3)), raw) == {"0x5e21902d": [0]}
    file = write_elf(assemble("call 20\nexit", 3))
    assert unknown_calls(load_program(file), file) == {"slot 21": [0]}
