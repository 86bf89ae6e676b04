"""`make conformance`: compares many runs with the reference machine and with LiteSVM, and counts them.

It proves some of the runs too. It fails if anything differs, and if a version lacks an opcode or an ending.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from solproof.svm.execute import Execution
from tests.conformance import assert_checked
from tests.differential import mainnet, upstream
from tests.differential.cases import MAINNET_VERSIONS, VERSIONS, Case, cases, run_case, runtime_cases
from tests.differential.proofs import Candidate, choose, prove_and_verify
from tests.differential.search import search
from tests.differential.tally import Item, Tally, all_endings, all_opcodes
from tests.litesvm_oracle import assert_like_litesvm

CHECK_EVERY = 20


def main() -> int:
    """Run everything; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000, help="random programs (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (default 1)")
    arguments = parser.parse_args()
    print(f"PROGRAMS={arguments.programs} SEED={arguments.seed}", flush=True)
    try:
        candidates = compare_with_reference(arguments.programs, arguments.seed)
        compare_with_litesvm(arguments.programs // 10, arguments.seed)
        mainnet_runs = compare_mainnet_programs(arguments.programs // 40, arguments.seed)
        compare_with_upstream()
        prove(candidates, mainnet_runs)
    except AssertionError as error:
        print(f"\nFAILED: {error}")
        return 1
    return 0


def compare_with_reference(programs: int, seed: int) -> list[Candidate]:
    """Random programs in the machine and in `solana-sbpf`, equal after every step; returns the runs."""
    tally, candidates, checked = Tally(), list[Candidate](), Counter[str]()

    def examine(case: Case) -> None:
        for execution in run_case(case):
            is_first = tally.add(execution.run)
            candidates.append(Candidate.of(execution))
            if is_first or len(candidates) % CHECK_EVERY == 0:
                assert_checked(execution.run)
                checked["exit" if execution.run.fault is None else "fault"] += 1
        tally.programs[case.version] += 1

    with _section(f"{programs:,} random programs against solana-sbpf 0.21.0, step by step"):
        search(cases(), examine, programs, seed)
        _print_tally(tally)
        print(f"witnesses checked: {checked['exit']:,} of runs that exit, {checked['fault']:,} of others")
    return candidates


def compare_with_litesvm(programs: int, seed: int) -> None:
    """Random programs as ELF files in solproof and in LiteSVM: the whole outcome is equal."""
    tally = Tally()

    def examine(case: Case) -> None:
        tally.add(assert_like_litesvm(case.given, program=case.program).run)
        tally.programs[case.version] += 1

    versions = f"V{MAINNET_VERSIONS[0]} to V{MAINNET_VERSIONS[-1]}"
    with _section(f"{programs:,} random ELF files of {versions} against LiteSVM"):
        search(runtime_cases(), examine, programs, seed)
        _print_tally(tally)


class Kept:
    """Of the runs of a program, one that succeeds and one that fails, to be proven. Some are checked."""

    def __init__(self) -> None:
        self.candidates: dict[bool, Candidate] = {}
        self.runs = 0
        self.checked = 0

    def examine(self, execution: Execution) -> None:
        """Look at a run."""
        self.candidates.setdefault(execution.output.success, Candidate.of(execution))
        if self.runs % CHECK_EVERY == 0:
            assert_checked(execution.run)
            self.checked += 1
        self.runs += 1


def compare_mainnet_programs(instructions: int, seed: int) -> list[Candidate]:
    """Random instructions for mainnet's programs in solproof and in LiteSVM; returns some runs of each."""
    candidates: list[Candidate] = []
    with _section(f"{instructions:,} random instructions for each program of mainnet against LiteSVM"):
        for name in mainnet.NAMES:
            kept = Kept()
            outcomes = mainnet.compare(name, instructions, seed, kept.examine)
            print(f"{name}: {outcomes.report()}; {kept.checked:,} witnesses checked", flush=True)
            candidates += kept.candidates.values()
    return candidates


def compare_with_upstream() -> None:
    """The runs of the reference's own test-suite."""
    if upstream.SHARED is None:
        print("\nThe runs of the reference's own test-suite: left out, as SOLPROOF_SHARED is not set")
        return
    ran, left_out = Counter[str](), Counter[str]()
    with _section("The runs of the reference's own test-suite"):
        for case in upstream.cases():
            reason = upstream.reason_to_leave_out(case)
            if reason is None:
                upstream.assert_like_upstream(case)
                ran[case["version"]] += 1
            else:
                left_out[reason] += 1
        print("equal: " + ", ".join(f"{version} {count}" for version, count in sorted(ran.items())))
        for reason, count in left_out.items():
            print(f"left out: {count}, each {reason}")


def prove(random_runs: list[Candidate], mainnet_runs: list[Candidate]) -> None:
    """Few random runs that have all opcodes and endings of all versions, and those of mainnet's programs."""
    chosen = choose(random_runs)
    proofs = f"{len(chosen)} random runs and {len(mainnet_runs)} of mainnet's programs"
    with _section(f"{proofs}, proven and verified"):
        for candidate in [*chosen, *mainnet_runs]:
            prove_and_verify(candidate)
        proven = set().union(*(candidate.items for candidate in chosen))
        missing: set[Item] = set()
        for version in VERSIONS:
            opcodes, endings = all_opcodes(version), all_endings(version)
            print(
                f"V{version}: {len(opcodes & proven)} of {len(opcodes)} opcodes, "
                f"{len(endings & proven)} of {len(endings)} endings"
            )
            missing |= (opcodes | endings) - proven
        assert not missing, f"no run had {sorted(missing)}: more programs are needed"


@contextmanager
def _section(title: str) -> Iterator[None]:
    start = time.perf_counter()
    print(f"\n{title}", flush=True)
    yield
    print(f"{time.perf_counter() - start:.0f} s", flush=True)


def _print_tally(tally: Tally) -> None:
    for line in tally.report():
        print(line)


if __name__ == "__main__":
    sys.exit(main())
