"""The rules for batches, tables and parameters of the engine."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from solproof._native import prover
from tests.support.small_circuits import (
    FIBONACCI,
    PARAMETERS,
    RANGE,
    STATEMENT,
    TRANSCRIPT,
    ChipBuilder,
    Instance,
    Machine,
    circuit,
    fibonacci_chip,
    fibonacci_witness,
    table,
    with_parameters,
)

KNOWN = "it carries preprocessed or public data"
SELECTS = "its constraints read a row selector"
REQUIRED = [
    (RANGE, "range", KNOWN),
    (STATEMENT, "statement", KNOWN),
    (FIBONACCI, "fibonacci", SELECTS),
]


def refused(satisfied: Machine, instances: list[Instance], **changes: Any) -> str:
    with pytest.raises(prover.EngineError) as caught:
        satisfied.prove(instances, **changes)
    return str(caught.value)


class TestInstances:
    def test_they_are_ordered_by_chip(self, satisfied: Machine) -> None:
        instances = satisfied.instances[::-1]
        assert refused(satisfied, instances) == "tables are not ordered by chip"

    @pytest.mark.parametrize(("chip", "name", "reason"), REQUIRED)
    def test_a_required_chip_cannot_be_dropped(
        self, satisfied: Machine, chip: int, name: str, reason: str
    ) -> None:
        instances = [instance for instance in satisfied.instances if instance[0] != chip]
        assert refused(satisfied, instances) == (
            f"chip {chip} ({name}): 0 tables, expected exactly one because {reason}"
        )

    @pytest.mark.parametrize(("chip", "name", "reason"), REQUIRED)
    def test_a_required_chip_cannot_be_repeated(
        self, satisfied: Machine, chip: int, name: str, reason: str
    ) -> None:
        instances = sorted(
            [*satisfied.instances, *(each for each in satisfied.instances if each[0] == chip)],
            key=lambda instance: instance[0],
        )
        assert refused(satisfied, instances) == (
            f"chip {chip} ({name}): 2 tables, expected exactly one because {reason}"
        )

    @pytest.mark.parametrize("selector", ["first", "last", "transition"])
    def test_each_row_selector_makes_a_chip_required(self, selector: str) -> None:
        chip, filler = ChipBuilder("chip", 1), ChipBuilder("filler", 1)
        chip.require_zero(chip.node("mul", chip.node(selector), chip.node("main", 0)))
        filler.require_boolean(filler.node("main", 0))
        key = prover.setup(circuit({}, chip, filler), [])
        cells = np.zeros((16, 1), dtype=np.uint32)
        for count in (0, 2):
            with pytest.raises(prover.EngineError) as caught:
                prover.prove(key, [*[(0, cells, None)] * count, (1, cells, None)], TRANSCRIPT, PARAMETERS)
            assert str(caught.value) == (
                f"chip 0 (chip): {count} tables, expected exactly one because {SELECTS}"
            )
        proof, _ = prover.prove(key, [(0, cells, None), (1, cells, None)], TRANSCRIPT, PARAMETERS)
        prover.verify(key, proof, [], TRANSCRIPT, PARAMETERS)

    def test_a_selector_that_no_constraint_reads_does_not(self) -> None:
        chip = ChipBuilder("chip", 1)
        chip.node("transition")
        chip.require_boolean(chip.node("main", 0))
        key = prover.setup(circuit({}, chip), [])
        tables = [(0, np.zeros((16, 1), dtype=np.uint32), None)] * 2
        proof, _ = prover.prove(key, tables, TRANSCRIPT, PARAMETERS)
        prover.verify(key, proof, [], TRANSCRIPT, PARAMETERS)

    def test_a_preprocessed_chip_has_the_height_of_its_table(self, satisfied: Machine) -> None:
        short = np.zeros((32, 1), dtype=np.uint32)
        assert refused(satisfied, satisfied.changed(0, short)) == (
            "chip 0 (range): 32 rows, its preprocessed table has 64"
        )

    def test_a_public_chip_has_the_height_of_its_table(self, satisfied: Machine) -> None:
        assert refused(satisfied, satisfied.changed(4, table([[0, 0, 0]] * 4))) == (
            "chip 3 (statement): 4 rows, its public table has 8"
        )

    def test_at_most_64(self, satisfied: Machine) -> None:
        instances = [*satisfied.instances[:2], *[satisfied.instances[2]] * 61, *satisfied.instances[4:]]
        assert refused(satisfied, instances) == "65 tables, expected 1 to 64"

    def test_none(self, satisfied: Machine) -> None:
        with pytest.raises(prover.EngineError, match="0 tables, expected 1 to 64"):
            prover.prove(satisfied.key, [], TRANSCRIPT, PARAMETERS)

    def test_a_chip_that_does_not_exist(self, satisfied: Machine) -> None:
        instances = [*satisfied.instances, (5, table([[0]]), None)]
        assert refused(satisfied, instances) == "table 6: chip 5 does not exist, the circuit has 5"


class TestTables:
    @pytest.mark.parametrize("rows", [0, 3, 12])
    def test_a_height_is_a_power_of_two(self, satisfied: Machine, rows: int) -> None:
        main = np.zeros((rows, 9), dtype=np.uint32)
        assert refused(satisfied, satisfied.changed(1, main)) == (
            f"table 1, chip 1 (source): {rows} rows, expected a power of two"
        )

    def test_a_width_is_the_chip_s(self, satisfied: Machine) -> None:
        assert refused(satisfied, satisfied.changed(1, table([[0] * 8] * 8))) == (
            "table 1, chip 1 (source): 8 main columns, expected 9"
        )

    def test_cells_are_below_the_modulus(self, satisfied: Machine) -> None:
        main = satisfied.instances[1][1].copy()
        main[3, 4] = prover.FIELD_ORDER
        assert refused(satisfied, satisfied.changed(1, main)) == (
            "table 1, chip 1, row 3, column 4: 2130706433 is not below 2130706433"
        )

    def test_cells_are_32_bits(self, satisfied: Machine) -> None:
        main: Any = satisfied.instances[1][1].astype(np.uint64)
        with pytest.raises(TypeError):
            satisfied.prove(satisfied.changed(1, main))

    def test_public_cells_are_below_the_modulus(self, satisfied: Machine) -> None:
        chip, main, _ = satisfied.instances[4]
        public = main.copy()
        public[3, 1] = prover.FIELD_ORDER
        instances = [*satisfied.instances[:4], (chip, main, public), satisfied.instances[5]]
        assert refused(satisfied, instances) == (
            "table 4, chip 3, public, row 3, column 1: 2130706433 is not below 2130706433"
        )

    @pytest.mark.parametrize("width", [None, 0, 2])
    def test_public_columns_of_the_wrong_shape(self, satisfied: Machine, width: int | None) -> None:
        chip, main, _ = satisfied.instances[4]
        public = None if width is None else np.ascontiguousarray(main[:, :width])
        instances = [*satisfied.instances[:4], (chip, main, public), satisfied.instances[5]]
        assert refused(satisfied, instances) == (
            f"table 4, chip 3 (statement): {width or 0} public columns, expected 3"
        )

    def test_public_columns_of_a_chip_that_has_none(self, satisfied: Machine) -> None:
        chip, main, _ = satisfied.instances[5]
        assert refused(satisfied, [*satisfied.instances[:5], (chip, main, main)]) == (
            "table 5, chip 4 (fibonacci): 2 public columns, expected 0"
        )


CELLS = table([[0, 0, 0]] * 8)


class TestPublicColumnsOfTheVerifier:
    @pytest.mark.parametrize(
        ("public_data", "message"),
        [
            ([], "public columns of chip 3 (statement): missing"),
            ([(9, CELLS)], "public columns of chip 9: no such chip"),
            ([(RANGE, CELLS)], "public columns of chip 0 (range): the chip has none"),
            ([(FIBONACCI, CELLS)], "public columns of chip 4 (fibonacci): the chip has none"),
            (
                [(STATEMENT, CELLS[:, :2].copy())],
                "public columns of chip 3 (statement): 2 public columns, expected 3",
            ),
            ([(STATEMENT, CELLS)] * 2, "public columns of chip 3 (statement): given twice"),
        ],
    )
    def test_it_is_exactly_what_the_circuit_takes(
        self, satisfied: Machine, public_data: list[Any], message: str
    ) -> None:
        with pytest.raises(prover.EngineError) as caught:
            satisfied.verify(b"", public_data=public_data)
        assert str(caught.value) == message


class TestParameters:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"target_bits": 99}, "parameters: target_bits is 99, expected 100 to 123"),
            ({"queries": 0}, "parameters: queries is 0, expected 1 to 1024"),
            ({"log_blowup": 0}, "parameters: log_blowup is 0, expected 1 to 4"),
            ({"log_blowup": 64}, "parameters: log_blowup is 64, expected 1 to 4"),
            ({"grinding": {"commit": 31}}, "parameters: grinding.commit is 31, expected 0 to 28"),
        ],
    )
    def test_they_are_bounded(self, satisfied: Machine, changes: dict[str, Any], message: str) -> None:
        assert refused(satisfied, satisfied.instances, parameters=with_parameters(**changes)) == message
        with pytest.raises(prover.EngineError, match=message):
            satisfied.verify(b"", parameters=with_parameters(**changes))

    @pytest.mark.parametrize("parameters", [b"", b"{}", b"[1]", b'{"queries": 218}', b"\xff"])
    def test_they_are_complete_json(self, satisfied: Machine, parameters: bytes) -> None:
        assert refused(satisfied, satisfied.instances, parameters=parameters).startswith("parameters: ")

    def test_weak_ones_are_refused(self, satisfied: Machine) -> None:
        message = refused(satisfied, satisfied.instances, parameters=with_parameters(queries=150))
        assert message.startswith("these tables and parameters give 89.6 proven bits (Johnson list decoding")
        assert message.endswith("weakest term low-degree-test), the target is 100")

    def test_a_target_above_the_default_s_bits_is_refused_and_rejected(self, satisfied: Machine) -> None:
        parameters = with_parameters(target_bits=115)
        assert "the target is 115" in refused(satisfied, satisfied.instances, parameters=parameters)
        proof = satisfied.prove()
        with pytest.raises(prover.EngineRejected, match="the target is 115"):
            satisfied.verify(proof, parameters=parameters)

    def test_a_final_polynomial_must_fit_the_shortest_table(self, satisfied: Machine) -> None:
        assert (
            refused(satisfied, satisfied.instances, parameters=with_parameters(log_final_polynomial_length=2))
            == "chip 2 (sink): 2^2 rows, a final polynomial of length 2^2 needs more"
        )

    def test_a_batch_of_tiny_tables_only_is_too_weak(self) -> None:
        key = prover.setup(circuit({}, fibonacci_chip(8)), [])
        with pytest.raises(prover.EngineError, match="the target is 100"):
            prover.prove(key, [(0, fibonacci_witness(8), None)], TRANSCRIPT, PARAMETERS)


class TestSecurity:
    def test_it_is_known_before_proving(self, satisfied: Machine) -> None:
        shapes = [(chip, len(main).bit_length() - 1) for chip, main, _ in satisfied.instances]
        report = prover.prove(satisfied.key, satisfied.instances, TRANSCRIPT, PARAMETERS)[1]
        planned = prover.security(satisfied.key, shapes, PARAMETERS)
        assert {name: report[name] for name in planned} == planned  # type: ignore[literal-required]

    @pytest.mark.parametrize("log_height", range(4, 23))
    def test_the_default_reaches_its_target_at_every_height(
        self, satisfied: Machine, log_height: int
    ) -> None:
        shapes = [(1, log_height)] * 32 + [(2, log_height)] * 32
        assert prover.security(satisfied.key, shapes, PARAMETERS)["security_bits"] >= 100

    def test_more_rows_never_give_more_bits(self, satisfied: Machine) -> None:
        bits = [
            prover.security(satisfied.key, [(1, log_height)] * 64, PARAMETERS)["security_bits"]
            for log_height in range(12, 23)
        ]
        assert bits[0] > bits[-1]
        assert all(taller <= shorter + 0.1 for shorter, taller in pairwise(bits))

    def test_shapes_are_bounded(self, satisfied: Machine) -> None:
        with pytest.raises(prover.EngineError, match=r"chip 1 with 2\^23 rows"):
            prover.security(satisfied.key, [(1, 23)], PARAMETERS)
