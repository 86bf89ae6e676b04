"""Sysvars: the part of the cluster's state that a program can read.

Each sysvar is kept in the form of its account (bincode, little-endian). The typed getters write another form,
the C layout of the struct, with padding bytes of zero. The defaults are those of LiteSVM 0.15: a cluster in
its first epoch, with the rent of SIMD-0194.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, fields

import base58

from solproof.arguments import bytes_argument
from solproof.errors import InputError
from solproof.representation import short_repr
from solproof.runtime.accounts import Account

SYSVAR_OWNER = base58.b58decode("Sysvar1111111111111111111111111111111111111")

ADDRESSES = {
    "clock": base58.b58decode("SysvarC1ock11111111111111111111111111111111"),
    "rent": base58.b58decode("SysvarRent111111111111111111111111111111111"),
    "epoch_schedule": base58.b58decode("SysvarEpochSchedu1e111111111111111111111111"),
    "epoch_rewards": base58.b58decode("SysvarEpochRewards1111111111111111111111111"),
    "last_restart_slot": base58.b58decode("SysvarLastRestartS1ot1111111111111111111111"),
    "slot_hashes": base58.b58decode("SysvarS1otHashes111111111111111111111111111"),
    "stake_history": base58.b58decode("SysvarStakeHistory1111111111111111111111111"),
    "fees": base58.b58decode("SysvarFees111111111111111111111111111111111"),
}
SYSVAR_NAMES = {address: name for name, address in ADDRESSES.items()}
RECENT_BLOCKHASHES = base58.b58decode("SysvarRecentB1ockHashes11111111111111111111")
SLOT_HISTORY = base58.b58decode("SysvarS1otHistory11111111111111111111111111")
REWARDS = base58.b58decode("SysvarRewards111111111111111111111111111111")
INSTRUCTIONS_SYSVAR = base58.b58decode("Sysvar1nstructions1111111111111111111111111")
"""Sysvars that a run reads only as accounts."""

ONLY_TYPED = ("fees",)
"""Sysvars that `sol_get_sysvar` does not serve (`sysvar_id_to_buffer`, solana-program-runtime 4.1)."""

EXACT_LENGTHS = {
    "clock": 40,
    "rent": 17,
    "epoch_schedule": 33,
    "epoch_rewards": 81,
    "last_restart_slot": 8,
    "fees": 8,
}
LONGEST_LENGTHS = {"slot_hashes": 20_488, "stake_history": 16_392}
MAXIMUM_SYSVAR_LENGTH = max(LONGEST_LENGTHS.values())
BOOLEAN_OFFSETS = {"epoch_schedule": 16, "epoch_rewards": 80}
PADDING = {"rent": (17, 7), "epoch_schedule": (17, 7), "epoch_rewards": (81, 15)}
"""Where the C struct of a sysvar has padding, as an offset in the account's content, and how many bytes."""

LITESVM_SLOT = 435_888_000
LITESVM_BLOCKHASH = bytes.fromhex("aeebad4a796fcc2e15dc4c6061b45ed9b373f26adfc798ca7d2d8cc58182718e")
DEFAULT_SLOT_HASHES = (struct.pack("<QQ", 1, LITESVM_SLOT) + LITESVM_BLOCKHASH).ljust(
    LONGEST_LENGTHS["slot_hashes"], b"\0"
)


@dataclass(frozen=True, slots=True)
class Sysvars:
    """The sysvars of a run, which are part of its public statement.

    A sysvar can also be given as the object of `solders` with its name, such as `solders.clock.Clock`.

    Raises `InputError` for contents that a sysvar cannot have.
    """

    clock: bytes = struct.pack("<QqQQq", LITESVM_SLOT, 0, 0, 0, 0)
    rent: bytes = struct.pack("<QdB", 6_960, 1.0, 50)
    epoch_schedule: bytes = struct.pack("<QQ?QQ", 432_000, 432_000, True, 14, 524_256)
    epoch_rewards: bytes = bytes(81)
    last_restart_slot: bytes = bytes(8)
    slot_hashes: bytes = DEFAULT_SLOT_HASHES
    stake_history: bytes = bytes(8)
    fees: bytes = bytes(8)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        for name, content in self.items():
            if type(content) is not bytes:
                needed = "the bytes of its account or an object of solders"
                object.__setattr__(self, name, bytes_argument(content, f"sysvar {name}", needed))
        for name, content in self.items():
            exact = EXACT_LENGTHS.get(name)
            if exact is not None and len(content) != exact:
                raise InputError(f"sysvar {name}: expected {exact} bytes, got {len(content)}")
            longest = LONGEST_LENGTHS.get(name, exact)
            if longest is not None and len(content) > longest:
                raise InputError(f"sysvar {name}: expected at most {longest} bytes, got {len(content)}")
        for name, offset in BOOLEAN_OFFSETS.items():
            if getattr(self, name)[offset] > 1:
                raise InputError(
                    f"sysvar {name}: byte {offset}: expected a boolean (0 or 1), "
                    f"got {getattr(self, name)[offset]}"
                )

    def items(self) -> list[tuple[str, bytes]]:
        """Name and content of each sysvar, in the order of the fields."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    @property
    def slot(self) -> int:
        """The current slot, the first field of the clock."""
        return int.from_bytes(self.clock[:8], "little")

    def by_address(self, address: bytes) -> bytes | None:
        """The content that `sol_get_sysvar` serves for an address, or None for an unknown address."""
        for name, content in self.items():
            if ADDRESSES[name] == address and name not in ONLY_TYPED:
                return content
        return None

    def account(self, name: str) -> Account:
        """The account that holds a sysvar. It has one lamport, as in LiteSVM."""
        return Account(ADDRESSES[name], SYSVAR_OWNER, 1, getattr(self, name))

    def to_bytes(self) -> bytes:
        """The canonical encoding.

        For each sysvar in field order, it has the length as a 64-bit little-endian number and the content.
        """
        return b"".join(len(content).to_bytes(8, "little") + content for _, content in self.items())

    def digest(self) -> bytes:
        """SHA-256 of the canonical encoding."""
        return hashlib.sha256(self.to_bytes()).digest()


def memory_layout(name: str, content: bytes) -> bytes:
    """The struct that a typed getter writes: `content` with the padding of the C layout.

    Source: the `#[repr(C)]` structs of solana-sysvar 4.
    """
    start, length = PADDING.get(name, (len(content), 0))
    return content[:start] + bytes(length) + content[start:]
