"""Proofs of a few runs that together cover everything that many runs cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof.execution.execute import Execution, execute
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput
from solproof.verifying.verify import verify
from tests.differential.tally import Item, items


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that may be proven, and the items that it covers."""

    given: ExecutionInput
    items: frozenset[Item]

    @classmethod
    def of(cls, execution: Execution) -> Candidate:
        """A candidate from an execution, whose trace is not kept."""
        return cls(execution.input, frozenset(items(execution.run)))


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Choose candidates that cover the items of all candidates. Greedy: the one that adds most comes next."""
    missing = frozenset[Item]().union(*(candidate.items for candidate in candidates))
    chosen = []
    while missing:
        best = max(candidates, key=lambda candidate: len(candidate.items & missing))
        chosen.append(best)
        missing -= best.items
    return chosen


def prove_and_verify(given: ExecutionInput) -> None:
    """Prove the run, and verify the proof against the input alone. The verdict must be the run's output."""
    execution = execute(given)
    verdict = verify(prove_execution(execution).data, given)
    assert verdict.output == execution.output, f"{verdict.output}, expected {execution.output}"
