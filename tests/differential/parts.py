"""Parts of a conformance run, each for a process: compare, check witnesses, count, keep what to prove."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from solproof.runtime.execute import Execution
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
    """What some runs gave: counts, the number of witnesses checked by kind of ending, runs to prove."""

    tally: Tally = field(default_factory=Tally)
    checked: Counter[str] = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)

    def check(self, execution: Execution, check_every: int) -> None:
        """Count a run, and check the witness of every so many."""
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
    """Random programs in the machine and in `solana-sbpf`; few candidates have all that any run had."""
    part = Part()

    def examine(case: Case) -> None:
        for execution in run_case(case):
            part.check(execution, check_every)
        part.tally.programs[case.version] += 1

    search(cases(), examine, programs, seed)
    part.candidates = choose(part.candidates)
    return part


def random_files(programs: int, seed: str, check_every: int) -> Part:
    """Random ELF files in solproof and in LiteSVM."""
    part = Part()

    def examine(case: Case) -> None:
        part.check(assert_like_litesvm(case.given, program=case.program), check_every)
        part.tally.programs[case.version] += 1

    search(runtime_cases(), examine, programs, seed)
    part.candidates = choose(part.candidates)
    return part


@dataclass(slots=True)
class MainnetPart:
    """What random instructions of one program gave; one that succeeds and one that fails are to be proven."""

    outcomes: mainnet.Outcomes
    checked: int
    candidates: list[ExecutionInput]


def mainnet_program(instructions: int, seed: str, check_every: int, name: str) -> MainnetPart:
    """Random instructions for a program of mainnet in solproof and in LiteSVM."""
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
