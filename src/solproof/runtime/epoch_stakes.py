"""Stakes of a cluster's vote accounts in the current epoch, for `sol_get_epoch_stake` (SIMD-0133)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solproof.errors import InputError
from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_LAMPORTS, address_text

MAXIMUM_VOTE_ACCOUNTS = 1 << 16


@dataclass(frozen=True, slots=True)
class EpochStakes:
    """Active stake in lamports: the total of the cluster, and the stake of some vote accounts.

    The default has no stake at all, like LiteSVM's. Raises `InputError` for values that break a rule below.

    vote_accounts: pairs of address and stake, in ascending order of the addresses. Every stake is above 0. An
        account that is not listed has no stake.
    total: at least the sum of the listed stakes. It is larger if the list leaves out some vote accounts.
    """

    total: int = 0
    vote_accounts: tuple[tuple[bytes, int], ...] = ()

    __repr__ = short_repr

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
        """Make the stakes from a mapping of address to stake, in any order and possibly with zeros.

        Without `total`, the total is the sum of the stakes.
        """
        listed = tuple(sorted((address, stake) for address, stake in stakes.items() if stake))
        return cls(sum(stakes.values()) if total is None else total, listed)

    def stake_of(self, address: bytes) -> int:
        """The stake of one vote account in lamports, 0 if the account is not listed."""
        return dict(self.vote_accounts).get(address, 0)
