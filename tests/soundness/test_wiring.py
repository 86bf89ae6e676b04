"""Everything in the circuit is connected: columns, buses, names and degrees."""

from __future__ import annotations

import pytest

from solproof.air.bus import ALL_BUSES, PROGRAM, Bus, Role
from solproof.air.chip import MAXIMUM_DEGREE, Chip
from solproof.air.circuit import Circuit
from solproof.air.expression import Expression
from solproof.circuit.registry import CIRCUIT

CHIPS = [pytest.param(chip, id=chip.name) for chip in CIRCUIT.chips]


def leaves(expression: Expression) -> set[tuple[str, int]]:
    """The columns that an expression reads: ("main", 3), ("preprocessed", 0), ..; `next` counts as main."""
    seen: set[int] = set()
    found: set[tuple[str, int]] = set()
    stack = [expression.node]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        kind, *arguments = expression.graph.nodes[node]
        if kind in ("add", "sub", "mul"):
            stack.extend(int(argument) for argument in arguments)
        elif kind in ("main", "next", "preprocessed", "public"):
            found.add(("main" if kind == "next" else kind, int(arguments[0])))
    return found


def used(chip: Chip) -> set[tuple[str, int]]:
    parts = [constraint.expression for constraint in chip.constraints]
    for interaction in chip.interactions:
        parts += [*interaction.fields, interaction.multiplicity]
    return set().union(*(leaves(part) for part in parts))


@pytest.mark.parametrize("chip", CHIPS)
def test_every_column_is_used(chip: Chip) -> None:
    declared = {("main", index) for index in range(chip.width)}
    declared |= {("preprocessed", index) for index in range(len(chip.preprocessed_columns))}
    declared |= {("public", index) for index in range(len(chip.public_columns))}
    assert used(chip) == declared


@pytest.mark.parametrize("chip", CHIPS)
def test_interactions_read_only_this_row(chip: Chip) -> None:
    """The engine gives interactions the main and preprocessed columns of the row."""
    for interaction in chip.interactions:
        for part in (*interaction.fields, interaction.multiplicity):
            kinds = {chip.graph.nodes[node][0] for node in reachable(part)}
            assert kinds <= {"main", "preprocessed", "const", "add", "sub", "mul"}


def reachable(expression: Expression) -> set[int]:
    seen: set[int] = set()
    stack = [expression.node]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            kind, *arguments = expression.graph.nodes[node]
            if kind in ("add", "sub", "mul"):
                stack.extend(int(argument) for argument in arguments)
    return seen


@pytest.mark.parametrize("chip", CHIPS)
def test_degrees_and_names(chip: Chip) -> None:
    assert all(1 <= constraint.expression.degree <= MAXIMUM_DEGREE for constraint in chip.constraints)
    names = [constraint.name for constraint in chip.constraints]
    assert len(set(names)) == len(names)
    columns = [note.name for note in (*chip.main, *chip.preprocessed_columns)]
    assert len(set(columns)) == len(columns)
    assert all(note.formula for note in chip.main)
    assert chip.claim.startswith("Given ")


def test_chips_and_buses_have_one_name_each() -> None:
    assert len({chip.name for chip in CIRCUIT.chips}) == len(CIRCUIT.chips)
    assert len({bus.name for bus in CIRCUIT.buses}) == len(CIRCUIT.buses)
    assert CIRCUIT.buses == ALL_BUSES
    assert {id(each.bus) for chip in CIRCUIT.chips for each in chip.interactions} == {
        id(bus) for bus in CIRCUIT.buses
    }


@pytest.mark.parametrize("bus", [pytest.param(bus, id=bus.name) for bus in CIRCUIT.buses])
def test_buses_have_both_sides(bus: Bus) -> None:
    sides: dict[Role, set[str]] = {role: set() for role in Role}
    for chip in CIRCUIT.chips:
        for interaction in chip.interactions:
            if interaction.bus is bus:
                sides[interaction.role].add(chip.name)
                assert len(interaction.fields) == interaction.bus.width
    present = {role for role, chips in sides.items() if chips}
    if present <= {Role.SEND, Role.RECEIVE}:
        assert present == {Role.SEND, Role.RECEIVE}
    else:
        assert present == {Role.QUERY, Role.PROVIDE}
        assert len(sides[Role.PROVIDE]) == 1, "a lookup has one providing chip"


