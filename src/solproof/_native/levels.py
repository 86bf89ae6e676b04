"""The levels of processors for which a wheel has a prover, and the choice of a level for this machine.

The prover's field arithmetic is fixed when it is compiled: AVX-512, AVX2, NEON, or no vectors. So a wheel for
x86-64 has one prover for each level that the processor supplement of the System V ABI defines (x86-64 psABI,
section 3.1.1, "Processor Architecture"). A build for one machine has a single prover, and no level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from solproof.errors import InputError, UnsupportedError

VARIABLE = "SOLPROOF_PROCESSOR_LEVEL"
"""The environment variable that asks for a lower level than this processor has."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level. `extensions`: those that it needs beyond the level before it, with Rust's names for them."""

    name: str
    extensions: frozenset[str]

    @property
    def directory(self) -> str:
        """The directory of its prover, in `solproof/_native`."""
        return self.name.replace("-", "_")


LEVELS = (
    # Level 2 also needs LAHF and SAHF, which Rust cannot detect. Every processor with SSE4.2 has them.
    Level("x86-64-v2", frozenset({"cmpxchg16b", "popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"})),
    Level("x86-64-v3", frozenset({"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe"})),
    Level("x86-64-v4", frozenset({"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"})),
)
"""The levels that have a prover, from the lowest to the highest."""


def choose_level(features: frozenset[str], wanted: str | None) -> Level:
    """The highest level of a processor with these features, or the level that the user wants instead.

    Raises UnsupportedError if the processor is below every level. Raises InputError if it is below the wanted
    level, or if there is no such level.
    """
    possible = list(takewhile(lambda level: level.extensions <= features, LEVELS))
    if not possible:
        missing = ", ".join(sorted(LEVELS[0].extensions - features))
        raise UnsupportedError(
            f"this processor is below {LEVELS[0].name}, the lowest level that solproof runs on: "
            f"it lacks {missing}"
        )
    if wanted is None:
        return possible[-1]
    for level in LEVELS:
        if level.name == wanted:
            if level not in possible:
                raise InputError(
                    f"{VARIABLE} is {wanted}: this processor has only the levels up to {possible[-1].name}"
                )
            return level
    names = ", ".join(level.name for level in LEVELS)
    raise InputError(f"{VARIABLE} is {wanted!r}: expected one of {names}")


def refuse_level(wanted: str | None) -> None:
    """Raise InputError if the user wants a level of a build that has a single prover."""
    if wanted is not None:
        raise InputError(
            f"{VARIABLE} is {wanted}: this build has a single prover, "
            "because only a wheel for x86-64 has levels"
        )
