"""The pages of the chips and the buses."""

from __future__ import annotations

from collections.abc import Iterable

from solproof.air.bus import Kind
from solproof.air.chip import Chip, ColumnNote
from solproof.circuit.registry import CIRCUIT
from solproof.reference.markdown import heading, table
from solproof.statement.system import default_system


def chips_page() -> str:
    """The page of the chips: claims, columns with formulas, constraints with degrees, interactions."""
    lines = heading(
        "Chips",
        "Every table of a proof: what it proves, its columns, its constraints, its messages to the "
        "[buses](buses.md).",
        "the circuit (`src/solproof/circuit/registry.py`)",
    )
    lines += [
        "The cells of a row are field elements: its columns, and the auxiliary columns of its interactions.",
        "The prover fills `main` columns, `preprocessed` columns belong to the key, and "
        "`public` columns belong to the statement.",
        "",
    ]
    lines += table(
        (
            "chip",
            "cells a row",
            "columns",
            "preprocessed",
            "public",
            "constraints",
            "degree",
            "interactions",
        ),
        (
            (
                f"[{chip.name}](#{chip.name})",
                width.main + width.auxiliary,
                chip.width,
                len(chip.preprocessed_columns),
                len(chip.public_columns),
                len(chip.constraints),
                degree(chip),
                len(chip.interactions),
            )
            for chip, width in zip(CIRCUIT.chips, default_system().widths(), strict=True)
        ),
    )
    for chip in CIRCUIT.chips:
        lines += ["", *_chip(chip)]
    return "\n".join(lines) + "\n"


def buses_page() -> str:
    """The page of the buses: their messages, and the chips on each side."""
    lines = heading(
        "Buses",
        "The messages between the [chips](chips.md): their fields, and the chips that send, receive, provide "
        "or query them.",
        "the circuit (`src/solproof/circuit/registry.py`)",
    )[:-1]
    for bus in CIRCUIT.buses:
        rule = (
            "Every message that is sent is received, exactly once."
            if bus.kind is Kind.PERMUTATION
            else "Every queried message is in the table of the single chip that provides messages."
        )
        lines += ["", f"## {bus.name}", "", f"{bus.kind.value.capitalize()}. {rule}", ""]
        lines += ["Message: " + ", ".join(bus.fields) + ".", ""]
        rows = []
        for chip in CIRCUIT.chips:
            sides: dict[str, list[str]] = {}
            for interaction in chip.interactions:
                if interaction.bus is bus:
                    sides.setdefault(interaction.role.value, []).append(interaction.name)
            name = f"[{chip.name}](chips.md#{chip.name})"
            rows += [(name, side, "; ".join(names)) for side, names in sides.items()]
        lines += table(("chip", "side", "messages"), rows)
    return "\n".join(lines) + "\n"


def degree(chip: Chip) -> int:
    """The highest degree of a chip's constraints, 0 if it has no constraints."""
    return max((constraint.expression.degree for constraint in chip.constraints), default=0)


def _chip(chip: Chip) -> list[str]:
    lines = [f"## {chip.name}", "", chip.claim, ""]
    kinds: tuple[tuple[str, Iterable[ColumnNote]], ...] = (
        ("main", chip.main),
        ("preprocessed", chip.preprocessed_columns),
        ("public", chip.public_columns),
    )
    lines += table(
        ("column", "kind", "formula"),
        ((note.name, kind, note.formula) for kind, notes in kinds for note in notes),
    )
    if chip.constraints:
        lines += [
            "",
            *table(
                ("constraint", "degree"), ((each.name, each.expression.degree) for each in chip.constraints)
            ),
        ]
    lines += [
        "",
        *table(
            ("interaction", "bus", "side"),
            (
                (each.name, f"[{each.bus.name}](buses.md#{each.bus.name})", each.role.value)
                for each in chip.interactions
            ),
        ),
    ]
    return lines
