"""The stake of a cluster's vote accounts in this epoch, which `sol_get_epoch_stake` tells (SIMD-0133)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solproof.errors import InputError
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_LAMPORTS, address_text

MAXIMUM_VOTE_ACCOUNTS = 1 << 16


@dataclass(frozen=True, slots=True)
class EpochStakes:
    """Active stake in lamports: of the whole cluster, and of those vote accounts that a run may ask for.

    vote_accounts: address and stake, above 0, in rising order of the addresses; any other account has none.
    total: at least their sum, and more when not all of the cluster's are listed. Raises `InputError` for
    anything else. The default, no stake at all, is LiteSVM's.
    """

    total: int = 0
    vote_accounts: tuple[tuple[bytes, int], ...] = ()

    def __post_init__(self) -> None:
        if len(self.vote_accounts) > MAXIMUM_VOTE_ACCOUNTS:
            raise InputError(
                f"epoch_stakes.vote_accounts: expected at most {MAXIMUM_VOTE_ACCOUNTS}, "
                f"got {len(self.vote_accounts)}"
            )
        before = b""
        for address, stake in self.vote_accounts:
            if len(address) != KEY_LENGTH:
                raise InputError(
                    f"epoch_stakes.vote_accounts: expected addresses of 32 bytes, got {len(address)}"
                )
            if address <= before:
                raise InputError("epoch_stakes.vote_accounts: expected addresses in rising order")
            if not 1 <= stake <= MAXIMUM_LAMPORTS:
                raise InputError(
                    f"epoch_stakes.vote_accounts: {address_text(address)}: "
                    f"expected a stake of 1 to {MAXIMUM_LAMPORTS}, got {stake}"
                )
            before = address
        listed = sum(stake for _, stake in self.vote_accounts)
        if not listed <= self.total <= MAXIMUM_LAMPORTS:
            raise InputError(
                f"epoch_stakes.total: expected {listed}, the sum of the vote accounts, "
                f"to {MAXIMUM_LAMPORTS}, got {self.total}"
            )

    @classmethod
    def of(cls, stakes: Mapping[bytes, int], total: int | None = None) -> EpochStakes:
        """From stakes by address, in any order and with zeros; `total` is their sum unless it is given."""
        listed = tuple(sorted((address, stake) for address, stake in stakes.items() if stake))
        return cls(sum(stakes.values()) if total is None else total, listed)

    def stake_of(self, address: bytes) -> int:
        """The stake of one vote account, 0 for an account that is not listed."""
        return dict(self.vote_accounts).get(address, 0)
