"""The keys that may sign votes, each from an epoch on.

Source: `AuthorizedVoters` of solana-vote-interface 6.0.3 (authorized_voters.rs).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthorizedVoters:
    """Pairs of an epoch and the key of its voter, in the order of the epochs.

    A voter stays for the epochs after its own until the next entry.
    """

    entries: tuple[tuple[int, bytes], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __contains__(self, epoch: object) -> bool:
        return any(known == epoch for known, _ in self.entries)

    def voter(self, epoch: int) -> bytes | None:
        """The voter of an epoch, or None for an epoch before all entries."""
        earlier = [key for known, key in self.entries if known <= epoch]
        return earlier[-1] if earlier else None

    def with_voter(self, epoch: int, key: bytes) -> AuthorizedVoters:
        """These voters, with `key` from this epoch on."""
        return AuthorizedVoters(tuple(sorted({**dict(self.entries), epoch: key}.items())))

    def since(self, epoch: int) -> AuthorizedVoters:
        """These voters without the entries before this epoch."""
        return AuthorizedVoters(tuple(entry for entry in self.entries if entry[0] >= epoch))
