"""docs/prover.md: the instruction in its example is in the demo's witness, with the values shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from solproof._native import prover
from solproof.accesses.table import split_heights
from solproof.air.bus import ALL_BUSES
from solproof.air.check import evaluator
from solproof.air.chip import Interaction
from solproof.circuit.instructions.arithmetic import FAMILIES
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.demo import programs, scenario
from solproof.execution.execute import Execution, execute
from solproof.profile.cells import cells_per_row
from solproof.profile.profile import profile_execution
from solproof.proving.check import witness_of
from solproof.proving.witness import Instance, Witness
from solproof.tracing.constraints import COUNTERPARTS
from solproof.tracing.steps import trace

PAGE = (Path(__file__).resolve().parents[2] / "docs/prover.md").read_text()
CLK = 71
CHIP = FAMILIES[0].executors[0].chip
INSTRUCTIONS = [executor.chip for executor in EXECUTORS]
PROGRAMS = (programs.p_token, programs.classic_token)


def says(sentence: str) -> bool:
    """Whether the page contains these words, wherever its lines end."""
    return sentence in " ".join(PAGE.split())


@cache
def execution() -> Execution:
    """The Transfer of the demo, by p-token."""
    return execute(scenario.transfer(programs.p_token()))


@cache
def witness() -> Witness:
    """The tables of the Transfer."""
    return witness_of(execution())


def row_of_the_example() -> tuple[Instance, int]:
    """The table and the row that execute the instruction."""
    (table,) = (instance for instance in witness().instances if instance.chip is CHIP)
    (row,) = np.flatnonzero(table.main[:, CHIP.index("clk")] == CLK)
    return table, int(row)


def messages(instance: Instance) -> Iterator[tuple[int, Interaction, tuple[int, ...]]]:
    """Every message of a table: the row, the interaction, and the fields."""
    values = evaluator(instance)
    for interaction in instance.chip.interactions:
        fields = [values.column(part) for part in interaction.fields]
        for row in np.flatnonzero(values.column(interaction.multiplicity)):
            yield int(row), interaction, tuple(int(column[row]) for column in fields)


def columns() -> list[str]:
    """The page's table of columns. The limbs of a word are on one line, little-endian."""
    table, row = row_of_the_example()
    cells = dict(zip((note.name for note in CHIP.main), table.main[row].tolist(), strict=True))
    lines = []
    for note in CHIP.main:
        stem, _, limb = note.name.rpartition("_")
        if limb in ("1", "2", "3"):
            continue
        if limb == "0":
            limbs = ", ".join(str(cells[f"{stem}_{position}"]) for position in range(4))
            formula = note.formula.removeprefix("limb 0 of ")
            lines.append(f"| `{stem}_0` to `{stem}_3` | {limbs} | {formula}, in limbs |")
        else:
            lines.append(f"| `{note.name}` | {cells[note.name]} | {note.formula} |")
    return lines


def spoken() -> list[str]:
    """The page's table of messages, each with the row on the other side."""
    table, row = row_of_the_example()
    others = {
        (interaction.bus, interaction.role, message): (instance, other)
        for instance in witness().instances
        for other, interaction, message in messages(instance)
    }
    lines = []
    for at, interaction, message in messages(table):
        if at != row:
            continue
        bus, role = interaction.bus, interaction.role
        instance, other = others[bus, COUNTERPARTS[role], message]
        where = f"row {other}"
        if instance.chip in INSTRUCTIONS:
            where = f"instruction {instance.main[other, instance.chip.index('clk')]}"
        fields = ", ".join(map(str, message))
        lines.append(
            f"| {interaction.name} | {bus.name} | {role.value} | {fields} | `{instance.chip.name}`, {where} |"
        )
    return lines


def costs() -> list[str]:
    """The page's table of cells."""
    found = [profile_execution(execute(scenario.transfer(elf()))) for elf in PROGRAMS]

    def line(name: str, values: list[float], digits: int = 0) -> str:
        return f"| {name} | {' | '.join(f'{value:,.{digits}f}' for value in values)} |"

    own = [each.total.cells for each in found]
    padding = [each.padding_cells for each in found]
    instructions = [each.total.instructions for each in found]
    return [
        "| | Transfer, p-token | Transfer, SPL Token 3.5.0 |",
        "|---|---|---|",
        line("instructions", list(instructions)),
        line("cells of the rows of instructions and syscalls", list(own)),
        line(
            "the same cells for each instruction", [a / b for a, b in zip(own, instructions, strict=True)], 1
        ),
        line("padding up to powers of two", list(padding)),
        line(
            "executed slots, input, stack and heap, registers, start and end",
            [each.frame_cells for each in found],
        ),
        line("`lookup`, for every proof", [each.proof_cells for each in found]),
    ]


