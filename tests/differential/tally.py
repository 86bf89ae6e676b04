"""The coverage of some runs: versions, opcodes and endings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from solproof.isa.opcodes import OPCODES, Action, opcode
from solproof.vm.trace import Run

EXIT = "exit"
FAULTS = (
    "load: AccessViolation",
    "store: AccessViolation",
    "CallDepthExceeded",
    "CallOutsideTextSegment",
    "DivideByZero",
    "ExceededMaxInstructions",
    "ExecutionOverrun",
    "UnsupportedInstruction",
)
STACK_FAULTS = ("load: StackAccessViolation", "store: StackAccessViolation")
"""These occur only in versions in which frames have fixed addresses."""

Item = tuple[int, str]
"""A version, and an opcode or an ending."""


def all_opcodes(version: int) -> set[Item]:
    """The opcodes that a version can execute."""
    return {(version, row.mnemonic) for row in OPCODES if version in row.versions}


def all_endings(version: int) -> set[Item]:
    """The endings that a run of a version can have, except those of syscalls."""
    names = [EXIT, *FAULTS]
    if version == 2:
        names.append("DivideOverflow")
    if version not in (1, 2):
        names += STACK_FAULTS
    return {(version, name) for name in names}


def ending(run: Run) -> str:
    """The ending of a run. A failed access is called a load or a store."""
    if run.fault is None:
        return EXIT
    name = run.fault.name
    if not name.endswith("AccessViolation"):
        return name
    row = opcode(run.program.text[8 * run.pc], run.program.version)
    assert row is not None
    return f"{'load' if row.action is Action.LOAD else 'store'}: {name}"


def executed(run: Run) -> Iterator[tuple[Item, int]]:
    """The opcodes that a run executed, with their counts."""
    counts = np.bincount(run.trace.pc, minlength=1)
    for pc in np.flatnonzero(counts[: run.program.slots]).tolist():
        row = opcode(run.program.text[8 * pc], run.program.version)
        if row is not None:
            yield (run.program.version, row.mnemonic), int(counts[pc])


def items(run: Run) -> set[Item]:
    """The opcodes that a run executed, and its ending."""
    return {item for item, _ in executed(run)} | {(run.program.version, ending(run))}


class Tally:
    """Counts of runs."""

    def __init__(self) -> None:
        self.programs: Counter[int] = Counter()
        self.runs: Counter[int] = Counter()
        self.instructions: Counter[int] = Counter()
        self.opcodes: Counter[Item] = Counter()
        self.endings: Counter[Item] = Counter()

    def add(self, run: Run) -> None:
        """Count a run."""
        version = run.program.version
        self.runs[version] += 1
        self.instructions[version] += run.instructions
        for item, count in executed(run):
            self.opcodes[item] += count
        self.endings[version, ending(run)] += 1

    def __iadd__(self, other: Tally) -> Tally:
        for mine, theirs in zip(self._counters(), other._counters(), strict=True):
            mine.update(theirs)
        return self

    def _counters(self) -> tuple[Counter[Any], ...]:
        return self.programs, self.runs, self.instructions, self.opcodes, self.endings

    def report(self) -> Iterator[str]:
        """A line for each version, then one for each of its endings."""
        for version in sorted(self.runs):
            opcodes = all_opcodes(version)
            rarest = min(opcodes, key=lambda item: self.opcodes[item])
            covered = len(opcodes & set(self.opcodes))
            yield (
                f"V{version}: {self.programs[version]:,} programs, {self.runs[version]:,} runs, "
                f"{self.instructions[version]:,} instructions, {covered} of {len(opcodes)} opcodes "
                f"(least often {rarest[1]}: {self.opcodes[rarest]:,} times)"
            )
            for item, count in self.endings.most_common():
                if item[0] == version:
                    yield f"    {count:7,}  {item[1]}"
