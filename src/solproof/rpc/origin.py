"""Where the state of a fetched account comes from: a node has the accounts of now, not those of the past."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from solproof.representation import short_repr
from solproof.runtime.accounts import Account, address_text


class Origin(Enum):
    """How far the state of an account is that of the transaction's time."""

    THEN = "then"
    """Everything in it is of then."""
    REBUILT = "rebuilt"
    """What the record of the transaction has is of then, and the rest cannot have changed in usual cases."""
    MIXED = "mixed"
    """Its lamports are of then, and its data of now."""
    NOW = "now"
    """It is of now."""


@dataclass(frozen=True, slots=True)
class FetchedAccount:
    """An account of a scene, and where its state comes from.

    account: None if it does not exist.
    details: the reason, for people.
    """

    key: bytes
    account: Account | None
    origin: Origin
    details: str

    __repr__ = short_repr

    def line(self) -> str:
        """A note about the account."""
        return f"{address_text(self.key)}: {self.origin.value}: {self.details}"
