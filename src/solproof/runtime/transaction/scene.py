"""The scene: the input of a whole transaction.

`solproof.formats.scene_file` reads and writes it as JSON, and `solproof.formats.scene_bincode` as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.arguments import bytes_argument, wrong_type
from solproof.errors import InputError
from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_LAMPORTS, Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_NAMES

MAXIMUM_TRANSACTION_LENGTH = 1_232
"""Bytes of a packet's payload (`PACKET_DATA_SIZE`, solana-packet 4.2)."""
MAXIMUM_SCENE_ACCOUNTS = 65_536
MAXIMUM_BLOCKHASHES = 300
"""`MAX_RECENT_BLOCKHASHES`, solana-clock 4.0."""
LAMPORTS_PER_SIGNATURE = 5_000


@dataclass(frozen=True, slots=True)
class Scene:
    """A transaction, and everything on the chain that it depends on.

    Raises `InputError` for values that the runtime could never receive.

    transaction: its bytes on the wire, signatures included, at most 1,232.
    accounts: everything that the transaction can load, each once, in any order: the accounts that it names,
        directly and through lookup tables, these tables, and the programdata accounts of its programs. At
        most 65,536. An account that is not listed does not exist, except for those of every cluster, such as
        builtin programs and sysvars. The account of a sysvar has the content that the environment has.
    environment: features, sysvars and stakes. Its clock has the slot.
    blockhashes: the valid ones, newest first. The first is the last blockhash of the bank.
    lamports_per_signature: the fee for each signature.
    verify_signatures: whether a transaction with an invalid signature is refused.
    """

    transaction: bytes
    accounts: tuple[Account, ...]
    environment: Environment
    blockhashes: tuple[bytes, ...]
    lamports_per_signature: int = LAMPORTS_PER_SIGNATURE
    verify_signatures: bool = True

    __repr__ = short_repr

    def __post_init__(self) -> None:
        if type(self.transaction) is not bytes:
            content = bytes_argument(self.transaction, "transaction", "its bytes or a Transaction of solders")
            object.__setattr__(self, "transaction", content)
        if not isinstance(self.environment, Environment):
            wrong_type(self.environment, "environment", "solproof.Environment")
        if len(self.transaction) > MAXIMUM_TRANSACTION_LENGTH:
            raise InputError(
                f"transaction: expected at most {MAXIMUM_TRANSACTION_LENGTH} bytes, "
                f"got {len(self.transaction)}"
            )
        if len(self.accounts) > MAXIMUM_SCENE_ACCOUNTS:
            raise InputError(f"accounts: expected at most {MAXIMUM_SCENE_ACCOUNTS}, got {len(self.accounts)}")
        first: dict[bytes, int] = {}
        for position, account in enumerate(self.accounts):
            before = first.setdefault(account.key, position)
            if before != position:
                raise InputError(
                    f"accounts[{position}]: {address_text(account.key)} is already accounts[{before}]"
                )
            self._check_sysvar(account, position)
        if not 1 <= len(self.blockhashes) <= MAXIMUM_BLOCKHASHES:
            raise InputError(
                f"blockhashes: expected 1 to {MAXIMUM_BLOCKHASHES} of them, got {len(self.blockhashes)}"
            )
        for position, blockhash in enumerate(self.blockhashes):
            if len(blockhash) != KEY_LENGTH:
                raise InputError(
                    f"blockhashes[{position}]: expected {KEY_LENGTH} bytes, got {len(blockhash)}"
                )
        if not 0 <= self.lamports_per_signature <= MAXIMUM_LAMPORTS:
            raise InputError(
                f"lamports_per_signature: expected 0 to {MAXIMUM_LAMPORTS}, got {self.lamports_per_signature}"
            )

    def _check_sysvar(self, account: Account, position: int) -> None:
        """Programs can read a sysvar in two ways, from its account and by a syscall, which must agree."""
        if account.key == INSTRUCTIONS_SYSVAR:
            raise InputError(
                f"accounts[{position}]: the instructions sysvar is made of the transaction, "
                "so it cannot be given"
            )
        name = SYSVAR_NAMES.get(account.key)
        if name is not None and account.data != getattr(self.environment.sysvars, name):
            raise InputError(f"accounts[{position}]: the data differs from the environment's sysvar {name}")
