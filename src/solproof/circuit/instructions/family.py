"""Families: opcodes, their entries in the program table, and the tables that execute them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, Action, Form, Opcode


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the program table: a program message without its pc. `immediate` is a value modulo 2^64."""

    code: FamilyCode
    destination: int = 0
    source: int = 0
    immediate: int = 0
    offset: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Executor:
    """A chip that executes instructions, the selection of its steps, and the function that fills its rows."""

    chip: Chip
    fill: Callable[[Table, Rows], None]
    select: Callable[[Rows], Rows] = lambda rows: rows


@dataclass(frozen=True, slots=True)
class Family:
    """Opcodes and the codes of their entries in the program table.

    Exactly one executor takes each step with one of these codes.
    """

    codes: tuple[FamilyCode, ...]
    opcodes: tuple[Opcode, ...]
    encode: Callable[[Opcode, Instruction, int], Entry]
    """Given an opcode, an instruction and an sBPF version, makes the entry of the program table."""
    executors: tuple[Executor, ...]


def forms(action: Action, *stems: str) -> tuple[Opcode, ...]:
    """The opcodes of each stem, in all the forms that it has."""
    return tuple(row for stem in stems for row in OPCODES if (row.action, row.stem) == (action, stem))


def binary_entry(
    code: FamilyCode, row: Opcode, instruction: Instruction, flags: int = 0, *, offset: int = 0
) -> Entry:
    """The entry of `destination = destination op b`.

    Flag 0 marks b as a register. The other flags belong to the family. A 32-bit operation uses only the low
    half of b, so the upper half of its immediate is 0 here.
    """
    register = row.form is Form.REGISTER
    return Entry(
        code,
        destination=instruction.destination,
        source=instruction.source if register else 0,
        immediate=row.operand(instruction.immediate) % 2**row.width,
        offset=offset,
        flags=int(register) + 2 * flags,
    )
