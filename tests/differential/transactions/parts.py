"""A part of the comparison, for one process."""

from __future__ import annotations

from functools import cache

from tests.differential.transactions.cases import make_case
from tests.differential.transactions.comparison import compare
from tests.differential.transactions.machine import Machine
from tests.differential.transactions.tally import Tally


@cache
def machine() -> Machine:
    """The machine of this process."""
    return Machine()


def compare_transactions(seed: str, first: int, count: int) -> Tally:
    """Compare the cases of a seed with these numbers. Raises AssertionError for the first difference."""
    tally = Tally()
    for number in range(first, first + count):
        tally.add(compare(machine(), make_case(machine(), f"{seed} {number}")))
    return tally
