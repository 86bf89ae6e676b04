"""Our own fuzzing loop, for tests and for machines that the coverage-guided fuzzer does not support.

An input with a new outcome joins the corpus. Outcomes are a coarse substitute for coverage, but they also
include the answers of the Rust engine.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from dataclasses import dataclass, field
from random import Random

from solproof.host.resources import peak_memory
from tests.fuzz.mutation import mutate
from tests.fuzz.target import MEBIBYTE, Target

MEASURED = 64
"""For one in this many inputs, every allocation is traced and the time is not measured."""
LARGEST_GROWTH = 512 * MEBIBYTE
"""Limit for the growth of the process's resident memory over what the seeds use, including the engine."""


class Finding(Exception):
    """An input that takes too much time or memory, or whose outcome is not a result or a documented error."""

    def __init__(self, data: bytes, problem: str) -> None:
        super().__init__(data, problem)
        self.data = data
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.problem}, for {len(self.data)} bytes: {self.data[:200].hex()}"


@dataclass(slots=True)
class Statistics:
    """Statistics of the inputs so far: their outcomes, and the largest costs of one input."""

    executions: int = 0
    seconds: float = 0.0
    outcomes: set[str] = field(default_factory=set)
    slowest: float = 0.0
    largest: int = 0
    growth: int = 0

    def __str__(self) -> str:
        return (
            f"{self.executions} executions in {self.seconds:.0f} s, {len(self.outcomes)} outcomes; "
            f"for one input at most {self.slowest * 1000:.0f} ms of CPU time and "
            f"{self.largest / MEBIBYTE:.1f} MiB of Python's memory; "
            f"{self.growth / MEBIBYTE:.0f} MiB more for the process"
        )


class Guard:
    """Runs inputs of one target within its limits. A new guard runs the target's seeds."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.statistics = Statistics()
        self.seeds = list(target.seeds())
        self.baseline = 0
        for data in (*self.seeds, *self.seeds, b""):
            self.run(data)
        self.baseline = peak_memory()

    def run(self, data: bytes) -> bool:
        """Run one input. Returns whether the outcome is new. Raises `Finding`."""
        statistics = self.statistics
        is_measured = statistics.executions % MEASURED == 0
        if is_measured:
            tracemalloc.start()
        start = time.process_time()
        try:
            outcome = self.target.run(data)
        except Exception as error:
            raise Finding(data, f"{type(error).__name__}: {error}") from error
        finally:
            seconds = time.process_time() - start
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        is_new = outcome not in statistics.outcomes
        statistics.outcomes.add(outcome)
        statistics.executions += 1
        statistics.largest = max(statistics.largest, peak)
        if self.baseline:
            statistics.growth = peak_memory() - self.baseline
            if not is_measured:
                statistics.slowest = max(statistics.slowest, seconds)
            self._check(data)
        return is_new

    def _check(self, data: bytes) -> None:
        statistics, target = self.statistics, self.target
        for name, found, most in (
            ("seconds of CPU time", statistics.slowest, target.seconds),
            ("bytes allocated by Python", statistics.largest, target.memory),
            ("bytes by which the process grew", statistics.growth, LARGEST_GROWTH),
        ):
            if found > most:
                raise Finding(data, f"{found:.2f} {name}, expected at most {most}")


def fuzz(target: Target, seed: int, *, executions: int = sys.maxsize, seconds: float = 1e9) -> Statistics:
    """Run a target on its seeds and on mutations of them until a limit is reached. Raises the first
    `Finding`.

    The tried inputs depend on `seed` alone.
    """
    start = time.monotonic()
    random = Random(f"{target.name} {seed}")
    guard = Guard(target)
    corpus = list(guard.seeds)
    statistics = guard.statistics
    while statistics.executions < executions and statistics.seconds < seconds:
        chosen = random.choice(corpus)
        if target.mutate is not None and random.randrange(4):
            data = target.mutate(chosen, random)[: target.longest]
        else:
            data = mutate(chosen, random, target.words, corpus, target.longest)
        if guard.run(data):
            corpus.append(data)
        statistics.seconds = time.monotonic() - start
    return statistics
