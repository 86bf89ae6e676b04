"""The adapter: the columns and constraints that every executed instruction has. Cores compute its result.

Given a row with `is_real` set, the adapter proves three things. The instruction at `pc` is the one in the
program table. It is executed as instruction number `clk`. The next instruction is at the pc that the core
gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solproof.air.bus import PROGRAM, STATE
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word
from solproof.air.gadgets import access_register


@dataclass(frozen=True, slots=True)
class Step:
    """The columns of one executed instruction."""

    chip: Chip
    is_real: Expression
    clk: Expression
    pc: Expression

    @classmethod
    def columns(cls, chip: Chip) -> Step:
        """Declare the columns."""
        chip.scope()
        is_real = chip.flag("is_real", "1 on a row that executes an instruction, 0 on padding")
        return cls(
            chip,
            is_real,
            chip.column("clk", "number of this instruction, from 1"),
            chip.column("pc", "slot of this instruction"),
        )

    def flag(self, name: str, formula: str) -> Expression:
        """Declare a flag that is 0 on padding rows, so that it can be a multiplicity."""
        column = self.chip.flag(name, formula)
        self.chip.assert_zero(column * (1 - self.is_real), f"{name} is 0 on padding")
        return column

    def fetch(
        self,
        family: Expression | int,
        *,
        destination: Expression | int = 0,
        source: Expression | int = 0,
        immediate: Sequence[Expression | int] = (0, 0, 0, 0),
        offset: Expression | int = 0,
        flags: Expression | int = 0,
    ) -> None:
        """Prove that the program table holds this instruction at pc."""
        message = [self.pc, family, destination, source, *immediate, offset, flags]
        self.chip.query(PROGRAM, message, self.is_real, "the instruction at pc")

    def advance(self, next_pc: Expression) -> None:
        """Prove that (clk, pc) was reached, and that (clk + 1, next_pc) is reached next."""
        self.chip.receive(STATE, [self.clk, self.pc], self.is_real, "this instruction is reached")
        self.chip.send(STATE, [self.clk + 1, next_pc], self.is_real, "the next instruction is reached")


@dataclass(frozen=True, slots=True)
class Register:
    """A register that an instruction accesses: its number, value before, and time of its previous access."""

    name: str
    index: Expression
    value: Word
    before: Expression

    @classmethod
    def columns(cls, chip: Chip, name: str) -> Register:
        """Declare its columns."""
        return cls(
            name,
            chip.column(f"{name}_index", f"number of register {name}"),
            chip.word(name, f"the value of {name} before"),
            chip.column(f"{name}_before", f"time of the previous access of {name}"),
        )

    def read_as_source(self, step: Step, active: Expression) -> None:
        """Prove the value at time 2 clk."""
        access_register(
            step.chip,
            self.index,
            self.value,
            self.value,
            before=self.before,
            now=2 * step.clk,
            active=active,
            name=f"source {self.name}",
        )

    def write_as_destination(
        self, step: Step, new: Sequence[Expression | int], active: Expression | None = None
    ) -> None:
        """Prove the value before time 2 clk + 1, and replace it by `new` (limbs below 2^16)."""
        active = step.is_real if active is None else active
        now = 2 * step.clk + 1
        access_register(
            step.chip,
            self.index,
            self.value,
            new,
            before=self.before,
            now=now,
            active=active,
            name=f"destination {self.name}",
        )

    def read_as_destination(self, step: Step, active: Expression | None = None) -> None:
        """Prove the value at time 2 clk + 1.

        The time is not 2 clk, because an instruction may name the same register twice, and no cell is
        accessed twice at the same time.
        """
        self.write_as_destination(step, self.value, active)


def operand(step: Step, is_register: Expression) -> tuple[Register, tuple[Expression, ...]]:
    """Operand b, a register or an immediate.

    Returns its columns, and the immediate that the program table must hold.
    """
    source = Register.columns(step.chip, "b")
    source.read_as_source(step, is_register)
    return source, tuple((1 - is_register) * limb for limb in source.value)


def pack(flags: Mapping[str, Expression]) -> Expression:
    """The flags field of a program message: flag number i has weight 2^i.

    Each flag must be boolean, so that the sum determines all of them.
    """
    return sum(
        (column * 2**position for position, column in enumerate(flags.values())),
        start=next(iter(flags.values())) * 0,
    )
