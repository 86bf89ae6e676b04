"""The hashes of the most recent slots: which blocks the current fork contains.

Source: `SlotHashes` of solana-slot-hashes 3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_COUNT = struct.Struct("<Q")
_ENTRY = struct.Struct("<Q32s")


@dataclass(frozen=True, slots=True)
class SlotHash:
    """A slot of the current fork, with the hash of the bank in this slot."""

    slot: int
    hash: bytes


def parse_slot_hashes(content: bytes) -> tuple[SlotHash, ...] | None:
    """The entries of the sysvar, newest first, or None for content that is not a list of entries."""
    if len(content) < _COUNT.size:
        return None
    (count,) = _COUNT.unpack_from(content)
    end = _COUNT.size + count * _ENTRY.size
    if len(content) < end:
        return None
    return tuple(SlotHash(*entry) for entry in _ENTRY.iter_unpack(content[_COUNT.size : end]))
