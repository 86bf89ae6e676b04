"""The registry: the circuit is its chips and tables, and every chip has the code for all its columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from assurance.corpus import witnesses
from solproof.air.bus import Role
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.circuit.table import any_tables


def test_the_chips_are_those_of_families_and_tables() -> None:
    executors = [executor.chip for family in CIRCUIT.families for executor in family.executors]
    assert list(CIRCUIT.chips) == [*executors, *(table.chip for table in CIRCUIT.tables)]
    names = Counter(chip.name for chip in CIRCUIT.chips)
    assert set(names.values()) == {1}
    assert [CIRCUIT.number(chip) for chip in CIRCUIT.chips] == list(range(len(names)))


def test_circuits_with_the_same_chips_are_different() -> None:
    """A circuit is also the code that fills its chips."""
    other = SbpfCircuit(CIRCUIT.chips, CIRCUIT.buses, CIRCUIT.families, ())
    assert other != CIRCUIT
    assert {CIRCUIT: 1}.get(other) is None


def test_every_chip_with_public_data_has_it_once() -> None:
    """Columns of the right width, as high as the one table of the chip, and equal to its first columns."""
    expected = [chip for chip in CIRCUIT.chips if chip.public_columns]
    for witness in witnesses():
        public = CIRCUIT.public_inputs(witness.public)
        assert [CIRCUIT.chips[given.chip] for given in public] == expected
        for given in public:
            chip = CIRCUIT.chips[given.chip]
            (instance,) = (instance for instance in witness.instances if instance.chip is chip)
            assert given.columns.shape == (len(instance.main), len(chip.public_columns))
            assert instance.public is not None
            assert (given.columns == instance.public).all()
            assert (given.columns == instance.main[:, : given.columns.shape[1]]).all()


def test_lookup_tables_are_the_chips_that_provide() -> None:
    """The key fixes the messages of some, and the statement those of the others."""
    provided = [
        chip for chip in CIRCUIT.chips if any(each.role is Role.PROVIDE for each in chip.interactions)
    ]
    assert [table.chip for table in CIRCUIT.lookup_tables] == provided
    for table in CIRCUIT.lookup_tables:
        assert bool(table.chip.preprocessed_columns) == (table.preprocessed is not None)
        assert bool(table.chip.public_columns) == (table.public is not None)
    assert {table.chip.name for table in CIRCUIT.lookup_tables if table.public is not None} == {
        "code",
        "layout",
    }


def test_a_lookup_table_has_one_kind_of_entries() -> None:
    table = next(table for table in CIRCUIT.lookup_tables if table.public is not None)
    with pytest.raises(AssertionError, match="code: two kinds of entries, or none"):
        replace(table, public=None)


def test_every_lookup_bus_has_one_table() -> None:
    provided = Counter(bus for table in CIRCUIT.lookup_tables for bus in table.buses)
    queried = {each.bus for chip in CIRCUIT.chips for each in chip.interactions if each.role is Role.QUERY}
    assert provided == dict.fromkeys(queried, 1)


@pytest.mark.parametrize("name", ["execution", "stack_heap"])
def test_a_required_chip_has_one_table(name: str) -> None:
    """The engine demands it for public columns, and for constraints that read the transition selector."""
    table = next(table for table in CIRCUIT.chip_tables if table.chip.name == name)
    with pytest.raises(AssertionError, match=f"{name}: required, but not one table"):
        replace(table, split=any_tables)
