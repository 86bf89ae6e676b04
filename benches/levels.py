"""The speed of each prover of a wheel, compared with the build for this machine.

    python benches/levels.py [--rounds 5] [--write]

`make wheels` makes the wheel first. Each build runs in a process of its own. The processes take turns, so
other work on the machine slows all of them. It affects the processor time less than the time that passes. A
ratio is to the build for this machine in the same round, and the table has the median over the rounds.
`--write` replaces the table in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benches.mixed_loop import mixed_loop
from solproof import __version__
from solproof._native import processor
from solproof._native.levels import LEVELS, VARIABLE, choose_level
from solproof.backend.plonky3 import VECTOR_LANES
from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.host.resources import processor_name, usable_cores
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.verifying.verify import verify

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/benchmarks.md"
BEGIN, END = "<!-- levels: begin -->\n", "<!-- levels: end -->\n"
HERE = "built here"
RUNS = 3
LOOP_ITERATIONS = 3_000  # of about 23 instructions each: 70 thousand in all

Figures = dict[str, float]
"""Seconds of each action in a process, and its field elements per vector."""


def measure() -> Figures:
    """The figures of the build that this process has imported."""
    token, loop = transfer(classic_token()), ExecutionInput(mixed_loop(LOOP_ITERATIONS), bytes(32), (), b"")
    proof = prove(token)
    return {
        "lanes": VECTOR_LANES,
        "transfer": seconds(lambda: prove(token)),
        "loop": seconds(lambda: prove(loop)),
        "verify": seconds(lambda: verify(proof.data, token)),
    }


def seconds(action: Callable[[], object]) -> float:
    """The least processor time of several runs, over all threads."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def measured(package: Path, level: str | None) -> Figures:
    """The figures of another process, which imports solproof from a directory."""
    variables = {name: value for name, value in os.environ.items() if name != VARIABLE}
    variables |= {"PYTHONPATH": str(package)} | ({VARIABLE: level} if level else {})
    process = subprocess.run(
        [sys.executable, __file__, "--measure"], env=variables, check=True, capture_output=True, text=True
    )
    figures: Figures = json.loads(process.stdout)
    return figures


def compare(builds: Mapping[str, tuple[Path, str | None]], rounds: int) -> dict[str, list[Figures]]:
    """The figures of every build in every round."""
    found: dict[str, list[Figures]] = {name: [] for name in builds}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for name, (package, level) in builds.items():
            found[name].append(measured(package, level))
    return found


def table(found: Mapping[str, list[Figures]]) -> str:
    """The machine and the figures, as Markdown."""
    lines = [
        f"Measured on {usable_cores()} cores ({processor_name()}), {len(found[HERE])} rounds.",
        "A time is that of the processor, over all threads, and the least one.",
        "A ratio is that of the times in the same round (median).",
        "",
        "| prover | field elements per vector | prove a Transfer of classic SPL Token "
        "| prove 70 thousand mixed instructions | verify the Transfer |",
        "|---|---|---|---|---|",
    ]
    for name, rounds in found.items():
        cells = []
        for action in ("transfer", "loop", "verify"):
            ratios = [mine[action] / base[action] for mine, base in zip(rounds, found[HERE], strict=True)]
            shortest = min(figures[action] for figures in rounds)
            cells.append(f"{shortest:.3f} s ({statistics.median(ratios):.2f})")
        lines.append(f"| {name} | {rounds[0]['lanes']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def wheel() -> Path:
    """The wheel of this version for x86-64."""
    found = sorted((ROOT / "dist").glob(f"solproof-{__version__}-*_x86_64.whl"))
    if not found:
        sys.exit(f"dist has no wheel of version {__version__} for x86-64: make wheels")
    return found[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="processes of each build")
    parser.add_argument("--write", action="store_true", help="replace the table in docs/benchmarks.md")
    parser.add_argument("--measure", action="store_true", help="measure the imported build, and print JSON")
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure()))
        return
    best = choose_level(frozenset(processor.features()), None)
    with tempfile.TemporaryDirectory() as directory:
        with zipfile.ZipFile(wheel()) as archive:
            archive.extractall(directory)
        builds: dict[str, tuple[Path, str | None]] = {HERE: (ROOT / "src", None)}
        builds |= {level.name: (Path(directory), level.name) for level in LEVELS[: LEVELS.index(best) + 1]}
        text = table(compare(builds, arguments.rounds))
    print(text, end="")
    if arguments.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
