"""The rules for circuits, and the number of their columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from solproof._native import prover
from tests.support.small_circuits import ChipBuilder, circuit, fibonacci_chip, machine_chips, table


def refusal(document: bytes, preprocessed: list[Any] | None = None) -> str:
    with pytest.raises(prover.EngineError) as caught:
        prover.setup(document, preprocessed or [])
    return str(caught.value)


def changed(**changes: Any) -> bytes:
    """A circuit of one Fibonacci chip with some of the chip's fields changed."""
    document = json.loads(circuit({"pair": 2}, fibonacci_chip()))
    document["chips"][0].update(changes)
    return json.dumps(document).encode()


class TestRefusals:
    @pytest.mark.parametrize(
        ("document", "message"),
        [
            (b"", "circuit: EOF while parsing a value at line 1 column 0"),
            (circuit({}), "circuit: no chips"),
            (
                circuit({}, fibonacci_chip(), fibonacci_chip()),
                'chip 1: the name "fibonacci" is used twice',
            ),
            (changed(main_width=0), "chip 0 (fibonacci): no main columns, expected at least one"),
            (changed(main_width=1 << 20), "chip 0 (fibonacci): 1048576 main columns, expected at most 4096"),
            (changed(degree=0), "chip 0 (fibonacci): degree 0, expected 1 to 9"),
            (changed(degree=1), "chip 0 (fibonacci), constraint 0: degree 2, declared at most 1"),
            (
                changed(nodes=[["main", 2]]),
                "chip 0 (fibonacci), node 0: main 2 does not exist, the chip has 2",
            ),
            (
                changed(nodes=[["public", 0]]),
                "chip 0 (fibonacci), node 0: public 0 does not exist, the chip has 0",
            ),
            (changed(nodes=[["add", 0, 0]]), "chip 0 (fibonacci), node 0: operand 0 is not an earlier node"),
            (
                changed(nodes=[["first"], ["neg", 0, 0]]),
                "chip 0 (fibonacci), node 1: neg takes 1 operands, found 2",
            ),
            (
                changed(nodes=[["const", prover.FIELD_ORDER]]),
                "chip 0 (fibonacci), node 0: constant 2130706433, expected a value below 2130706433",
            ),
            (changed(nodes=[["sqrt", 0]]), 'chip 0 (fibonacci), node 0: unknown kind "sqrt"'),
            (changed(constraints=[99]), "chip 0 (fibonacci), constraint 0: node 99 does not exist"),
            (
                changed(interactions=[{"bus": 1, "fields": [], "multiplicity": 0, "role": "send"}]),
                "chip 0 (fibonacci), interaction 0: bus 1 does not exist",
            ),
            (
                changed(interactions=[{"bus": 0, "fields": [0], "multiplicity": 0, "role": "send"}]),
                "chip 0 (fibonacci), interaction 0: 1 fields, bus 0 has 2",
            ),
            (
                changed(interactions=[{"bus": 0, "fields": [0, 2], "multiplicity": 0, "role": "send"}]),
                "chip 0 (fibonacci), interaction 0: node 2 reads the next row, "
                "which an interaction cannot; copy it into a main column",
            ),
            (
                changed(interactions=[{"bus": 0, "fields": [0, 1], "multiplicity": 4, "role": "send"}]),
                "chip 0 (fibonacci), interaction 0: node 4 reads a row selector, "
                "which an interaction cannot; copy it into a main column",
            ),
        ],
    )
    def test_the_message_names_the_place(self, document: bytes, message: str) -> None:
        assert refusal(document) == message

    def test_a_public_column_cannot_be_sent(self) -> None:
        chip = ChipBuilder("public", 1, public_width=1)
        one = chip.node("const", 1)
        doubled = chip.node("add", chip.node("public", 0), chip.node("public", 0))
        chip.interact("send", 0, [doubled], one)
        assert refusal(circuit({"bus": 1}, chip)) == (
            "chip 0 (public), interaction 0: node 3 reads a public column, "
            "which an interaction cannot; copy it into a main column"
        )

    def test_an_interaction_counts_towards_the_degree(self) -> None:
        chip = ChipBuilder("square", 1, degree=2)
        cell = chip.node("main", 0)
        chip.interact("send", 0, [chip.node("mul", cell, cell)], chip.node("const", 1))
        assert refusal(circuit({"bus": 1}, chip)) == (
            "chip 0 (square): its interactions need constraints of degree 3, declared at most 2"
        )

    def test_deep_expressions_are_refused_before_they_overflow_the_stack(self) -> None:
        chip = ChipBuilder("deep", 1)
        node = chip.node("main", 0)
        for _ in range(100_000):
            node = chip.node("neg", node)
        assert refusal(circuit({}, chip)) == "chip 0 (deep), node 1000: expressions nest deeper than 1000"

    def test_shared_expressions_are_refused_in_interactions_before_they_explode(self) -> None:
        chip = ChipBuilder("wide", 1)
        node = chip.node("main", 0)
        for _ in range(60):
            node = chip.node("add", node, node)
        chip.require_zero(node)
        chip.interact("send", 0, [node], chip.node("const", 1))
        assert refusal(circuit({"bus": 1}, chip)) == (
            "chip 0 (wide), interaction 0: node 60 takes more than 4096 operations; "
            "copy it into a main column"
        )

    def test_a_product_of_transition_selectors_is_refused(self) -> None:
        chip = ChipBuilder("twice", 1)
        transition = chip.node("transition")
        chip.node("mul", transition, chip.node("mul", chip.node("main", 0), transition))
        assert refusal(circuit({}, chip)) == (
            "chip 0 (twice), node 3: a product of two transition selectors, expected one at most"
        )

    @pytest.mark.parametrize(
        "document",
        [
            b"[]",
            b"{}",
            b'{"format":1,"buses":[],"chips":[],"extra":1}',
            changed(unknown=1),
            changed(nodes=[[]]),
            changed(nodes=[["add", -1, 0]]),
            changed(nodes=[["add", 1, 2, 3]]),
            changed(nodes=[[0]]),
            changed(interactions=[{"bus": 0, "fields": [], "multiplicity": 0, "role": "take"}]),
        ],
    )
    def test_anything_else_is_refused_by_the_parser(self, document: bytes) -> None:
        assert refusal(document).startswith("circuit: ")

    def test_another_format(self) -> None:
        document = circuit({}, fibonacci_chip()).replace(b'"format":1', b'"format":2')
        assert refusal(document) == "circuit: format 2, expected 1"