def test_lookups_are_provided_from_known_columns() -> None:
    """A prover cannot choose the entries of a table, but only how often each is looked up.

    The key fixes preprocessed columns, and the statement the columns that equal public ones.
    """
    for chip in CIRCUIT.chips:
        public = {("main", chip.index(note.name)) for note in chip.public_columns}
        for interaction in chip.interactions:
            if interaction.role is Role.PROVIDE:
                read = set().union(*(leaves(part) for part in interaction.fields))
                assert all(kind == "preprocessed" for kind, _ in read - public)


SUMS = "(((differs_3 + differs_2) + differs_1) + differs_0)"
NEVER_NEGATIVE = {
    ("divide", SUMS): "at most one limb is marked",
    ("divide_signed", SUMS): "at most one limb is marked",
    ("jump", SUMS): "at most one limb is marked",
    ("jump_half", "(differs_1 + differs_0)"): "at most one limb is marked",
    ("divide_signed", "(a_sign * b_sign)"): "b_sign is 0 or 1",
    ("shift", "(is_real - is_whole)"): "is_whole is 0 on padding",
    ("memory_call", "(is_real - is_long)"): "is_long is 0 on padding",
    ("memory_call", "(is_real - is_empty)"): "is_empty is 0 on padding",
    ("memory_copy", "(is_last * (1 - is_set))"): "is_set is 0 or 1",
    # `covers` or, before a row of the same call, `covers` minus that of the next row. It is 0 where `covers`
    # is 0.
    ("memory_copy", "is_end"): "a row before the end covers its last byte",
    ("memory_compare", "is_end"): "a row before the end covers its last byte",
    # 0 or 1 in the call's message, and determined in the rows after the first.
    ("memory_copy", "reads"): "a row that continues reads",
    ("memory_compare", "reads"): "a row that continues reads",
}
"""Multiplicities that are not columns of 0 and 1, and a rule without which they could have other values."""


def test_no_message_is_counted_less_than_never() -> None:
    """No multiplicity is negative. So a false lookup fails, because no other row can take it back."""
    found: dict[tuple[str, str], set[str]] = {}
    for chip in CIRCUIT.chips:
        rules = {constraint.name for constraint in chip.constraints}
        public = {note.name for note in chip.public_columns}
        for interaction in chip.interactions:
            node = chip.graph.nodes[interaction.multiplicity.node]
            if interaction.role is Role.PROVIDE or node[0] == "preprocessed":
                continue
            name = formula(chip, interaction.multiplicity.node)
            if f"{name} is 0 or 1" not in rules and name not in public:
                found[chip.name, name] = rules
    assert found.keys() == NEVER_NEGATIVE.keys()
    assert all(NEVER_NEGATIVE[key] in rules for key, rules in found.items())


def test_tables_that_may_be_cut() -> None:
    """A chip that the engine does not require may have any number of tables, cut at any place.

    So no rule may be about all rows of a chip, for example that its words rise. A block lies in one table,
    because the last row is followed by the first.
    """
    free = [chip for chip in CIRCUIT.chips if not chip.is_required]
    kinds = {chip.name: {str(node[0]) for node in chip.graph.nodes} for chip in free}
    arithmetic = {"main", "const", "add", "sub", "mul"}
    assert {name: found - arithmetic for name, found in kinds.items() if found - arithmetic} == {
        "memory_copy": {"next"},
        "memory_compare": {"next"},
    }
    assert {chip.name for chip in CIRCUIT.chips} - kinds.keys() == {
        *("execution", "registers", "code", "layout", "input"),
        *("stack_heap", "syscall", "event_word", "lookup"),
    }


def formula(chip: Chip, node: int) -> str:
    """An expression over main columns as text."""
    kind, *arguments = chip.graph.nodes[node]
    if kind == "main":
        return chip.main[int(arguments[0])].name
    if kind == "const":
        return str(arguments[0])
    left, right = (formula(chip, int(argument)) for argument in arguments)
    return f"({left} {({'add': '+', 'sub': '-', 'mul': '*'})[kind]} {right})"


def test_program_codes_have_one_executor() -> None:
    """Each family number in a program message is used by the chips of only one family."""
    codes: dict[str, set[int]] = {}
    for chip in CIRCUIT.chips:
        for interaction in chip.interactions:
            if interaction.bus is PROGRAM and interaction.role is Role.QUERY:
                value = interaction.fields[PROGRAM.fields.index("family")].constant_value()
                if value is not None:
                    codes.setdefault(chip.name, set()).add(value)
    assert all(0 not in found for found in codes.values()), "0 marks a slot that cannot be executed"


def test_description_is_canonical() -> None:
    assert CIRCUIT.to_bytes() == Circuit(CIRCUIT.chips, CIRCUIT.buses).to_bytes()
