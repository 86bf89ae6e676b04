"""Address lookup tables, and instructions about them.

Layouts: solana-address-lookup-table-interface 2 (state.rs, instruction.rs).
"""

from __future__ import annotations

import struct

from solproof.runtime.sysvars import Sysvars

SLOT = 10_000_000
ACTIVE = 2**64 - 1


def sysvars() -> Sysvars:
    """A cluster that remembers its last 512 slots."""
    hashes = struct.pack("<Q", 512) + b"".join(
        struct.pack("<Q", SLOT - 1 - number) + bytes([number % 256]) * 32 for number in range(512)
    )
    return Sysvars(clock=struct.pack("<QqQQq", SLOT, 0, 20, 21, 0), slot_hashes=hashes)


def table(authority: bytes | None, addresses: int = 0, deactivated: int = ACTIVE, extended: int = 0) -> bytes:
    """The data of a table with this number of addresses."""
    option = b"\0" + bytes(32) if authority is None else b"\1" + authority
    head = struct.pack("<IQQB", 1, deactivated, extended, 0) + option
    return head.ljust(56, b"\0") + b"".join(bytes([number]) * 32 for number in range(addresses))


def extend(*addresses: bytes) -> bytes:
    return struct.pack("<IQ", 2, len(addresses)) + b"".join(addresses)
