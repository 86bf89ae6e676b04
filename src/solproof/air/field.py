"""KoalaBear, the prime field of every column: p = 2^31 - 2^24 + 1 (p3-koala-bear 0.8)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

P = 2**31 - 2**24 + 1

Column: TypeAlias = NDArray[np.int64]
"""One value per row, each in [0, p)."""


def inverse(value: int) -> int:
    """The multiplicative inverse modulo p. Raises ValueError for a multiple of p."""
    return pow(value, -1, P)


def inverses(values: Column) -> Column:
    """Element-wise inverse modulo p, with 0 for 0. Computes value^(p-2) by square and multiply."""
    result = np.ones_like(values)
    power, exponent = values % P, P - 2
    while exponent:
        if exponent & 1:
            result = result * power % P
        power = power * power % P
        exponent >>= 1
    return result
