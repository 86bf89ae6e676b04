"""The facts about a reader of untrusted bytes that a fuzzer needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

MEBIBYTE = 1 << 20
VARYING = re.compile(
    r"found .*?(?=, expected|$)|\S+ (?=is defined)"  # the assembler does not quote names
    r"|`.*`|'.*?'|\"[^\"]*\"|b'.*?'|\b[0-9a-f]{64}\b|0x[0-9a-f]+|-?\d+"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A target. `run` reads bytes and returns the outcome in a few words. Anything that it raises is a
    finding.

    seeds:   returns well-formed inputs to start from
    longest: most bytes of an input
    seconds: most CPU time that one input may take
    memory:  most bytes that Python and NumPy may have allocated at a time for one input
    words:   magic values of the format
    mutate:  changes an input by its structure; without it the fuzzers change bytes
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    run: Callable[[bytes], str]
    longest: int
    seconds: float
    memory: int
    words: Sequence[bytes] = ()
    mutate: Callable[[bytes, Random], bytes] | None = None


def outcome(error: Exception) -> str:
    """The kind of an error: its message without the parts that vary from one input to the next."""
    return f"{type(error).__name__}: {VARYING.sub('_', str(error))[:100]}"
