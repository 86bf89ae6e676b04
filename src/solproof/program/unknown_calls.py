"""Calls of functions that neither the program nor the runtime has.

Such a program can be loaded. The call stops it with UnsupportedInstruction, and Agave names nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from solproof.isa.instruction import slots_with
from solproof.isa.integers import MASK32
from solproof.isa.opcodes import by_mnemonic
from solproof.program.calls import resolve_call
from solproof.program.elf_file import parse
from solproof.program.elf_records import MAGIC
from solproof.program.errors import ElfError
from solproof.program.program import Program
from solproof.program.syscall_names import SYSCALL_NAMES, symbol_hash

_CALL = by_mnemonic("CALL_IMM").code
_FUNCTION = 1  # the source field of a call of a function from V3 on


def unknown_calls(program: Program, file: bytes) -> dict[str, list[int]]:
    """The slots of all calls that no syscall of any cluster and no function of the program can answer.

    The key is the name of the called function, where the program's file has it, or its hash.
    """
    found: dict[str, list[int]] = {}
    names = _names(program, file)
    for pc in slots_with(_CALL, program.text):
        if resolve_call(program, pc, program.instruction(pc), SYSCALL_NAMES) is None:
            found.setdefault(_called(program, pc, names), []).append(pc)
    return found


def called_name(program: Program, pc: int, file: bytes) -> str | None:
    """What the slot at `pc` calls: a name, or a hash. None if the slot is no `call` with an immediate."""
    if not 0 <= pc < program.slots or program.instruction(pc).code != _CALL:
        return None
    return _called(program, pc, _names(program, file))


def _called(program: Program, pc: int, names: Mapping[int, str]) -> str:
    slot = program.instruction(pc)
    if program.version >= 3 and slot.source == _FUNCTION:
        return f"slot {pc + 1 + slot.immediate}"
    key = slot.immediate & MASK32
    return names.get(key, f"{key:#010x}")


def _names(program: Program, file: bytes) -> dict[int, str]:
    """The names of syscalls and of the symbols in an ELF file of V0 to V2, by their hashes."""
    return {
        symbol_hash(name): name.decode(errors="replace") for name in _symbols(program, file)
    } | SYSCALL_NAMES


def _symbols(program: Program, file: bytes) -> Iterator[bytes]:
    if program.version >= 3 or not file.startswith(MAGIC):
        return
    parsed = parse(file)
    for symbol in parsed.symbols:
        try:
            yield parsed.symbol_name(symbol)
        except ElfError:
            continue  # nothing needs this symbol, or the file would not have been loaded
