"""`solproof opcode`: the life of an opcode, read off the registry and the sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click

import solproof
from solproof import _engine
from solproof.air.bus import PROGRAM
from solproof.air.chip import Chip
from solproof.circuit import CIRCUIT
from solproof.cli.options import json_option
from solproof.cli.show import Fields, aligned, print_json, print_lines
from solproof.errors import InputError
from solproof.families import semantics
from solproof.families.family import Code, Family
from solproof.families.registry import BY_MNEMONIC, EXECUTORS, MODULES
from solproof.isa.opcodes import OPCODES, Opcode

EXAMPLE = """\b
Examples:
  solproof opcode 0x0f
  solproof opcode ADD64_REG --json
  solproof opcode
"""
PACKAGE = Path(solproof.__file__).parent


@click.command(epilog=EXAMPLE)
@click.argument("code", metavar="[CODE]", required=False)
@json_option
def opcode(code: str | None, as_json: bool) -> None:
    """Show where an opcode is defined, executed, constrained and tested.

    CODE is a number from 0 to 255, such as 0x0f, or a mnemonic, such as ADD64_REG. A number that means
    different things in different sBPF versions shows them all. Places are paths in the repository with line
    numbers. Without CODE: what an instruction of each chip costs to prove, in field elements.
    """
    if code is None:
        found = costs()
        if as_json:
            print_json({"chips": found})
        else:
            print_lines(_cost_lines(found))
        return
    described = [describe(row) for row in find(code)]
    if as_json:
        print_json({"opcodes": described})
    else:
        print_lines([line for fields in described for line in (*_lines(fields), "")][:-1])


def find(text: str) -> list[Opcode]:
    """The rows of a code or mnemonic; raises `InputError` when there are none."""
    rows = [row for row in OPCODES if row.mnemonic == text.upper()]
    if rows:
        return rows
    try:
        code = int(text, 0)
    except ValueError:
        raise InputError(
            f"opcode {text}: expected a number such as 0x0f or a mnemonic such as ADD64_REG"
        ) from None
    rows = [row for row in OPCODES if row.code == code]
    if not rows:
        raise InputError(f"opcode {text}: not an instruction of any sBPF version")
    return rows


def describe(row: Opcode) -> Fields:
    """One row of the opcode table with everything that the code base says of it."""
    family = BY_MNEMONIC[row.mnemonic]
    chips = chips_of(row, family)
    return {
        "mnemonic": row.mnemonic,
        "code": f"{row.code:#04x}",
        "versions": sorted(row.versions),
        "operands": row.format.value,
        "compute_units": 1,
        "places": places(row, family, chips),
        "chips": [_chip_fields(chip) for chip in chips],
    }


def costs() -> list[Fields]:
    """What a row of each chip that executes instructions costs, and which instructions it executes."""
    taken: dict[str, list[str]] = {}
    for row in OPCODES:
        for chip in chips_of(row, BY_MNEMONIC[row.mnemonic]):
            taken.setdefault(chip.name, []).append(row.mnemonic)
    return [
        {"name": chip.name, "cells_per_row": _cells(chip), "mnemonics": taken[chip.name]}
        for chip in CIRCUIT.chips
        if chip.name in taken
    ]


def _cost_lines(found: list[Fields]) -> list[str]:
    pairs = []
    for chip in found:
        stems = dict.fromkeys(re.sub("_(IMM|REG)$", "", mnemonic) for mnemonic in chip["mnemonics"])
        cells = sum(chip["cells_per_row"].values())
        pairs.append((f"{chip['name']:<16}{cells:>4} cells", ", ".join(stems)))
    return aligned(pairs)


def chips_of(row: Opcode, family: Family) -> list[Chip]:
    """The chips that take the instruction from the program bus: its family's executors, and others that name
    its code.
    """
    codes = {*family.codes, *((Code.SYSCALL,) if row.mnemonic == "CALL_IMM" else ())}
    own = [executor.chip for executor in family.executors]
    others = [chip for chip in CIRCUIT.chips if codes & set(_fetched_codes(chip))]
    return own + [chip for chip in others if not any(chip is mine for mine in own)]


def places(row: Opcode, family: Family, chips: list[Chip]) -> dict[str, list[str]]:
    """Paths and lines by part of an opcode's life."""
    home = _home(family)
    fills = [executor.fill for executor in EXECUTORS if any(executor.chip is chip for chip in chips)]
    return {
        "defined": [_found(PACKAGE / "isa/opcodes.py", f'"{row.mnemonic}"')],
        "encoded": [_function(family.encode)],
        "executed": _executed(row, home),
        "constrained": [_constrained(chip) for chip in chips],
        "filled": [_function(fill) for fill in fills],
        "tested": [f"tests/families/test_{home.name}"],
    }


