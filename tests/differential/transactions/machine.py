"""The LiteSVM in which the cases run, with its puppets and the accounts that every case may name."""

from __future__ import annotations

from dataclasses import dataclass

from solders.account import Account as SoldersAccount
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.runtime.accounts import address_bytes
from tests.support.puppet.program import puppet

SYSTEM = bytes(32)
COMPUTE_BUDGET = address_bytes("ComputeBudget111111111111111111111111111111")
ED25519 = address_bytes("Ed25519SigVerify111111111111111111111111111")
SECP256K1 = address_bytes("KeccakSecp256k11111111111111111111111111111")
SECP256R1 = address_bytes("Secp256r1SigVerify1111111111111111111111111")
LOOKUP_TABLES = address_bytes("AddressLookupTab1e1111111111111111111111111")
NATIVE_LOADER = address_bytes("NativeLoader1111111111111111111111111111111")
LOADER_V1 = address_bytes("BPFLoader1111111111111111111111111111111111")
LOADER_V2 = address_bytes("BPFLoader2111111111111111111111111111111111")
LOADER_V3 = address_bytes("BPFLoaderUpgradeab1e11111111111111111111111")
MEMO_V1 = address_bytes("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo")
MEMO_V3 = address_bytes("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
TOKEN = address_bytes("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
CLOCK = address_bytes("SysvarC1ock11111111111111111111111111111111")
RENT = address_bytes("SysvarRent111111111111111111111111111111111")
RECENT_BLOCKHASHES = address_bytes("SysvarRecentB1ockHashes11111111111111111111")
INSTRUCTIONS = address_bytes("Sysvar1nstructions1111111111111111111111111")

PRECOMPILES = (ED25519, SECP256K1, SECP256R1)
LOADERS = (LOADER_V1, LOADER_V2, LOADER_V3)
BUILTINS = (SYSTEM, COMPUTE_BUDGET, *LOADERS, *PRECOMPILES)
PROGRAMS = (MEMO_V1, MEMO_V3, TOKEN)
SYSVARS = (CLOCK, RENT, RECENT_BLOCKHASHES)


@dataclass(frozen=True, slots=True)
class Puppet:
    """A puppet in the machine."""

    key: bytes
    version: int
    loader: bytes


PUPPETS = tuple(
    Puppet(bytes([0xA0 + number]) * 32, version, loader)
    for number, (version, loader) in enumerate(
        (
            (3, LOADER_V3),
            (0, LOADER_V3),
            (0, LOADER_V1),
            (0, LOADER_V2),
            (1, LOADER_V3),
            (2, LOADER_V3),
            (3, LOADER_V3),
            (3, LOADER_V2),
        )
    )
)


class Machine:
    """A LiteSVM without a history, so that all cases have the same blockhash.

    Every case sets its own accounts, and all accounts are as before after it.
    """

    def __init__(self) -> None:
        self.svm = LiteSVM().with_transaction_history(0)
        for each in PUPPETS:
            self.svm.add_program_with_loader(Pubkey(each.key), puppet(each.version), Pubkey(each.loader))
        keys = (*(each.key for each in PUPPETS), *BUILTINS, *PROGRAMS, *SYSVARS, LOOKUP_TABLES)
        self.permanent = {key: self._existing(key) for key in keys}

    @property
    def blockhash(self) -> bytes:
        """The last blockhash, the only valid one."""
        return bytes(self.svm.latest_blockhash())

    def account(self, key: bytes) -> SoldersAccount | None:
        """The state of an account."""
        return self.svm.get_account(Pubkey(key))

    def set_account(self, key: bytes, state: SoldersAccount | None) -> None:
        """Set an account, or delete it."""
        absent = SoldersAccount(0, b"", Pubkey(SYSTEM))
        self.svm.set_account(Pubkey(key), absent if state is None else state)

    def _existing(self, key: bytes) -> SoldersAccount:
        found = self.account(key)
        assert found is not None, Pubkey(key)
        return found
