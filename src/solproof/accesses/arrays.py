"""The types of a witness's arrays. An array has one entry per step, access, call or slot."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
"""Times, slots, indices, limbs, bytes."""

Values: TypeAlias = NDArray[np.uint64]
"""64-bit values: registers, words of memory, addresses."""

Flags: TypeAlias = NDArray[np.bool_]
"""Conditions."""
