"""Parts of a conformance run, one per process: compare, check witnesses, count, and keep runs to prove."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from solproof.execution.execute import Execution
from solproof.runtime.execution_input import ExecutionInput
from tests.differential import mainnet
from tests.differential.cases import Case, cases, run_case, runtime_cases
from tests.differential.proofs import Candidate, choose
from tests.differential.search import search
from tests.differential.tally import EXIT, Tally, ending
from tests.support.conformance import assert_checked
from tests.support.litesvm_oracle import assert_like_litesvm


@dataclass(slots=True)
class Part:
    """The result of some runs: counts, checked witnesses by kind of ending, and runs to prove."""

    tally: Tally = field(default_factory=Tally)
    checked: Counter[str] = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)

    def check(self, execution: Execution, check_every: int) -> None:
        """Count a run, and check the witness of every `check_every`-th one."""
        self.tally.add(execution.run)
        self.candidates.append(Candidate.of(execution))
        if len(self.candidates) % check_every == 0:
            assert_checked(execution.run)
            self.checked["exit" if ending(execution.run) == EXIT else "fault"] += 1

    def __iadd__(self, other: Part) -> Part:
        self.tally += other.tally
        self.checked += other.checked
        self.candidates += other.candidates
        return self


def random_programs(programs: int, seed: str, check_every: int) -> Part:
    """Compare random programs with `solana-sbpf`. Returns few candidates that cover what all runs cover."""
    part = Part()

    def examine(case: Case) -> None:
        for execution in run_case(case):
            part.check(execution, check_every)
        part.tally.programs[case.version] += 1

    search(cases(), examine, programs, seed)
    part.candidates = choose(part.candidates)
    return part


def random_files(programs: int, seed: str, check_every: int) -> Part:
    """Compare random ELF files with LiteSVM."""
    part = Part()

    def examine(case: Case) -> None:
        part.check(assert_like_litesvm(case.given, program=case.program), check_every)
        part.tally.programs[case.version] += 1

    search(runtime_cases(), examine, programs, seed)
    part.candidates = choose(part.candidates)
    return part


@dataclass(slots=True)
class MainnetPart:
    """The result of random instructions of one program, with a succeeding and a failing one to prove."""

    outcomes: mainnet.Outcomes
    checked: int
    candidates: list[ExecutionInput]


def mainnet_program(instructions: int, seed: str, check_every: int, name: str) -> MainnetPart:
    """Compare random instructions for a program of mainnet with LiteSVM."""
    kept: dict[bool, ExecutionInput] = {}
    runs, checked = 0, 0

    def examine(execution: Execution) -> None:
        nonlocal runs, checked
        kept.setdefault(execution.output.success, execution.input)
        runs += 1
        if runs % check_every == 0:
            assert_checked(execution.run)
            checked += 1

    outcomes = mainnet.compare(name, instructions, seed, examine)
    return MainnetPart(outcomes, checked, list(kept.values()))
