"""Proofs of true statements, and all changes that make them false."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from solproof._native import prover
from tests.support.small_circuits import (
    FIBONACCI,
    OTHER_BUS,
    PARAMETERS,
    RANGE,
    SINK,
    SOURCE,
    STATEMENT,
    TRANSCRIPT,
    ChipBuilder,
    Machine,
    circuit,
    fibonacci_chip,
    fibonacci_witness,
    machine,
    machine_chips,
    table,
    with_parameters,
)

UNBALANCED = "the buses do not balance"
ANOTHER = (
    "made for another circuit, statement or parameters, or damaged "
    "(lookup phase PoW witness does not meet the required 16 bits)"
)


def rejection(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(prover.EngineRejected) as caught:
        call(*arguments, **named)
    return str(caught.value)


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(prover.EngineError) as caught:
        call(*arguments, **named)
    return str(caught.value)


class TestTrueStatements:
    def test_a_satisfied_machine_verifies(self, satisfied: Machine, proof: bytes) -> None:
        report = satisfied.verify(proof)
        assert report["instances"] == [
            {"chip": RANGE, "log_height": 6},
            {"chip": SOURCE, "log_height": 3},
            {"chip": SINK, "log_height": 2},
            {"chip": SINK, "log_height": 2},
            {"chip": STATEMENT, "log_height": 3},
            {"chip": FIBONACCI, "log_height": 4},
        ]
        assert report["security_bits"] >= 100
        assert report["security_regime"].startswith(("unique decoding", "Johnson"))
        assert report["proof_bytes"] == len(proof)

    @pytest.mark.parametrize("rows", [1, 2, 4, 32])
    def test_every_height_from_one_row(self, rows: int) -> None:
        small = machine(rows)
        small.verify(small.prove())

    @pytest.mark.parametrize("rows", [1, 2, 4])
    def test_row_selectors_on_tiny_tables_beside_a_tall_one(self, rows: int) -> None:
        chips = [fibonacci_chip(rows), ChipBuilder("filler", 1)]
        chips[1].require_boolean(chips[1].node("main", 0))
        key = prover.setup(circuit({}, *chips), [])
        filler = (1, np.zeros((16, 1), dtype=np.uint32), None)
        main = fibonacci_witness(rows)
        proof, _ = prover.prove(key, [(0, main, None), filler], TRANSCRIPT, PARAMETERS)
        prover.verify(key, proof, [], TRANSCRIPT, PARAMETERS)
        for row in {0, rows - 1}:
            wrong = main.copy()
            wrong[row, 1] += 1
            proof, _ = prover.prove(key, [(0, wrong, None), filler], TRANSCRIPT, PARAMETERS)
            assert rejection(prover.verify, key, proof, [], TRANSCRIPT, PARAMETERS) == (
                "table 0, chip 0 (fibonacci): its constraints do not hold"
            )

    def test_the_deepest_expressions(self) -> None:
        chip = ChipBuilder("deep", 2, public_width=1)
        cell, other = chip.node("main", 0), chip.node("main", 1)
        node = cell
        for _ in range(499):
            node = chip.node("neg", chip.node("neg", node))
        chip.require_equal(node, chip.node("public", 0))
        chip.interact("send", 0, [node], chip.node("const", 1))
        chip.interact("receive", 0, [other], chip.node("const", 1))
        key = prover.setup(circuit({"bus": 1}, chip), [])
        cells = table([[row] for row in range(16)])
        main = np.hstack([cells, np.flipud(cells)])
        proof, _ = prover.prove(key, [(0, main, cells)], TRANSCRIPT, PARAMETERS)
        prover.verify(key, proof, [(0, cells)], TRANSCRIPT, PARAMETERS)

    def test_a_batch_without_interactions(self) -> None:
        key = prover.setup(circuit({}, fibonacci_chip(64)), [])
        proof, report = prover.prove(key, [(0, fibonacci_witness(64), None)], TRANSCRIPT, PARAMETERS)
        assert report["auxiliary_cells"] == 0
        prover.verify(key, proof, [], TRANSCRIPT, PARAMETERS)

    def test_a_free_chip_may_be_left_out(self, satisfied: Machine) -> None:
        idle = [
            (chip, np.zeros_like(main) if chip in (RANGE, SOURCE) else main, columns)
            for chip, main, columns in satisfied.instances
            if chip != SINK
        ]
        empty = table([[0, 0, 0]] * 8)
        idle[2] = (STATEMENT, empty, empty)
        proof = satisfied.prove(idle)
        assert len(satisfied.verify(proof, public_data=[(STATEMENT, empty)])["instances"]) == 4

    def test_arrays_need_not_be_row_major(self, satisfied: Machine) -> None:
        turned = [(chip, np.asfortranarray(main), columns) for chip, main, columns in satisfied.instances]
        satisfied.verify(satisfied.prove(turned))

    @pytest.mark.parametrize(
        "changes",
        [
            {"log_blowup": 2, "queries": 134},
            {"cap_height": 3},
            {"max_log_arity": 1},
            {"queries": 230, "grinding": {"query": 16}},
        ],
    )
    def test_other_parameters_work_on_both_sides(self, satisfied: Machine, changes: dict[str, Any]) -> None:
        parameters = with_parameters(**changes)
        proof = satisfied.prove(parameters=parameters)
        satisfied.verify(proof, parameters=parameters)


class TestFalseWitness:
    @pytest.mark.parametrize(
        ("position", "row", "column", "reason"),
        [
            (
                1,
                0,
                0,
                "table 1, chip 1 (source): its constraints do not hold",
            ),  # a selector that is not boolean
            (1, 2, 3, UNBALANCED),  # a move without a receiver
            (1, 2, 1, UNBALANCED),  # a move whose lookup is not counted
            (2, 1, 6, UNBALANCED),  # a received move without a sender
            (0, 5, 0, UNBALANCED),  # a count of lookups that did not happen
            (
                4,
                3,
                0,
                "table 4, chip 3 (statement): its constraints do not hold",
            ),  # a copy of a public cell that differs from it
            (
                5,
                7,
                1,
                "table 5, chip 4 (fibonacci): its constraints do not hold",
            ),  # a wrong step of the recurrence
        ],
    )
    def test_any_wrong_cell_is_rejected(
        self, satisfied: Machine, position: int, row: int, column: int, reason: str
    ) -> None:
        main = satisfied.instances[position][1].copy()
        main[row, column] = (int(main[row, column]) + 2) % prover.FIELD_ORDER
        proof = satisfied.prove(satisfied.changed(position, main))
        assert rejection(satisfied.verify, proof) == reason

    def test_a_value_outside_the_table_cannot_be_looked_up(self, satisfied: Machine) -> None:
        source, sink = (satisfied.instances[position][1].copy() for position in (1, 3))
        assert (source[0, 1:7] == sink[-1, 1:7]).all()
        source[0, 1] = sink[-1, 1] = 64
        counts = satisfied.instances[0][1].copy()
        counts[0, 0] -= 1
        instances = satisfied.changed(1, source)
        instances[3] = (SINK, sink, None)
        instances[0] = (RANGE, counts, None)
        assert rejection(satisfied.verify, satisfied.prove(instances)) == UNBALANCED

    def test_a_message_sent_once_cannot_be_received_twice(self, satisfied: Machine) -> None:
        sink = satisfied.instances[2][1].copy()
        sink[0] = sink[1]
        assert sink[0, 0] == 1
        assert rejection(satisfied.verify, satisfied.prove(satisfied.changed(2, sink))) == UNBALANCED

    def test_a_multiplicity_of_minus_one_does_not_take_a_lookup_back(self, satisfied: Machine) -> None:
        counts = satisfied.instances[0][1].copy()
        counts[1, 0] = prover.FIELD_ORDER - 1
        assert rejection(satisfied.verify, satisfied.prove(satisfied.changed(0, counts))) == UNBALANCED

    def test_the_same_payload_on_two_buses_does_not_cancel(self) -> None:
        crossed = machine(sink_bus=OTHER_BUS)
        assert rejection(crossed.verify, crossed.prove()) == UNBALANCED

    def test_a_narrow_message_does_not_cancel_a_wider_one_padded_with_zeros(self) -> None:
        sender, receiver = ChipBuilder("sender", 1), ChipBuilder("receiver", 1)
        one = sender.node("const", 1)
        sender.interact("send", 0, [sender.node("main", 0)], one)
        cell, zero = receiver.node("main", 0), receiver.node("const", 0)
        receiver.interact("receive", 1, [cell, zero], receiver.node("const", 1))
        key = prover.setup(circuit({"one": 1, "two": 2}, sender, receiver), [])
        cells = table([[row] for row in range(16)])
        proof, _ = prover.prove(key, [(0, cells, None), (1, cells, None)], TRANSCRIPT, PARAMETERS)
        assert rejection(prover.verify, key, proof, [], TRANSCRIPT, PARAMETERS) == UNBALANCED


class TestOtherStatement:
    def test_a_changed_public_cell(self, satisfied: Machine, proof: bytes) -> None:
        public = satisfied.instances[4][1].copy()
        public[2, 1] += 1
        assert rejection(satisfied.verify, proof, public_data=[(STATEMENT, public)]) == ANOTHER

    def test_a_taller_public_table(self, satisfied: Machine, proof: bytes) -> None:
        public = np.vstack([satisfied.instances[4][1]] * 2)
        assert rejection(satisfied.verify, proof, public_data=[(STATEMENT, public)]) == (
            "chip 3 (statement): 8 rows, its public table has 16"
        )

    def test_another_transcript(self, satisfied: Machine, proof: bytes) -> None:
        assert rejection(satisfied.verify, proof, transcript=TRANSCRIPT + b"\0") == ANOTHER

    @pytest.mark.parametrize(
        "changes", [{"grinding": {"lookup": 17}}, {"queries": 219}, {"target_bits": 101}]
    )
    def test_other_parameters(self, satisfied: Machine, proof: bytes, changes: dict[str, Any]) -> None:
        rejection(satisfied.verify, proof, parameters=with_parameters(**changes))

    def test_another_preprocessed_table(self, satisfied: Machine, proof: bytes) -> None:
        cells = table([[value] for value in range(1, 65)])
        key = prover.setup(
            circuit({"range": 1, "move": 6, "other": 6, "statement": 2}, *machine_chips()), [(RANGE, cells)]
        )
        assert key.digest != satisfied.key.digest
        assert rejection(satisfied.verify, proof, key=key) == ANOTHER

    def test_another_circuit_of_the_same_shape(self, satisfied: Machine, proof: bytes) -> None:
        chips = machine_chips()
        chips[FIBONACCI].nodes[0], chips[FIBONACCI].nodes[1] = ["main", 1], ["main", 0]
        key = prover.setup(
            circuit({"range": 1, "move": 6, "other": 6, "statement": 2}, *chips),
            [(RANGE, table([[value] for value in range(64)]))],
        )
        assert key.digest != satisfied.key.digest
        assert rejection(satisfied.verify, proof, key=key) == ANOTHER


class TestProver:
    def test_progress_names_the_phases_in_order(self, satisfied: Machine) -> None:
        phases: list[str] = []
        times: list[float] = []

        def note(phase: str, seconds: float) -> None:
            phases.append(phase)
            times.append(seconds)

        _, report = prover.prove(satisfied.key, satisfied.instances, TRANSCRIPT, PARAMETERS, note)
        main_phases = [phase for phase in dict.fromkeys(phases) if phase != "grinding"]
        assert main_phases == ["trace", "lookups", "quotient", "opening", "low-degree test", "queries"]
        assert times == sorted(times)
        assert set(report["seconds"]) == {*main_phases, "grinding", "total"}

    @pytest.mark.parametrize(
        "phase", ["trace", "lookups", "quotient", "grinding", "low-degree test", "queries"]
    )
    @pytest.mark.parametrize("exception", [KeyboardInterrupt, ValueError])
    def test_an_exception_in_the_callback_stops_the_proof(
        self, satisfied: Machine, phase: str, exception: type[BaseException]
    ) -> None:
        def stop(begun: str, _: float) -> None:
            if begun == phase:
                raise exception(begun)

        with pytest.raises(exception, match=phase):
            prover.prove(satisfied.key, satisfied.instances, TRANSCRIPT, PARAMETERS, stop)
        satisfied.verify(satisfied.prove())

    def test_threads_share_a_key(self, satisfied: Machine) -> None:
        def prove_and_verify(number: int) -> list[str]:
            phases: list[str] = []
            transcript = b"%d" % number
            proof, _ = prover.prove(
                satisfied.key,
                satisfied.instances,
                transcript,
                PARAMETERS,
                lambda phase, _: phases.append(phase),
            )
            satisfied.verify(proof, transcript=transcript)
            return [phase for phase in phases if phase != "grinding"]

        with ThreadPoolExecutor(4) as threads:
            results = list(threads.map(prove_and_verify, range(8)))
        assert all(phases == results[0] for phases in results)

    def test_cells_are_counted(self, satisfied: Machine) -> None:
        _, report = prover.prove(satisfied.key, satisfied.instances, TRANSCRIPT, PARAMETERS)
        assert report["main_cells"] == 64 + 9 * 8 + 2 * 7 * 4 + 3 * 8 + 2 * 16
        assert report["preprocessed_cells"] == 64
        # Columns for a running sum and for each interaction: one interaction, or three in the source.
        assert report["auxiliary_cells"] == 8 * 64 + 16 * 8 + 2 * 8 * 4 + 8 * 8
        assert report["quotient_cells"] == 4 * (64 + 8 + 2 * 4 + 8 + 16)
