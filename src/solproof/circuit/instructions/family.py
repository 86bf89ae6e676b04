"""What a family is: opcodes, how they stand in the program table, and the tables that execute them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.isa.instruction import Instruction


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the program table: a program message but its pc. `immediate` is a value modulo 2^64."""

    code: FamilyCode
    destination: int = 0
    source: int = 0
    immediate: int = 0
    offset: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Executor:
    """A chip that executes instructions, the steps it takes, and how its rows are filled."""

    chip: Chip
    fill: Callable[[Table, Rows], None]
    select: Callable[[Rows], Rows] = lambda rows: rows


@dataclass(frozen=True, slots=True)
class Family:
    """Opcodes and the codes of their program table entries.

    Every step with such a code is taken by exactly one executor.
    """

    codes: tuple[FamilyCode, ...]
    mnemonics: tuple[str, ...]
    encode: Callable[[str, Instruction, int], Entry]
    """From mnemonic, instruction and sBPF version to the entry of the program table."""
    executors: tuple[Executor, ...]


def both(*stems: str) -> tuple[str, ...]:
    """The immediate and the register form of each stem."""
    return tuple(f"{stem}_{form}" for stem in stems for form in ("IMM", "REG"))


def is_register_form(mnemonic: str) -> bool:
    """Whether operand b is a register."""
    return mnemonic.endswith("_REG")


def binary_entry(
    code: FamilyCode,
    mnemonic: str,
    instruction: Instruction,
    flags: int = 0,
    *,
    bits: int = 64,
    offset: int = 0,
) -> Entry:
    """The entry of `destination = destination op b`.

    Flag 0 says that b is a register, the others are the family's. With `bits` = 32 the immediate is
    zero-extended, as 32-bit operations use its low half only.
    """
    register = is_register_form(mnemonic)
    return Entry(
        code,
        destination=instruction.destination,
        source=instruction.source if register else 0,
        immediate=0 if register else instruction.immediate % 2**bits,
        offset=offset,
        flags=int(register) + 2 * flags,
    )
