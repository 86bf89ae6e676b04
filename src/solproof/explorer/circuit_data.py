"""The circuit and the witness in the form that the page needs: expressions, and rows that execute steps.

The page evaluates the constraints of a step when it shows the step. For this it has the chip's own
expressions, node by node, and the cells of the row. So it shows what `solproof trace --constraints` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.air.chip import Chip
from solproof.explorer.container import Container
from solproof.proving.witness import Instance
from solproof.tracing.constraints import Constraints, StepTable
from solproof.tracing.messages import Executed, Reading, looks_at_neighbours, reading_of
from solproof.tracing.shapes import formula, shape_of

Fields = dict[str, Any]
MAXIMUM_BITS = 15


def describe_circuit(constraints: Constraints, frames: int, container: Container) -> Fields:
    """Add the rows of all steps to a container. Returns the fields of the circuit in its header.

    frames: how many frames the execution has. They share the descriptions of the chips.
    """
    chips: dict[str, Fields] = {}
    described = []
    for frame in range(frames):
        tables = []
        for position, table in enumerate(constraints.tables):
            chip, executed = table.instance.chip, [each.of(frame) for each in table.executed]
            if all(len(each.row) == 0 for each in executed):
                continue
            if chip.name not in chips:
                chips[chip.name] = _chip(chip, constraints)
            tables.append(_table(f"frame{frame}.table{position}", table, executed, container))
        described.append(tables)
    bits = [constraints.bits_bounds(count) for count in range(MAXIMUM_BITS + 1)] if frames else []
    return {"chips": chips, "frames": described, "bits": bits}


def _chip(chip: Chip, constraints: Constraints) -> Fields:
    described = []
    for constraint in chip.constraints:
        shape = shape_of(chip, constraint)
        right = (
            f"∈ {{{', '.join(map(str, shape.allowed))}}}"
            if shape.right is None
            else f"= {formula(chip, shape.right)}"
        )
        described.append(
            {
                "name": constraint.name,
                "kind": shape.kind.value,
                "left": shape.left.node,
                "right": None if shape.right is None else shape.right.node,
                "allowed": list(shape.allowed),
                "inputs": [[name, leaf.node] for name, leaf in shape.inputs],
                "formula": f"{formula(chip, shape.left)} {right}",
            }
        )
    interactions = []
    for interaction in chip.interactions:
        reading = reading_of(interaction.bus)
        interactions.append(
            {
                "name": interaction.name,
                "bus": interaction.bus.name,
                "labels": list(interaction.bus.fields),
                "role": interaction.role.value,
                "reading": reading.value,
                "fields": [part.node for part in interaction.fields],
                "formulas": [formula(chip, part) for part in interaction.fields],
                "multiplicity": interaction.multiplicity.node,
                "bounds": constraints.bounds(interaction.bus) if reading is Reading.RANGE else [],
            }
        )
    return {
        "claim": chip.claim,
        "nodes": chip.graph.nodes,
        "constraints": described,
        "interactions": interactions,
    }


def _table(name: str, table: StepTable, parts: Sequence[Executed], container: Container) -> Fields:
    """The rows of a table that execute steps of one frame."""
    rows = np.unique(np.concatenate([executed.row for executed in parts]))
    cells, starts = _cells(table.instance, rows)
    container.add(f"{name}.row", rows + table.first_row, "u4")
    container.add(f"{name}.cells", cells.T, "u4")  # column by column, which compresses better
    groups = []
    for position, executed in enumerate(parts):
        container.add(f"{name}.group{position}.clk", executed.clk, "u4")
        container.add(f"{name}.group{position}.place", np.searchsorted(rows, executed.row), "u4")
        groups.append({"interactions": list(executed.interactions), "constraints": executed.with_constraints})
    return {
        "name": name,
        "chip": table.instance.chip.name,
        "rows": len(rows),
        "starts": starts,
        "groups": groups,
    }


def _cells(instance: Instance, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint32], dict[str, int]]:
    """All columns of some rows side by side, and the position at which each kind of column starts."""
    height = len(instance.main)
    parts: dict[str, NDArray[np.uint32]] = {"main": instance.main[rows]}
    if instance.preprocessed is not None:
        parts["preprocessed"] = instance.preprocessed[rows]
    if instance.public is not None:
        parts["public"] = instance.public[rows]
    if looks_at_neighbours(instance.chip):
        parts["next"] = instance.main[(rows + 1) % height]
        parts["transition"] = (rows + 1 != height)[:, None].astype(np.uint32)
    widths = [part.shape[1] for part in parts.values()]
    starts = dict(zip(parts, np.cumsum([0, *widths]).tolist(), strict=False))
    return np.concatenate(list(parts.values()), axis=1), starts
