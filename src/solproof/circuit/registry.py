"""The circuit of solproof: every chip that can be in a proof, with the code that fills its rows.

All code that needs every chip loops over the registry: the witness, the public tables, the key and the
estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof.accesses.public import PublicData
from solproof.air.bus import ALL_BUSES, Bus
from solproof.air.circuit import Circuit
from solproof.backend.protocol import Columns, PublicInput
from solproof.circuit import boundary, code, lookup
from solproof.circuit.instructions.family import Family
from solproof.circuit.instructions.registry import FAMILIES
from solproof.circuit.memory import input, layout, refresh, stack_heap
from solproof.circuit.syscalls import event, memory_call, memory_compare, memory_copy
from solproof.circuit.table import ChipTable, LookupTable


@dataclass(frozen=True, eq=False)
class SbpfCircuit(Circuit):
    """A circuit whose chips execute sBPF: families of instructions, and the tables around them."""

    families: tuple[Family, ...]
    tables: tuple[ChipTable | LookupTable, ...]

    @classmethod
    def of(
        cls, families: Sequence[Family], tables: Sequence[ChipTable | LookupTable], buses: Sequence[Bus]
    ) -> SbpfCircuit:
        """The circuit of these families and tables.

        The chips of the families come first, then the chips of the tables, in the given order.
        """
        executors = [executor.chip for family in families for executor in family.executors]
        chips = (*executors, *(table.chip for table in tables))
        return cls(chips, tuple(buses), tuple(families), tuple(tables))

    @property
    def chip_tables(self) -> tuple[ChipTable, ...]:
        """The tables whose rows are determined by the runs of the frames."""
        return tuple(table for table in self.tables if isinstance(table, ChipTable))

    @property
    def lookup_tables(self) -> tuple[LookupTable, ...]:
        """The tables that other chips look up. They count the queries of all other tables."""
        return tuple(table for table in self.tables if isinstance(table, LookupTable))

    def public_inputs(self, frames: Sequence[PublicData]) -> list[PublicInput]:
        """The public columns of every chip that has any, as a backend takes them."""
        return [
            PublicInput(self.number(table.chip), table.public(frames))
            for table in self.tables
            if table.public is not None
        ]

    def preprocessed(self) -> dict[int, Columns]:
        """The preprocessed columns, by the number of the chip."""
        return {
            self.number(table.chip): table.preprocessed()
            for table in self.lookup_tables
            if table.preprocessed is not None
        }


MODULES = (
    boundary,
    code,
    layout,
    input,
    stack_heap,
    memory_call,
    memory_copy,
    memory_compare,
    event,
    refresh,
    lookup,
)
"""The modules of chips that are not instructions. Their order numbers the chips, so the key depends on it."""

CIRCUIT = SbpfCircuit.of(FAMILIES, [table for module in MODULES for table in module.TABLES], ALL_BUSES)
CIRCUIT.to_bytes()  # Fixes the description now: describing a chip to people can add nodes to its expressions.
