"""How wide the tables of a proof are, as the engine commits them."""

from __future__ import annotations

from functools import cache

from solproof import _engine
from solproof.backend.key import CIRCUIT_BYTES


@cache
def auxiliary_widths() -> tuple[int, ...]:
    """The field elements that the lookup argument adds to a row of each chip, by its number."""
    return tuple(_engine.auxiliary_width(CIRCUIT_BYTES))


@cache
def quotient_widths() -> tuple[int, ...]:
    """The field elements of a row of each chip's quotient, by its number."""
    return tuple(_engine.quotient_width(CIRCUIT_BYTES))
