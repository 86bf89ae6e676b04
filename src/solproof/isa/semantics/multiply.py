"""Products: the low and the high 64 bits."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, MASK64, Binary, sign_extend32, signed64

SEMANTICS: Mapping[str, Binary] = {
    "MUL64": lambda a, b: (a * b) & MASK64,
    "MUL32": lambda a, b: sign_extend32(a * b),
    "LMUL32": lambda a, b: (a * b) & MASK32,
    "UHMUL64": lambda a, b: (a * b) >> 64,
    "SHMUL64": lambda a, b: (signed64(a) * signed64(b)) >> 64 & MASK64,
}