def test_the_row() -> None:
    table, row = row_of_the_example()
    assert says(f"Its row in the table `{table.chip.name}`, which is row {row} there")
    step = next(islice(trace(execution()), CLK - 1, None))
    assert says(f"slot {step.pc}: {step.assembly}")
    assert "\n".join(columns()) in PAGE


def test_the_constraints() -> None:
    names = [constraint.name for constraint in CHIP.constraints]
    shown = re.findall(r"^\| (.*? is 0 (?:or 1|on padding)) \| `?[a-z]", PAGE, re.MULTILINE)
    assert shown == names
    assert max(constraint.expression.degree for constraint in CHIP.constraints) == 2
    table, row = row_of_the_example()
    values = evaluator(table)
    assert [int(values.column(constraint.expression)[row]) for constraint in CHIP.constraints] == [0] * 7


def test_the_messages() -> None:
    assert len(CHIP.interactions) == 13
    assert "\n".join(spoken()) in PAGE


def test_a_carry() -> None:
    balance, amount = scenario.SOURCE_AMOUNT, scenario.TRANSFER_AMOUNT
    total = balance % 2**16 + amount % 2**16
    assert says(f"250,000,000 before ({balance >> 16:,} · 2^16 + {balance % 2**16:,})")
    assert says(
        f"limb 0 would add up to {total:,}, c_0 would be {total % 2**16:,} and its carry {total >> 16}"
    )
    assert says(f"{amount:,} = {amount >> 16} · 2^16 + {amount % 2**16:,}")


def test_cells() -> None:
    assert "\n".join(costs()) in PAGE
    per_row = cells_per_row()
    assert per_row["add"] == 21 + 32
    for name, sentence in (
        ("move", "{} field elements for a move"),
        ("add", "{} for an addition"),
        ("divide", "{} for a division"),
        ("store_unaligned", "{} for a store to an unaligned address"),
        ("syscall", "{} cells for a call"),
        ("event_word", "and {} for each word that it lists"),
        ("lookup", "{} cells for each of its 16,384 rows"),
    ):
        assert says(sentence.format(per_row[name])), name


def test_heights() -> None:
    rows = split_heights(1247)
    assert rows == [1024, 256]
    assert says("the 1,247 rows of `add` stand in tables of 1,024 and 256 rows")
    given = scenario.transfer(programs.classic_token())
    tables = [len(each.main) for each in witness_of(execute(given)).instances if each.chip is CHIP]
    assert tables == rows


def test_parameters() -> None:
    parameters = json.loads(prover.parameters_default())
    grinding = parameters["grinding"]
    assert parameters["log_blowup"] == 1
    assert parameters["max_log_arity"] == 3
    assert parameters["log_final_polynomial_length"] == parameters["cap_height"] == 0
    assert says(f"FRI with blowup 2, {parameters['queries']} queries, folding by up to 8, down to a constant")
    assert says(
        f"{grinding['lookup']} bits before the lookup challenges and the out-of-domain point, "
        f"{grinding['batch']} before the batching challenge, {grinding['commit']} before each folding, "
        f"{grinding['query']} before the queries"
    )
    assert grinding["out_of_domain"] == grinding["lookup"]


def test_figures_of_the_guest() -> None:
    """The figures equal those of zisk.md, which its own test checks."""
    zisk = (Path(__file__).resolve().parents[2] / "docs/zisk.md").read_text()
    (steps, for_each) = re.findall(
        r"^\| p-token \| Transfer \|.*\| ([\d.]+) \| ([\d,]+) \|$", zisk, re.MULTILINE
    )[0][::-1]
    assert says(f"takes {steps} RISC-V steps")
    assert says(f"takes {float(for_each):.0f} steps, of which interpretation alone takes 12 to 16")
    assert "interpretation alone takes 12 to 16 steps" in zisk


def test_every_bus_is_shown() -> None:
    section = PAGE.partition("Rows of different tables")[2].partition("lists the chips on both sides")[0]
    for bus in ALL_BUSES:
        assert f"`{bus.name}`" in section


if __name__ == "__main__":
    print("\n".join(columns()), "\n".join(spoken()), "\n".join(costs()), sep="\n\n")
