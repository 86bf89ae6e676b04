"""`make conformance`: compares many runs with the reference machine and with LiteSVM, and counts them.

The witnesses of the runs are checked, and some runs are proven and verified. The command fails if anything
differs. It also fails if an opcode or an ending of a version occurred in no run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from solproof.runtime.execution_input import ExecutionInput
from tests.differential import mainnet, parts, upstream
from tests.differential.cases import MAINNET_VERSIONS, VERSIONS
from tests.differential.parts import Part
from tests.differential.proofs import Candidate, choose, prove_and_verify
from tests.differential.tally import Item, all_endings, all_opcodes
from tests.support.conformance import assert_checked
from tests.support.oracle.oracle import oracle

PROGRAMS_OF_A_PART = 500
PARTS_OF_A_REPORT = 10


def main() -> int:
    """Run everything. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000, help="random programs (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all random choices (default 1)")
    parser.add_argument("--check-every", type=int, default=1, help="check every Nth witness (default 1: all)")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="default: one per processor")
    arguments = parser.parse_args()
    programs, seed, check_every = arguments.programs, arguments.seed, arguments.check_every
    print(f"PROGRAMS={programs} SEED={seed} CHECK_EVERY={check_every}", flush=True)
    oracle()  # built once, before several processes need it
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(arguments.processes, context) as executor:
            run = Conformance(executor, seed, check_every)
            candidates = run.compare_with_reference(programs)
            run.compare_with_litesvm(-(-programs // 10))
            transactions = run.compare_mainnet_programs(-(-programs // 100))
            compare_with_upstream()
            run.prove(candidates, transactions)
    except AssertionError as error:
        print(f"\nFAILED: {error}")
        return 1
    return 0


class Conformance:
    """The long comparisons, spread over several processes."""

    def __init__(self, executor: Executor, seed: int, check_every: int) -> None:
        self.executor = executor
        self.seed = seed
        self.check_every = check_every

    def compare_with_reference(self, programs: int) -> list[Candidate]:
        """Compare random programs with `solana-sbpf` after every step.

        Returns runs that together have all opcodes and endings that occurred.
        """
        with _section(f"{programs:,} random programs against solana-sbpf 0.21.0, step by step"):
            sizes, seeds = self._split(programs)
            every = [self.check_every] * len(sizes)
            part = _sum(self.executor.map(parts.random_programs, sizes, seeds, every))
            _print_part(part)
        return choose(part.candidates)

    def compare_with_litesvm(self, programs: int) -> None:
        """Compare the whole outcome of random programs, as ELF files, with LiteSVM."""
        versions = f"V{MAINNET_VERSIONS[0]} to V{MAINNET_VERSIONS[-1]}"
        with _section(f"{programs:,} random ELF files of {versions} against LiteSVM"):
            sizes, seeds = self._split(programs)
            every = [self.check_every] * len(sizes)
            _print_part(_sum(self.executor.map(parts.random_files, sizes, seeds, every)))

    def compare_mainnet_programs(self, instructions: int) -> list[ExecutionInput]:
        """Compare random instructions for mainnet's programs with LiteSVM. Returns some of each program."""
        inputs: list[ExecutionInput] = []
        with _section(f"{instructions:,} random instructions for each program of mainnet against LiteSVM"):
            names = mainnet.NAMES
            count = len(names)
            found = self.executor.map(
                parts.mainnet_program,
                [instructions] * count,
                [str(self.seed)] * count,
                [self.check_every] * count,
                names,
            )
            for name, part in zip(names, found, strict=True):
                print(f"{name}: {part.outcomes.report()}; {part.checked:,} witnesses checked", flush=True)
                inputs += part.candidates
        return inputs

    def prove(self, candidates: list[Candidate], transactions: list[ExecutionInput]) -> None:
        """Prove and verify random runs with all opcodes and endings of all versions, and mainnet's runs."""
        inputs = [candidate.given for candidate in candidates] + transactions
        proofs = f"{len(candidates)} random runs and {len(transactions)} of mainnet's programs"
        with _section(f"{proofs}, proven and verified"):
            for given in inputs:
                prove_and_verify(given)
            proven = frozenset[Item]().union(*(candidate.items for candidate in candidates))
            missing: set[Item] = set()
            for version in VERSIONS:
                opcodes, endings = all_opcodes(version), all_endings(version)
                print(
                    f"V{version}: {len(opcodes & proven)} of {len(opcodes)} opcodes, "
                    f"{len(endings & proven)} of {len(endings)} endings"
                )
                missing |= (opcodes | endings) - proven
        assert not missing, f"no run had {sorted(missing)}, so more programs are needed"

    def _split(self, count: int) -> tuple[list[int], list[str]]:
        """The sizes of the parts, and their seeds."""
        starts = range(0, count, PROGRAMS_OF_A_PART)
        sizes = [min(PROGRAMS_OF_A_PART, count - start) for start in starts]
        return sizes, [f"{self.seed} {number}" for number in range(len(sizes))]


def compare_with_upstream() -> None:
    """Compare the runs of the reference's own test suite."""
    if not upstream.files():
        print("\nThe runs of the reference's own test suite are left out: SOLPROOF_SHARED is not set")
    for path in upstream.files():
        _compare_with_upstream(path)


def _compare_with_upstream(path: Path) -> None:
    ran, left_out, checked = Counter[str](), Counter[str](), 0
    with _section(f"The runs of the reference's own test suite in {path.name}"):
        for case in upstream.cases(path):
            reason = upstream.reason_to_leave_out(case)
            if reason is not None:
                left_out[reason] += 1
                continue
            outcome = upstream.assert_like_upstream(case)
            ran[case["version"]] += 1
            if upstream.is_like_mainnet(case):
                assert_checked(outcome)
                checked += 1
        print("equal: " + ", ".join(f"{version} {count}" for version, count in sorted(ran.items())))
        print(f"witnesses checked: {checked:,}, all except those with settings that mainnet does not have")
        for reason, count in left_out.items():
            print(f"left out: {count}, because each {reason}")


@contextmanager
def _section(title: str) -> Iterator[None]:
    start = time.perf_counter()
    print(f"\n{title}", flush=True)
    yield
    print(f"{time.perf_counter() - start:.0f} s", flush=True)


def _sum(found: Iterable[Part]) -> Part:
    """All parts together. Prints the progress from time to time."""
    total = Part()
    for number, part in enumerate(found, start=1):
        total += part
        if number % PARTS_OF_A_REPORT == 0:
            print(f"    {sum(total.tally.programs.values()):7,}  programs so far", flush=True)
    return total


def _print_part(part: Part) -> None:
    for line in part.tally.report():
        print(line)
    checked = part.checked
    print(f"witnesses checked: {checked['exit']:,} of runs that exit, {checked['fault']:,} of other runs")


if __name__ == "__main__":
    sys.exit(main())
