"""Everything that the code base knows about an opcode, for `solproof opcode` and for the reference.

The facts come from the opcode table, the registry, the circuit and the source files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import solproof
from solproof.accesses.program import FamilyCode
from solproof.air.bus import PROGRAM
from solproof.air.chip import Chip
from solproof.circuit.instructions.family import Family
from solproof.circuit.instructions.registry import EXECUTORS, FAMILY_OF, MODULES
from solproof.circuit.registry import CIRCUIT
from solproof.isa import semantics
from solproof.isa.meanings import meanings, rule_of
from solproof.isa.opcodes import OPCODES, Action, Form, Opcode
from solproof.statement.system import default_system

Fields = dict[str, Any]
PACKAGE = Path(solproof.__file__).parent
COMPUTE_UNITS = 1
"""Compute units of every instruction."""


def describe(row: Opcode) -> Fields:
    """One row of the opcode table with all facts about it, in the form of the JSON output."""
    family = FAMILY_OF[row]
    chips = chips_of(row, family)
    return {
        "mnemonic": row.mnemonic,
        "code": f"{row.code:#04x}",
        "versions": sorted(row.versions),
        "operands": row.format.operands,
        "meanings": [
            {"versions": sorted(versions), "meaning": text} for versions, text in meanings(row).items()
        ],
        "rule": rule_of(row),
        "compute_units": COMPUTE_UNITS,
        "places": places(row, family, chips),
        "chips": [_chip_fields(chip) for chip in chips],
    }


def cost_text(row: Opcode) -> str:
    """The compute units of an instruction, in words."""
    return (
        f"{COMPUTE_UNITS}, plus the cost of the syscall" if row.action is Action.CALL else str(COMPUTE_UNITS)
    )


def costs() -> list[Fields]:
    """The cost of a row of each chip that executes instructions, and the instructions that it executes."""
    taken: dict[str, list[str]] = {}
    for row in OPCODES:
        for chip in chips_of(row, FAMILY_OF[row]):
            taken.setdefault(chip.name, []).append(row.mnemonic)
    return [
        {"name": chip.name, "cells_per_row": cells(chip), "mnemonics": taken[chip.name]}
        for chip in CIRCUIT.chips
        if chip.name in taken
    ]


def chips_of(row: Opcode, family: Family) -> list[Chip]:
    """The chips that take the instruction from the program bus.

    They are its family's executors, and other chips that name its code.
    """
    codes = {*family.codes, *((FamilyCode.SYSCALL,) if row.action is Action.CALL else ())}
    own = [executor.chip for executor in family.executors]
    others = [chip for chip in CIRCUIT.chips if codes & set(_fetched_codes(chip))]
    return own + [chip for chip in others if not any(chip is mine for mine in own)]


def places(row: Opcode, family: Family, chips: list[Chip]) -> dict[str, list[str]]:
    """Paths and lines, for each part of an opcode's life."""
    file = _file(home(family))
    fills = [executor.fill for executor in EXECUTORS if any(executor.chip is chip for chip in chips)]
    return {
        "defined": [_defined(row)],
        "encoded": [_function(family.encode)],
        "executed": _executed(row),
        "constrained": [_constrained(chip) for chip in chips],
        "filled": [_function(fill) for fill in fills],
        "tested": [f"tests/circuit/instructions/test_{file.name}"],
    }


def home(family: Family) -> ModuleType:
    """The module that defines a family."""
    return next(module for module in MODULES if any(item is family for item in module.FAMILIES))


def _file(module: ModuleType) -> Path:
    assert module.__file__ is not None
    return Path(module.__file__)


def _defined(row: Opcode) -> str:
    """The line of the opcode table, where a row begins with its code and its name or stem."""
    pattern = rf'^    \w+\(0x{row.code:02X}, "({row.name}|{row.stem})"'
    return _found_in([PACKAGE / "isa/opcodes.py"], f"(?m){pattern}")


def _executed(row: Opcode) -> list[str]:
    """The functions that compute the new value or the condition. V2 may have its own.

    For other opcodes, the place where the machine executes the instruction.
    """
    versions = sorted(row.versions)
    functions: list[Callable[..., Any]] = []
    if row.action is Action.COMPUTE:
        functions = [semantics.binary(row, version) for version in versions]
    elif row.action is Action.JUMP and row.form is not Form.NONE:
        functions = [semantics.condition(row, version) for version in versions]
    if functions:
        return [_function(function) for function in dict.fromkeys(functions)]
    return [_found_in([PACKAGE / "vm/machine.py"], rf"case Action\.{row.action.name}\b")]


def _constrained(chip: Chip) -> str:
    """The line that creates a chip."""
    return _found_in((PACKAGE / "circuit").rglob("*.py"), rf'Chip\(\s*"{chip.name}"')


def _fetched_codes(chip: Chip) -> Iterator[FamilyCode]:
    """The family numbers with which a chip queries the program table."""
    position = PROGRAM.fields.index("family")
    for interaction in chip.interactions:
        value = interaction.fields[position].constant_value() if interaction.bus is PROGRAM else None
        if value:
            yield FamilyCode(value)


# PLACES


def _place(path: Path, line: int) -> str:
    return f"src/solproof/{path.relative_to(PACKAGE).as_posix()}:{line}"


def _function(function: Callable[..., Any]) -> str:
    code = function.__code__
    return f"{_place(Path(code.co_filename), code.co_firstlineno)} {function.__name__}".replace(
        " <lambda>", ""
    )


def _found_in(paths: Iterable[Path], pattern: str) -> str:
    """The first place in some source files where a pattern occurs. Raises LookupError if it does not."""
    for path in sorted(paths):
        source = path.read_text(encoding="utf-8")
        match = re.search(pattern, source)
        if match:
            return _place(path, source.count("\n", 0, match.start()) + 1)
    raise LookupError(f"no source has {pattern}")


# CHIPS


def _chip_fields(chip: Chip) -> Fields:
    return {
        "name": chip.name,
        "claim": chip.claim,
        "cells_per_row": cells(chip),
        "columns": [{"name": note.name, "formula": note.formula} for note in chip.main],
        "constraints": [{"name": item.name, "degree": item.expression.degree} for item in chip.constraints],
        "interactions": [
            {"bus": item.bus.name, "role": item.role.value, "name": item.name} for item in chip.interactions
        ],
    }


def cells(chip: Chip) -> dict[str, int]:
    """Field elements of a row that the prover commits to."""
    widths = default_system().widths()[CIRCUIT.number(chip)]
    return {"main": widths.main, "auxiliary": widths.auxiliary}