def _home(family: Family) -> Path:
    """The module that defines a family."""
    files = [module.__file__ for module in MODULES if any(item is family for item in module.FAMILIES)]
    assert files[0] is not None
    return Path(files[0])


def _executed(row: Opcode, home: Path) -> list[str]:
    """The functions of the new value or of the condition, of which V2 may have its own, or where the machine
    treats the instruction itself.
    """
    stem = row.mnemonic.removesuffix("_IMM").removesuffix("_REG")
    if stem in semantics.CONDITIONS:
        return [_function(semantics.CONDITIONS[stem])]
    if row.mnemonic.startswith(("LD_", "ST_")) and row.mnemonic != "LD_DW_IMM":
        return [_found(home, f'"{stem}":')]
    try:
        functions = [semantics.binary(row.mnemonic, version) for version in sorted(row.versions)]
    except KeyError:
        return [_found_in((PACKAGE / "vm").glob("*.py"), f'"{row.mnemonic}"')]
    return [_function(function) for function in dict.fromkeys(functions)]


def _constrained(chip: Chip) -> str:
    """The line that makes a chip."""
    modules = [*(PACKAGE / "families").glob("*.py"), *(PACKAGE / "tables").glob("*.py")]
    return _found_in(modules, rf'Chip\(\s*"{chip.name}"')


def _fetched_codes(chip: Chip) -> Iterator[Code]:
    """The family numbers that a chip asks the program table for by name."""
    for interaction in chip.interactions:
        value = interaction.fields[1].constant_value() if interaction.bus is PROGRAM else None
        if value:
            yield Code(value)


# PLACES


def _place(path: Path, line: int) -> str:
    return f"src/solproof/{path.relative_to(PACKAGE).as_posix()}:{line}"


def _function(function: Callable[..., Any]) -> str:
    code = function.__code__
    return f"{_place(Path(code.co_filename), code.co_firstlineno)} {function.__name__}".replace(
        " <lambda>", ""
    )


def _found(path: Path, pattern: str) -> str:
    return _found_in([path], pattern)


def _found_in(paths: Iterable[Path], pattern: str) -> str:
    """The first place in some sources where a pattern occurs; raises LookupError when it does not."""
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
        "cells_per_row": _cells(chip),
        "columns": [{"name": note.name, "formula": note.formula} for note in chip.main],
        "constraints": [{"name": item.name, "degree": item.expression.degree} for item in chip.constraints],
        "interactions": [
            {"bus": item.bus.name, "role": item.role.value, "name": item.name} for item in chip.interactions
        ],
    }


def _cells(chip: Chip) -> dict[str, int]:
    """Field elements of a row, committed by the prover."""
    return {"main": chip.width, "auxiliary": _auxiliary_widths()[CIRCUIT.number(chip)]}


@cache
def _auxiliary_widths() -> list[int]:
    return _engine.auxiliary_width(CIRCUIT.to_bytes())


def _lines(fields: Fields) -> list[str]:
    versions = ", ".join(f"V{version}" for version in fields["versions"])
    cost = "1, and what the syscall takes" if fields["mnemonic"] == "CALL_IMM" else "1"
    lines = [f"{fields['code']}  {fields['mnemonic']}"]
    pairs = [("versions", versions), ("operands", fields["operands"]), ("compute units", cost)]
    for part, found in fields["places"].items():
        pairs += [(part if position == 0 else "", place) for position, place in enumerate(found)]
    lines += aligned(pairs)
    for chip in fields["chips"]:
        cells = chip["cells_per_row"]
        total = cells["main"] + cells["auxiliary"]
        lines += ["", f"chip {chip['name']}: {chip['claim']}"]
        lines += [f"  {total} cells a row: {cells['main']} main, {cells['auxiliary']} auxiliary"]
        lines += ["  columns"]
        lines += [
            f"    {line}" for line in aligned([(note["name"], note["formula"]) for note in chip["columns"]])
        ]
        lines += ["  constraints, with their degrees"]
        lines += [f"    {item['degree']}  {item['name']}" for item in chip["constraints"]]
        lines += ["  interactions"]
        uses = [(f"{item['role']} {item['bus']}", item["name"]) for item in chip["interactions"]]
        lines += [f"    {line}" for line in aligned(uses)]
    return lines
