"""What a fuzzer needs to know of one reader of untrusted bytes."""

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
    """`run` reads bytes and says in a few words what came of them; whatever it raises is a finding.

    seeds:   well-formed inputs to start from, made when they are asked for
    longest: bytes of an input
    seconds: of CPU time that one input may take
    memory:  bytes that Python and NumPy may allocate for one input at a time
    words:   magic values of the format
    mutate:  changes an input by its structure; the fuzzers otherwise change bytes
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
    """The kind of an error: its message without what varies from one input to the next."""
    return f"{type(error).__name__}: {VARYING.sub('_', str(error))[:100]}"
