"""The accounts of a case, and what its scripts have done with them so far if nothing fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from solders.account import Account as SoldersAccount
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from tests.differential.transactions.choices import Choices
from tests.differential.transactions.machine import BUILTINS, PROGRAMS, PUPPETS, SYSTEM, SYSVARS, Machine

LIBRARY_BYTES = 24_576
RENT_OVERHEAD = 128
LAMPORTS_PER_BYTE = 6_960


def rent_minimum(size: int) -> int:
    """The lamports with which an account of this length is exempt from rent."""
    return (RENT_OVERHEAD + size) * LAMPORTS_PER_BYTE


@dataclass(slots=True)
class Nonce:
    """What a nonce account holds. Without an authority, it is not initialized."""

    authority: bytes | None
    is_legacy: bool = False


@dataclass(frozen=True, slots=True)
class Derivation:
    """The base, seed and owner from which an address with a seed is derived."""

    base: bytes
    seed: bytes
    owner: bytes


@dataclass(slots=True)
class State:
    """An account while a case is made.

    size: the length of its data now. is_zero: whether all data are certainly zero.
    is_signer, is_writable: its privileges in the message.
    seeds: its signer seeds, if it is an address of the puppet `signing_program`.
    upgrade_authority: who may change it, if it is a buffer or a programdata account of loader v3.
    derivation: how its address is derived, if it is an address with a seed.
    """

    key: bytes
    owner: bytes
    lamports: int
    size: int
    is_zero: bool = True
    is_signer: bool = False
    is_writable: bool = False
    seeds: Sequence[bytes] = ()
    signing_program: bytes | None = None
    derivation: Derivation | None = None
    nonce: Nonce | None = None
    upgrade_authority: bytes | None = None

    @property
    def is_wallet(self) -> bool:
        """Whether the system program can move its lamports."""
        return self.owner == SYSTEM and not self.size and self.lamports > 0

    @property
    def spare(self) -> int:
        """The lamports that it does not need to be exempt from rent."""
        return max(0, self.lamports - rent_minimum(self.size))

    @property
    def is_free(self) -> bool:
        """Whether the system program can create an account here."""
        return self.owner == SYSTEM and not self.size and not self.lamports


@dataclass(slots=True)
class World:
    """Everything that the parts of a case share.

    states: every account that the transaction may name.
    initial: the accounts before the transaction, without those that always exist.
    keypairs: the keys of the accounts that sign, or could sign.
    library: the key and the content of the account that holds the scripts, whose content grows.
    is_durable: whether the transaction has a durable nonce. Then `nonce` is the account that holds it.
    blockhash: what the message has as its recent blockhash.
    invocations: how many more frames the scripts may have.
    """

    machine: Machine
    choices: Choices
    payer: bytes = b""
    states: dict[bytes, State] = field(default_factory=dict)
    initial: dict[bytes, SoldersAccount | None] = field(default_factory=dict)
    keypairs: dict[bytes, Keypair] = field(default_factory=dict)
    library: bytes = b""
    scripts: bytearray = field(default_factory=bytearray)
    is_durable: bool = False
    nonce: bytes | None = None
    blockhash: bytes = b""
    invocations: int = 0

    def add(
        self,
        key: bytes,
        owner: bytes = SYSTEM,
        lamports: int = 0,
        data: bytes = b"",
        *,
        is_writable: bool = True,
    ) -> State:
        """Add an account. With 0 lamports, it does not exist."""
        exists = lamports > 0
        self.initial[key] = SoldersAccount(lamports, data, Pubkey(owner)) if exists else None
        state = State(key, owner, lamports, len(data), not any(data), is_writable=is_writable)
        self.states[key] = state
        return state

    def add_keypair(self, *, is_signer: bool = True) -> Keypair:
        """Make a keypair of this case."""
        keypair = Keypair.from_seed(self.choices.content(32))
        self.keypairs[bytes(keypair.pubkey())] = keypair
        return keypair

    def add_permanent(self, key: bytes) -> State:
        """Name an account that always exists."""
        account = self.machine.permanent[key]
        state = State(key, bytes(account.owner), account.lamports, len(account.data), is_zero=False)
        self.states[key] = state
        return state

    def has_room(self, length: int) -> bool:
        """Whether a script of this length fits into the library."""
        return self.library in self.states and len(self.scripts) + length <= LIBRARY_BYTES

    def shelve(self, script: bytes) -> int:
        """Put a script into the library. Returns its offset."""
        self.scripts += script
        return len(self.scripts) - len(script)

    def named(self, keys: Sequence[bytes]) -> list[State]:
        """The accounts among these that the case has."""
        return [self.states[key] for key in keys if key in self.states]

    def puppets(self) -> list[State]:
        """The puppets that the case has."""
        return self.named([each.key for each in PUPPETS])

    def is_program(self, key: bytes) -> bool:
        """Whether an account has the executable flag."""
        return key in PUPPET_KEYS or key in BUILTINS or key in PROGRAMS

    def changeable(self) -> list[State]:
        """The accounts that are neither programs nor sysvars nor the library."""
        fixed = {*PUPPET_KEYS, *BUILTINS, *PROGRAMS, *SYSVARS, self.library}
        return [state for key, state in self.states.items() if key not in fixed]


PUPPET_KEYS = frozenset(each.key for each in PUPPETS)
