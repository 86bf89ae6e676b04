"""2,000 random transactions, compared with LiteSVM. 1,000 are checked for a proof, and 200 are proven.

`python -m tests.differential.transactions` compares many more.
"""

from __future__ import annotations

import pytest

from solproof.runtime.syscalls import invoke
from tests.differential.transactions.cases import make_case
from tests.differential.transactions.comparison import run_in_litesvm
from tests.differential.transactions.parts import Proofs, compare_transactions, machine
from tests.differential.transactions.tally import COMMON, SUCCESS, Tally

TRANSACTIONS = 2_000
PARTS = 20
SIZE = TRANSACTIONS // PARTS
SEED = "1"
DEEPEST = 5
PROOFS = Proofs(check_every=2, prove_every=10)


@pytest.mark.parametrize("part", range(PARTS))
def test_random_transactions(part: int) -> None:
    tally = compare_transactions(SEED, part * SIZE, SIZE, PROOFS)
    assert tally.cases == SIZE


def test_all_outcomes_occur() -> None:
    """The same transactions, in LiteSVM only: what they do, and how deep they go."""
    tally = Tally()
    for number in range(TRANSACTIONS):
        tally.add(run_in_litesvm(machine(), make_case(machine(), f"{SEED} {number}")))
    assert not COMMON - tally.outcomes.keys()
    assert 0.4 * TRANSACTIONS < tally.outcomes[SUCCESS] < 0.8 * TRANSACTIONS
    assert all(tally.heights[height] > TRANSACTIONS / 50 for height in range(DEEPEST + 1))


@pytest.mark.parametrize(
    ("name", "value"), [("INVOKE_COST", 947), ("refresh", lambda *_: None), ("publish", lambda *_: None)]
)
def test_a_difference_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """Invocations that cost too much, or that do not carry changes up or down, are noticed."""
    monkeypatch.setattr(invoke, name, value)
    with pytest.raises(AssertionError, match=r"^case 1 [0-9]+: AssertionError: "):
        compare_transactions(SEED, 0, SIZE)


def test_a_seed_gives_the_same_transactions() -> None:
    first, second = (
        [bytes(make_case(machine(), f"5 {number}").transaction) for number in range(60)] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 60
