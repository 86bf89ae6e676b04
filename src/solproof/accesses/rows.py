"""The input of a chip's `fill`: some steps of a run, with all their data as arrays."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.calls import Calls
from solproof.accesses.memory import available, skips_hole
from solproof.accesses.program import FamilyCode


class Rows:
    """Steps of an execution. Every property is an array over the steps.

    `a` is the destination register before the instruction. `b` is the operand. `c` is the value that the
    instruction wrote or stored.
    """

    def __init__(self, log: AccessLog, steps: Integers) -> None:
        self._log = log
        self._steps = steps

    @classmethod
    def of(cls, log: AccessLog, codes: tuple[FamilyCode, ...]) -> Rows:
        """The steps whose instruction has one of the given codes."""
        return cls(log, np.flatnonzero(np.isin(log.codes, codes)))

    def __len__(self) -> int:
        return len(self._steps)

    def where(self, mask: Flags) -> Rows:
        """The rows at which the mask is set."""
        return Rows(self._log, self._steps[mask])

    # THE INSTRUCTION

    @property
    def clk(self) -> Integers:
        """Instruction number, from 1."""
        return self._steps + 1

    @cached_property
    def pc(self) -> Integers:
        """Slot."""
        return self._log.trace.pc[self._steps]

    @property
    def destination(self) -> Integers:
        """Number of the destination register."""
        return self._log.program.destination[self.pc]

    @property
    def source(self) -> Integers:
        """Number of the source register, 0 for an immediate."""
        return self._log.program.source[self.pc]

    @property
    def offset(self) -> Integers:
        """Distance of a jump, or offset of an address."""
        return self._log.program.offset[self.pc]

    @cached_property
    def flags(self) -> Integers:
        """Flags of the family."""
        return self._log.program.flags[self.pc]

    @cached_property
    def is_register(self) -> Flags:
        """Whether operand b is a register."""
        return self._log.program.reads_source[self.pc]

    @property
    def slots(self) -> int:
        """How many slots the program has."""
        return len(self._log.program.code)

    @property
    def text_address(self) -> int:
        """Address of slot 0."""
        return self._log.program.text_address

    # REGISTERS

    @cached_property
    def a(self) -> Values:
        """The destination register before the instruction."""
        return self._log.registers.accesses.value[:, 1][self._steps]

    @cached_property
    def b(self) -> Values:
        """Operand b: the source register or the immediate."""
        register = self._log.registers.accesses.value[:, 0][self._steps]
        return np.where(self.is_register, register, self._log.program.immediate[self.pc])

    @cached_property
    def c(self) -> Values:
        """The value that the instruction wrote to its destination or stored."""
        return self._log.trace.value[self._steps]

    @property
    def a_before(self) -> Integers:
        """Time of the previous access of the destination register."""
        return self._log.registers.accesses.before[:, 1][self._steps]

    @property
    def b_before(self) -> Integers:
        """Time of the previous access of the source register, 0 for an immediate."""
        return self._log.registers.accesses.before[:, 0][self._steps]

    # MEMORY

    @cached_property
    def _access(self) -> Integers:
        return self._log.memory.access_of_step[self._steps]

    @cached_property
    def size(self) -> Integers:
        """Bytes loaded or stored."""
        return self._log.program.size[self.pc]

    @cached_property
    def address(self) -> Values:
        """Address of the first byte."""
        return self._log.trace.address[self._access]

    @cached_property
    def first_word(self) -> Values:
        """The word that holds the first byte, before the access."""
        return self._log.trace.first_word[self._access]

    @property
    def second_word(self) -> Values:
        """The next word in physical memory, before the access."""
        return self._log.trace.second_word[self._access]

    @property
    def first_after(self) -> Values:
        """The word that holds the first byte, after the access."""
        return self._log.memory.pair.first_after[self._access]

    @property
    def second_after(self) -> Values:
        """The next word in physical memory, after the access."""
        return self._log.memory.pair.second_after[self._access]

    @property
    def first_before(self) -> Integers:
        """Time of the previous access of the first word."""
        return self._log.memory.pair.first_before[self._access]

    @property
    def second_before(self) -> Integers:
        """Time of the previous access of the second word. Meaningful only if the access reaches that word."""
        return self._log.memory.pair.second_before[self._access]

    @cached_property
    def _region(self) -> Integers:
        return (self.address >> np.uint64(32)).astype(np.int64)

    @cached_property
    def _index(self) -> Integers:
        return (self.address & np.uint64(0xFFFF_FFFF)).astype(np.int64) >> 3

    @property
    def is_writable(self) -> Flags:
        """Whether stores to the words are allowed."""
        writable: Flags = self._region != self._log.layout.image_region
        return writable

    @property
    def first_available(self) -> Integers:
        """How many bytes of the first word exist."""
        return available(self._log.layout, self._region, self._index)

    @property
    def second_available(self) -> Integers:
        """How many bytes of the second word exist."""
        return available(self._log.layout, self._region, self._index + 1)

    @property
    def skips_hole(self) -> Flags:
        """Whether the second word is in the next frame of the stack."""
        return skips_hole(self._log.layout, self._region, self._index)

    # CALLS

    @property
    def calls(self) -> Calls:
        """The calls of the whole execution. They are the rows of the call table."""
        return self._log.registers.calls
