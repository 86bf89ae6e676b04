"""Every family, and every chip that executes instructions."""

from __future__ import annotations

from solproof.circuit.instructions import (
    arithmetic,
    bitwise,
    call,
    divide,
    endian,
    jump,
    load,
    move,
    multiply,
    shift,
    store,
)
from solproof.circuit.instructions.family import Executor, Family
from solproof.isa.opcodes import Opcode

MODULES = (arithmetic, move, bitwise, shift, multiply, divide, endian, jump, load, store, call)
FAMILIES: tuple[Family, ...] = tuple(family for module in MODULES for family in module.FAMILIES)
EXECUTORS: tuple[Executor, ...] = tuple(executor for family in FAMILIES for executor in family.executors)
FAMILY_OF: dict[Opcode, Family] = {row: family for family in FAMILIES for row in family.opcodes}