class TestPreprocessedTables:
    document = circuit({"range": 1, "move": 6, "other": 6, "statement": 2}, *machine_chips())
    cells = table([[value] for value in range(4)])

    @pytest.mark.parametrize(
        ("tables", "message"),
        [
            ([], "preprocessed table of chip 0 (range): missing"),
            ([(0, cells), (0, cells)], "preprocessed table of chip 0 (range): given twice"),
            ([(7, cells)], "preprocessed table of chip 7: no such chip"),
            ([(1, cells)], "preprocessed table of chip 1 (source): the chip has no preprocessed columns"),
            ([(0, table([[1, 2]]))], "preprocessed table of chip 0 (range): 2 columns, expected 1"),
            (
                [(0, table([[1]] * 3))],
                "preprocessed table of chip 0 (range): 3 rows, expected a power of two up to 2^22",
            ),
        ],
    )
    def test_there_is_exactly_one_for_each_chip_that_has_columns(
        self, tables: list[Any], message: str
    ) -> None:
        assert refusal(self.document, tables) == message

    def test_the_digest_is_a_function_of_circuit_and_cells(self) -> None:
        first = prover.setup(self.document, [(0, self.cells)])
        again = prover.setup(self.document, [(0, self.cells.copy())])
        other = prover.setup(self.document, [(0, np.flipud(self.cells).copy())])
        renamed = prover.setup(self.document.replace(b'"range"', b'"limit"'), [(0, self.cells)])
        assert first.digest == again.digest
        assert len({first.digest, other.digest, renamed.digest}) == 3
        assert len(first.digest) == 32


class TestWidths:
    @pytest.mark.parametrize(
        ("bus_widths", "auxiliary"),
        [
            ([], 0),
            ([1], 8),
            ([1, 2], 8),
            ([1, 2, 4], 12),
            ([6, 10], 8),
            ([1, 6], 12),
            ([1, 6, 2, 10], 12),
            ([10, 6, 6, 6, 6, 2, 2, 1, 1, 1, 2, 2, 3, 3, 3], 36),
        ],
    )
    def test_pairs_of_narrow_and_of_wide_interactions_share_a_column(
        self, bus_widths: list[int], auxiliary: int
    ) -> None:
        chip = ChipBuilder("chip", 1)
        cell = chip.node("main", 0)
        chip.require_zero(chip.node("mul", cell, chip.node("mul", cell, cell)))
        for bus, width in enumerate(bus_widths):
            chip.interact("send", bus, [cell] * width, cell)
        document = circuit({str(bus): width for bus, width in enumerate(bus_widths)}, chip)
        assert prover.auxiliary_width(document) == [auxiliary]
        assert prover.quotient_width(document) == [8]

    @pytest.mark.parametrize(
        ("interactions", "auxiliary", "quotient"),
        [(0, 0, 4), (1, 8, 4), (2, 12, 4), (3, 16, 4), (4, 12, 8), (5, 16, 8)],
    )
    def test_without_cubic_constraints_the_cheapest_degree_is_taken(
        self, interactions: int, auxiliary: int, quotient: int
    ) -> None:
        chip = ChipBuilder("chip", 1)
        cell = chip.node("main", 0)
        for _ in range(interactions):
            chip.interact("send", 0, [cell], cell)
        document = circuit({"bus": 1}, chip)
        assert prover.auxiliary_width(document) == [auxiliary]
        assert prover.quotient_width(document) == [quotient]

    def test_interactions_do_not_pair_up_at_degree_two(self) -> None:
        chip = ChipBuilder("chip", 1, degree=2)
        cell = chip.node("main", 0)
        for _ in range(4):
            chip.interact("send", 0, [cell], cell)
        assert prover.auxiliary_width(circuit({"bus": 1}, chip)) == [20]

    def test_a_field_of_degree_two_keeps_its_column_to_itself(self) -> None:
        chip = ChipBuilder("chip", 1)
        cell = chip.node("main", 0)
        square = chip.node("mul", cell, cell)
        chip.interact("send", 0, [square], cell)
        chip.interact("send", 0, [cell], cell)
        chip.interact("send", 0, [cell], cell)
        assert prover.auxiliary_width(circuit({"bus": 1}, chip)) == [12]
