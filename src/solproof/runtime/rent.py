"""Rent: the lamports that an account needs so that it may exist.

Source: `Rent` of solana-rent 4.3 (lib.rs).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from solproof.errors import InputError
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, MAXIMUM_LAMPORTS

ACCOUNT_STORAGE_OVERHEAD = 128


@dataclass(frozen=True, slots=True)
class Rent:
    """The content of the rent sysvar.

    lamports_per_byte: lamports for each byte of an account, whose metadata counts 128 bytes.
    exemption_threshold: a factor for the minimum, 1.0 since SIMD-0194, 2.0 before.

    Raises `InputError` if the minimum of the largest account would exceed 64 bits. Agave panics there.
    """

    lamports_per_byte: int
    exemption_threshold: float

    def __post_init__(self) -> None:
        factor = 2 if self.exemption_threshold == 2.0 else 1
        most = MAXIMUM_LAMPORTS // (factor * (ACCOUNT_STORAGE_OVERHEAD + MAXIMUM_DATA_LENGTH))
        if not 0 <= self.lamports_per_byte <= most:
            raise InputError(
                f"sysvar rent: lamports per byte: expected 0 to {most}, got {self.lamports_per_byte}"
            )

    @classmethod
    def from_sysvar(cls, content: bytes) -> Rent:
        """The rent in the 17 bytes of the sysvar. Their last byte, the burned percentage, has no effect."""
        lamports_per_byte, threshold, _ = struct.unpack("<QdB", content)
        return cls(lamports_per_byte, threshold)

    def minimum_balance(self, data_length: int) -> int:
        """The lamports with which an account with `data_length` bytes of data is exempt."""
        lamports = (ACCOUNT_STORAGE_OVERHEAD + data_length) * self.lamports_per_byte
        if self.exemption_threshold in (1.0, 2.0):
            return lamports * int(self.exemption_threshold)
        product = lamports * self.exemption_threshold
        # Rust's conversion to u64 saturates, and makes 0 of what is not a number.
        if product >= 2**64:
            return MAXIMUM_LAMPORTS
        return int(product) if product > 0 else 0

    def is_exempt(self, lamports: int, data_length: int) -> bool:
        """Whether an account with this balance and length is exempt."""
        return lamports >= self.minimum_balance(data_length)
