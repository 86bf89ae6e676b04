"""The table of docs/zisk.md: the guest's cost of each instruction of the token programs.

    python benches/zisk_steps.py

Steps are counted exactly, so the table is the same on every machine. The steps before the first instruction
are measured by a run whose compute unit limit is 0.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[1]))

from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.emulator import emulate
from solproof.zisk.outputs import Word
from tests.support.token_programs import CLASSIC, P_TOKEN, SUCCEEDING, TOKEN_2022, scene_of

NAMES = {P_TOKEN: "p-token", CLASSIC: "SPL Token 3.5.0", TOKEN_2022: "Token-2022"}


class Row(NamedTuple):
    """A run's sBPF instructions and compute units, guest steps, and those before its first instruction."""

    instructions: int
    compute_units: int
    steps: int
    before: int

    @property
    def per_instruction(self) -> float:
        """Guest steps per sBPF instruction, counted from the start of the first instruction."""
        return (self.steps - self.before) / self.instructions


def measure(given: ExecutionInput) -> Row:
    """Run the guest twice: with its limit, and with a limit of 0."""
    whole = emulate(bincode.pack(given))
    empty = replace(given, parameters=replace(given.parameters, compute_unit_limit=0))
    before = emulate(bincode.pack(empty))
    assert whole.steps is not None
    assert before.steps is not None
    words = whole.words
    return Row(words[Word.INSTRUCTIONS], words[Word.COMPUTE_UNITS], whole.steps, before.steps)


def line(token: str, name: str) -> str:
    """A row as Markdown."""
    row = measure(scene_of(token, SUCCEEDING[name][0]))
    counts = (row.instructions, row.compute_units, row.before, row.steps - row.before)
    cells = [NAMES[token], name, *(f"{count:,}" for count in counts)]
    return f"| {' | '.join(cells)} | {row.per_instruction:.1f} | {row.steps:,} |"


def main() -> None:
    """Print the table."""
    for token in NAMES:
        for name in SUCCEEDING:
            print(line(token, name), flush=True)


if __name__ == "__main__":
    main()
