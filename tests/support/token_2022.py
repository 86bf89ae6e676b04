"""Mints and token accounts of Token-2022 with extensions.

Codes and layouts: spl-token-2022-interface 2, spl-token-metadata-interface, spl-token-group-interface.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from solproof.execution.execute import Execution
from tests.support.scene import Scene

PLAIN_ACCOUNT = 165  # bytes before the account type
EXTENSIONS = {
    "transfer fee": 108,
    "close authority": 32,
    "default state": 1,
    "non-transferable": 0,
    "interest": 52,
    "permanent delegate": 32,
    "transfer hook": 64,
    "metadata pointer": 64,
    "group pointer": 64,
    "member pointer": 64,
    "scaled amount": 56,
    "pausable": 33,
}


def unused_mint(*extensions: str) -> bytes:
    """Room for a mint with these extensions."""
    if not extensions:
        return bytes(82)
    size = sum(4 + EXTENSIONS[name] for name in extensions)
    return bytes(PLAIN_ACCOUNT + 1 + size)


class Mint:
    """A mint with extensions, and token accounts of it."""

    def __init__(self, extensions: Mapping[str, bytes]) -> None:
        """`extensions`: the instruction that initializes each."""
        self.scene = Scene("token_2022")
        self.scene.make("mint", unused_mint(*extensions))
        for data in extensions.values():
            self.scene.run(data, "mint!")

    def initialize(self) -> Execution:
        """InitializeMint2 with 6 decimals and both authorities."""
        authority, freezer = (self.scene.key(name) for name in ("authority", "freezer"))
        return self.scene.run(bytes([20, 6]) + authority + b"\1" + freezer, "mint!")

    def account(self, name: str, extra: int = 0) -> None:
        """InitializeAccount3 of an account with the length from GetAccountDataSize, plus `extra` bytes."""
        size = self.scene.run(bytes([21]), "mint").output.return_data.data
        length = int.from_bytes(size, "little") + extra
        self.scene.make(name, bytes(length + (1 if extra and length - extra == PLAIN_ACCOUNT else 0)))
        self.scene.run(bytes([18]) + self.scene.key("owner"), f"{name}! mint")

    def fund(self, *names: str) -> None:
        """MintTo of a million for each account."""
        for name in names:
            self.scene.run(struct.pack("<BQ", 7, 10**6), f"mint! {name}! authority*")

    def key(self, name: str) -> bytes:
        return self.scene.key(name)

    def run(self, data: bytes, accounts: str, error: str | None = None) -> Execution:
        return self.scene.run(data, accounts, error)
