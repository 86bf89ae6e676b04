"""The conditions of jumps."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, Condition, signed32, signed64

CONDITIONS: Mapping[str, Condition] = {
    "JEQ64": lambda a, b: a == b,
    "JNE64": lambda a, b: a != b,
    "JGT64": lambda a, b: a > b,
    "JGE64": lambda a, b: a >= b,
    "JLT64": lambda a, b: a < b,
    "JLE64": lambda a, b: a <= b,
    "JSGT64": lambda a, b: signed64(a) > signed64(b),
    "JSGE64": lambda a, b: signed64(a) >= signed64(b),
    "JSLT64": lambda a, b: signed64(a) < signed64(b),
    "JSLE64": lambda a, b: signed64(a) <= signed64(b),
    "JEQ32": lambda a, b: a & MASK32 == b & MASK32,
    "JNE32": lambda a, b: a & MASK32 != b & MASK32,
    "JGT32": lambda a, b: a & MASK32 > b & MASK32,
    "JGE32": lambda a, b: a & MASK32 >= b & MASK32,
    "JLT32": lambda a, b: a & MASK32 < b & MASK32,
    "JLE32": lambda a, b: a & MASK32 <= b & MASK32,
    "JSGT32": lambda a, b: signed32(a) > signed32(b),
    "JSGE32": lambda a, b: signed32(a) >= signed32(b),
    "JSLT32": lambda a, b: signed32(a) < signed32(b),
    "JSLE32": lambda a, b: signed32(a) <= signed32(b),
}
