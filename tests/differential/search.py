"""The search for a difference among many random cases. The first failing case is shrunk and shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

BATCH = 10
"""Examples that Hypothesis makes at once. In larger batches, most are variations of each other."""


class Difference(AssertionError):
    """A case with a wrong result, as small as could be found."""


def search(strategy: SearchStrategy[Any], examine: Callable[[Any], object], count: int, seed: str) -> None:
    """Examine `count` different cases, which are determined by the seed and the loaded modules.

    Two cases are different if their texts differ. Raises `Difference` with the smallest failing case found.
    """
    seen: set[int] = set()
    batch = 0
    while len(seen) < count:
        try:
            _batch(strategy, examine, seen, count, f"{seed} {batch}")
        except Difference as error:
            raise Difference(str(error)) from error.__cause__  # without the notes that Hypothesis adds
        batch += 1


def _batch(
    strategy: SearchStrategy[Any], examine: Callable[[Any], object], seen: set[int], count: int, seed: str
) -> None:
    is_shrinking = False

    @hypothesis.seed(seed)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(strategy)
    def examine_new(case: object) -> None:
        nonlocal is_shrinking
        text = hash(repr(case))
        if not is_shrinking and (len(seen) >= count or text in seen):
            return
        try:
            examine(case)
        except Exception as error:
            is_shrinking = True
            raise Difference(f"seed {seed}: {type(error).__name__}: {error}\n{case!r}") from error
        seen.add(text)

    examine_new()
