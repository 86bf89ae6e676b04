"""The size of proofs: parts of it against simulations, and the whole against real proofs."""

from __future__ import annotations

from random import Random

import pytest

from solproof._native import prover
from solproof.backend.proof_size import Parameters, distinct, fold_schedule, merkle_digests
from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.estimation.estimate import estimate_execution
from solproof.execution.execute import execute
from solproof.proving.prove import prove_execution
from tests.support.call_trees import NESTED, run_source

PARAMETERS = Parameters.from_json(prover.parameters_default())
TRIALS = 400


def digests(leaves: set[int], levels: int) -> int:
    """The number of digests in a pruned proof of some leaves, counted one by one."""
    total = 0
    for _ in range(levels):
        total += sum(leaf ^ 1 not in leaves for leaf in leaves)
        leaves = {leaf >> 1 for leaf in leaves}
    return total


@pytest.mark.parametrize("log_height", [2, 6, 9, 13])
def test_rows_and_digests_are_expectations(log_height: int) -> None:
    random = Random(log_height)
    hits = [{random.getrandbits(log_height) for _ in range(PARAMETERS.queries)} for _ in range(TRIALS)]
    rows = sum(map(len, hits)) / TRIALS
    hashes = sum(digests(leaves, log_height) for leaves in hits) / TRIALS
    assert distinct(log_height, PARAMETERS.queries) == pytest.approx(rows, rel=0.01)
    assert merkle_digests(log_height, PARAMETERS) == pytest.approx(hashes, rel=0.01, abs=0.1)


def test_folding_stops_where_matrices_join() -> None:
    assert fold_schedule([17, 15, 6, 5], PARAMETERS) == [
        (17, 2),
        (15, 3),
        (12, 3),
        (9, 3),
        (6, 1),
        (5, 3),
        (2, 1),
    ]


def test_real_proofs() -> None:
    for execution in (execute(transfer(classic_token())), execute(transfer(p_token())), run_source(NESTED)):
        estimate = estimate_execution(execution)
        assert estimate.proof_bytes == pytest.approx(len(prove_execution(execution).data), rel=0.05)
