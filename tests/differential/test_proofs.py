"""Random runs of every version are proven and verified. `make conformance` does this for every opcode."""

from __future__ import annotations

import pytest

from tests.differential.cases import VERSIONS, Case, cases, run_case
from tests.differential.proofs import Candidate, choose, prove_and_verify
from tests.differential.search import search
from tests.differential.tally import EXIT, Item, all_endings, all_opcodes


def test_few_runs_have_what_all_have() -> None:
    candidates: list[Candidate] = []

    def examine(case: Case) -> None:
        candidates.extend(Candidate.of(execution) for execution in run_case(case))

    search(cases(), examine, 300, "proofs")
    chosen = choose(candidates)
    together = frozenset[Item]().union(*(candidate.items for candidate in chosen))
    assert together == frozenset[Item]().union(*(candidate.items for candidate in candidates))
    assert len(chosen) < len(candidates) / 3


@pytest.mark.parametrize("exits", [True, False], ids=["exit", "fault"])
@pytest.mark.parametrize("version", VERSIONS)
def test_proofs(version: int, exits: bool) -> None:
    found: list[Candidate] = []

    def examine(case: Case) -> None:
        if case.version == version:
            found.extend(Candidate.of(run) for run in run_case(case) if (run.run.fault is None) == exits)

    search(cases(), examine, 60, "proofs")
    longest = max(found, key=lambda candidate: len(candidate.items))
    assert len(longest.items) > 5
    assert ((version, EXIT) in longest.items) == exits
    prove_and_verify(longest.given)


def test_what_there_is_to_cover() -> None:
    assert [len(all_opcodes(version)) for version in VERSIONS] == [91, 91, 100, 113, 113]
    assert [len(all_endings(version)) for version in VERSIONS] == [11, 9, 10, 11, 11]
