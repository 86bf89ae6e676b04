"""Changes of byte order."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import Binary


def _swap(value: int, bits: int) -> int:
    return int.from_bytes((value & ((1 << bits) - 1)).to_bytes(bits // 8, "little"), "big")


SEMANTICS: Mapping[str, Binary] = {
    "LE": lambda a, bits: a & ((1 << bits) - 1),
    "BE": _swap,
}
