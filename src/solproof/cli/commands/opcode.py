"""`solproof opcode`: the places of an opcode, found in the registry and the sources."""

from __future__ import annotations

import click

from solproof.cli.terminal.options import json_option
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.errors import InputError
from solproof.isa.disassemble import assembly_name
from solproof.isa.opcodes import OPCODES, Opcode, by_mnemonic
from solproof.reference.opcodes import cost_text, costs, describe

EXAMPLE = """\b
Examples:
  solproof opcode 0x0f
  solproof opcode ADD64_REG --json
  solproof opcode
"""


@click.command(epilog=EXAMPLE)
@click.argument("code", metavar="[CODE]", required=False)
@json_option
def opcode(code: str | None, as_json: bool) -> None:
    """Show where an opcode is defined, run, constrained and tested.

    CODE is a number from 0 to 255 (such as 0x0f), a mnemonic (such as ADD64_REG), or a name in assembly (such
    as add64, which can stand for several opcodes). If a number has different meanings in different sBPF
    versions, all meanings are shown. Places are paths in the repository with line numbers. Without CODE, the
    command prints the cost to prove one instruction of each chip, in field elements.
    """
    if code is None:
        found = costs()
        if as_json:
            print_json({"chips": found})
        else:
            print_lines(_cost_lines(found))
        return
    rows = find(code)
    if as_json:
        print_json({"opcodes": [describe(row) for row in rows]})
    else:
        print_lines([line for row in rows for line in (*_lines(row), "")][:-1])


def find(text: str) -> list[Opcode]:
    """The opcodes with a code, a mnemonic or a name in assembly. Raises `InputError` if there are none."""
    rows = [row for row in OPCODES if row.mnemonic == text.upper()]
    rows = rows or [row for row in OPCODES if assembly_name(row) == text.lower()]
    if rows:
        return rows
    try:
        code = int(text, 0)
    except ValueError:
        raise InputError(
            f"opcode {text}: expected a number such as 0x0f, a mnemonic such as ADD64_REG or add64"
        ) from None
    rows = [row for row in OPCODES if row.code == code]
    if not rows:
        raise InputError(f"opcode {text}: not an instruction of any sBPF version")
    return rows


def _cost_lines(found: list[Fields]) -> list[Line]:
    pairs = []
    for chip in found:
        stems = dict.fromkeys(by_mnemonic(mnemonic).stem for mnemonic in chip["mnemonics"])
        cells = sum(chip["cells_per_row"].values())
        pairs.append((f"{chip['name']:<16}{cells:>4} cells", ", ".join(stems)))
    return aligned(pairs)


def _lines(row: Opcode) -> list[Line]:
    fields = describe(row)
    lines: list[Line] = [f"{fields['code']}  {fields['mnemonic']}"]
    pairs = [
        ("versions", _versions(fields)),
        ("operands", fields["operands"]),
        ("compute units", cost_text(row)),
    ]
    several = len(fields["meanings"]) > 1
    pairs += [
        (
            "" if position else "meaning",
            f"{_versions(each)}: {each['meaning']}" if several else each["meaning"],
        )
        for position, each in enumerate(fields["meanings"])
    ]
    pairs += [("changed by", fields["rule"])] if fields["rule"] else []
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


def _versions(fields: Fields) -> str:
    return ", ".join(f"V{version}" for version in fields["versions"])
