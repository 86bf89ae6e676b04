"""Where the fields of accounts are in the input region of a frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from solproof.vm.limits import INPUT_START

SPARE_BYTES = 10_240
"""The room for growth after the data of an account, except with loader v1."""


@dataclass(frozen=True, slots=True)
class AccountAddresses:
    """The addresses of an account's fields, and the length of its data when the frame starts."""

    key: int
    owner: int
    lamports: int
    length: int
    data: int
    size: int


@dataclass(frozen=True, slots=True)
class InputLayout:
    """The addresses of all accounts of a frame, by their keys, and of the instruction data."""

    accounts: dict[bytes, AccountAddresses]
    instruction_data: int

    @classmethod
    def of(cls, accounts: Iterable[tuple[bytes, int]], *, loader_v1: bool = False) -> InputLayout:
        """The layout for accounts in the instruction's order, given as keys and lengths of data."""
        found: dict[bytes, AccountAddresses] = {}
        at = INPUT_START + 8
        for key, size in accounts:
            if key in found:
                at += 1 if loader_v1 else 8
            elif loader_v1:
                end = at + 51 + size
                found[key] = AccountAddresses(at + 3, end, at + 35, at + 43, at + 51, size)
                at = end + 32 + 1 + 8
            else:
                found[key] = AccountAddresses(at + 8, at + 40, at + 72, at + 80, at + 88, size)
                at += 88 + size + SPARE_BYTES + -size % 8 + 8
        return cls(found, at + 8)
