"""A part of the comparison, for one process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.differential.transactions.cases import make_case
from tests.differential.transactions.comparison import compare
from tests.differential.transactions.machine import Machine
from tests.differential.transactions.tally import Tally


@cache
def machine() -> Machine:
    """The machine of this process."""
    return Machine()


@dataclass(frozen=True, slots=True)
class Proofs:
    """Of how many cases one is checked for a proof, and of how many one is proven. 0 means none."""

    check_every: int = 0
    prove_every: int = 0


def compare_transactions(seed: str, first: int, count: int, proofs: Proofs = Proofs()) -> Tally:
    """Compare the cases of a seed with these numbers. Raises AssertionError for the first difference."""
    tally = Tally()
    for number in range(first, first + count):
        case = make_case(machine(), f"{seed} {number}")
        checks = proofs.check_every > 0 and number % proofs.check_every == 0
        proves = proofs.prove_every > 0 and number % proofs.prove_every == 0
        tally.add(compare(machine(), case, checks=checks, proves=proves))
    return tally
