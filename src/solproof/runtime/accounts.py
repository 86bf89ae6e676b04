"""Accounts as the runtime stores them, and accounts as an instruction lists them.

Keys and owners have 32 bytes, lamports are an unsigned 64-bit integer, and data has at most 10 MiB
(`MAX_PERMITTED_DATA_LENGTH`, solana-system-interface 3). An instruction lists at most 255 accounts
(`MAX_ACCOUNTS_PER_INSTRUCTION`, solana-transaction-context 4.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import base58

from solproof.arguments import bytes_argument, wrong_type
from solproof.errors import InputError
from solproof.representation import described, short_repr

KEY_LENGTH = 32
LONGEST_ADDRESS = 44  # characters of base58 for 32 bytes; a limit, since decoding takes quadratic time
MAXIMUM_DATA_LENGTH = 10 * 1024 * 1024
MAXIMUM_ACCOUNTS = 255
MAXIMUM_LAMPORTS = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its address and state. Raises `InputError` for a value that no account can have."""

    key: bytes
    owner: bytes
    lamports: int
    data: bytes
    executable: bool = False

    __repr__ = short_repr

    def __post_init__(self) -> None:
        for name in ("key", "owner", "data"):
            value = getattr(self, name)
            if type(value) is not bytes:
                needed = "bytes" if name == "data" else "32 bytes or a Pubkey"
                object.__setattr__(self, name, bytes_argument(value, f"account {name}", needed))
        for name, value in (("key", self.key), ("owner", self.owner)):
            if len(value) != KEY_LENGTH:
                raise InputError(f"account {name}: expected {KEY_LENGTH} bytes, got {len(value)}")
        if not isinstance(self.lamports, int):
            wrong_type(self.lamports, f"account {address_text(self.key)}: lamports", "an integer")
        if not 0 <= self.lamports <= MAXIMUM_LAMPORTS:
            raise InputError(
                f"account {address_text(self.key)}: lamports: expected 0 to {MAXIMUM_LAMPORTS}, "
                f"got {self.lamports}"
            )
        if len(self.data) > MAXIMUM_DATA_LENGTH:
            raise InputError(
                f"account {address_text(self.key)}: data: expected at most {MAXIMUM_DATA_LENGTH} bytes, "
                f"got {len(self.data)}"
            )


@dataclass(frozen=True, slots=True)
class InstructionAccount:
    """An account at its position in an instruction, with the privileges that the message gives it."""

    account: Account
    is_signer: bool = False
    is_writable: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.account, Account):
            wrong_type(
                self.account,
                "account",
                "a solproof.Account (solproof.input_from_solders takes those of solders)",
            )

    def __repr__(self) -> str:
        account = self.account
        facts = {
            "key": account.key,
            "owner": account.owner,
            "lamports": account.lamports,
            "data": account.data,
        }
        return described(self, {**facts, "is_signer": self.is_signer, "is_writable": self.is_writable})


def address_text(key: bytes) -> str:
    """A 32-byte address in base58, as all Solana tools print it."""
    return base58.b58encode(key).decode("ascii")


def address_bytes(text: str) -> bytes:
    """The 32 bytes of a base58 address. Raises `InputError` if the text is not a valid address."""
    if len(text) > LONGEST_ADDRESS:
        raise InputError(
            f"expected a base58 address of at most {LONGEST_ADDRESS} characters, got {len(text)} characters"
        )
    try:
        key = base58.b58decode(text.encode("ascii"))
    except ValueError:
        raise InputError(f"expected a base58 address, got {text!r}") from None
    if len(key) != KEY_LENGTH:
        raise InputError(f"expected a base58 address of {KEY_LENGTH} bytes, got {len(key)} bytes in {text!r}")
    return key


def first_positions(accounts: Sequence[InstructionAccount]) -> tuple[int, ...]:
    """For each position, the first position that lists the same account.

    An account that is not a duplicate has its own position.
    """
    first: dict[bytes, int] = {}
    return tuple(first.setdefault(entry.account.key, position) for position, entry in enumerate(accounts))


def distinct_accounts(accounts: Sequence[InstructionAccount]) -> tuple[Account, ...]:
    """The accounts of an instruction without duplicates, in order of first appearance."""
    firsts = first_positions(accounts)
    return tuple(entry.account for position, entry in enumerate(accounts) if firsts[position] == position)


def merge_privileges(accounts: Iterable[InstructionAccount]) -> tuple[InstructionAccount, ...]:
    """Give all entries of an account the union of their privileges, as compiling a message does."""
    entries = tuple(accounts)
    signers = {entry.account.key for entry in entries if entry.is_signer}
    writables = {entry.account.key for entry in entries if entry.is_writable}
    return tuple(
        replace(entry, is_signer=entry.account.key in signers, is_writable=entry.account.key in writables)
        for entry in entries
    )


def check_accounts(accounts: Sequence[InstructionAccount]) -> None:
    """Check the number of accounts, and that duplicates agree.

    Raises `InputError` if there are more accounts than an instruction can list, or if two entries of one
    account have different states or privileges.
    """
    if len(accounts) > MAXIMUM_ACCOUNTS:
        raise InputError(f"accounts: expected at most {MAXIMUM_ACCOUNTS}, got {len(accounts)}")
    for position, first in enumerate(first_positions(accounts)):
        if accounts[position] != accounts[first]:
            raise InputError(
                f"accounts[{position}]: the same account as accounts[{first}] "
                f"({address_text(accounts[first].account.key)}) with different state or privileges"
            )
