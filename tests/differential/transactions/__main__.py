"""`make conformance`: compares many random transactions with LiteSVM, and counts their outcomes.

The command fails if anything differs, or if an outcome no longer occurs. `--only` shows one transaction.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.differential.transactions.cases import make_case
from tests.differential.transactions.comparison import compare, run_in_litesvm
from tests.differential.transactions.parts import Proofs, compare_transactions, machine
from tests.differential.transactions.tally import COMMON, RARE, Tally

TRANSACTIONS_OF_A_PART = 250
PARTS_OF_A_REPORT = 10
ENOUGH_FOR_RARE = 20_000


def main() -> int:
    """Compare everything. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential.transactions", description=__doc__)
    parser.add_argument("--transactions", type=int, default=20_000, help="transactions (default 20,000)")
    parser.add_argument("--seed", default="1", help="seed of all random choices (default 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="default: one per processor")
    parser.add_argument(
        "--check-every", type=int, default=1, help="check the tables of every nth (default 1, 0 for none)"
    )
    parser.add_argument(
        "--prove-every", type=int, default=100, help="prove every nth (default 100, 0 for none)"
    )
    parser.add_argument("--only", type=int, help="the number of the only transaction to compare and show")
    arguments = parser.parse_args()
    try:
        if arguments.only is not None:
            show(f"{arguments.seed} {arguments.only}")
        else:
            proofs = Proofs(arguments.check_every, arguments.prove_every)
            compare_all(arguments.transactions, arguments.seed, arguments.processes, proofs)
    except AssertionError as error:
        print(f"\nFAILED: {error}")
        return 1
    return 0


def compare_all(transactions: int, seed: str, processes: int, proofs: Proofs) -> None:
    """Compare many transactions in several processes."""
    print(f"{transactions:,} random transactions of seed {seed} against LiteSVM", flush=True)
    start = time.perf_counter()
    total = Tally()
    firsts = range(0, transactions, TRANSACTIONS_OF_A_PART)
    counts = [min(TRANSACTIONS_OF_A_PART, transactions - first) for first in firsts]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as executor:
        found = executor.map(
            compare_transactions, [seed] * len(counts), firsts, counts, [proofs] * len(counts)
        )
        for number, part in enumerate(found, start=1):
            total += part
            if number % PARTS_OF_A_REPORT == 0:
                print(f"    {total.cases:7,}  transactions so far", flush=True)
    print(*total.report(), f"{time.perf_counter() - start:.0f} s", sep="\n")
    wanted = COMMON | RARE if transactions >= ENOUGH_FOR_RARE else COMMON
    missing = wanted - total.outcomes.keys()
    assert not missing, f"no transaction had {sorted(missing)}, so more transactions are needed"


def show(name: str) -> None:
    """Show what LiteSVM does with one case, and compare it."""
    case = make_case(machine(), name)
    result = run_in_litesvm(machine(), case)
    print(*result.logs, f"error {result.error}, {result.compute_units} CU, fee {result.fee}", sep="\n")
    compare(machine(), case)


if __name__ == "__main__":
    sys.exit(main())
