"""A circuit: an ordered list of chips, the buses that they share, and its canonical bytes for the engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from solproof.air.bus import Bus
from solproof.air.chip import MAXIMUM_DEGREE, Chip

FORMAT = 1


@dataclass(frozen=True, eq=False)  # compared by identity, like chips
class Circuit:
    """Chips by number. The engine and proof files refer to a chip by its number."""

    chips: tuple[Chip, ...]
    buses: tuple[Bus, ...]

    def number(self, chip: Chip) -> int:
        """The number of a chip."""
        return next(position for position, candidate in enumerate(self.chips) if candidate is chip)

    def to_bytes(self) -> bytes:
        """The engine's description of the circuit: canonical JSON (see `solproof._native.prover`)."""
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        description = {
            "format": FORMAT,
            "buses": [{"name": bus.name, "width": bus.width} for bus in self.buses],
            "chips": [_describe(chip, self.buses) for chip in self.chips],
        }
        return json.dumps(description, separators=(",", ":")).encode()


def _describe(chip: Chip, buses: Sequence[Bus]) -> dict[str, object]:
    return {
        "name": chip.name,
        "main_width": chip.width,
        "preprocessed_width": len(chip.preprocessed_columns),
        "public_width": len(chip.public_columns),
        "degree": MAXIMUM_DEGREE,
        "nodes": chip.graph.nodes,
        "constraints": [constraint.expression.node for constraint in chip.constraints],
        "interactions": [
            {
                "bus": buses.index(interaction.bus),
                "fields": [part.node for part in interaction.fields],
                "multiplicity": interaction.multiplicity.node,
                "role": interaction.role.value,
            }
            for interaction in chip.interactions
        ],
    }
