"""A ledger of named accounts: sends transactions of real programs to LiteSVM and to solproof.

Every transaction sees what the ones before it have left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from solders.account import Account as SoldersAccount
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from solproof.runtime.accounts import address_bytes
from solproof.runtime.sysvars import ADDRESSES
from tests.support.transaction_agreement import send_and_compare
from tests.support.transaction_results import TransactionResult

PROGRAMS = {
    "system": "11111111111111111111111111111111",
    "budget": "ComputeBudget111111111111111111111111111111",
    "loader": "BPFLoaderUpgradeab1e11111111111111111111111",
    "token": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "token_2022": "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
    "associated_token": "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
    "lookup_tables": "AddressLookupTab1e1111111111111111111111111",
    "stake_program": "Stake11111111111111111111111111111111111111",
    "vote_program": "Vote111111111111111111111111111111111111111",
    "memo_v1": "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
    "memo_v3": "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
}
LAMPORTS = 10**12
Call = tuple[str, bytes, str]
"""A program's name, instruction data, and names of accounts: "*" marks a signer, "!" a writable account."""


class Ledger:
    """A LiteSVM whose accounts have names.

    A name is that of a program, of a sysvar, of an address that `name` or `derive` has set, or else of a
    keypair.
    """

    def __init__(self, svm: LiteSVM | None = None) -> None:
        self.svm = svm or LiteSVM()
        self._addresses = {name: address_bytes(key) for name, key in PROGRAMS.items()} | ADDRESSES
        self.fund("payer")

    def keypair(self, name: str) -> Keypair:
        """The keypair of a name."""
        return Keypair.from_seed(hashlib.sha256(name.encode()).digest())

    def key(self, name: str) -> bytes:
        """The address of a name."""
        return self._addresses.get(name) or bytes(self.keypair(name).pubkey())

    def name(self, name: str, address: bytes) -> bytes:
        """Give an address a name."""
        self._addresses[name] = address
        return address

    def derive(self, name: str, program: str, *seeds: bytes) -> int:
        """Name a program's address for these seeds. Returns the bump seed."""
        address, bump = Pubkey.find_program_address(list(seeds), Pubkey(self.key(program)))
        self.name(name, bytes(address))
        return bump

    def fund(self, name: str, lamports: int = LAMPORTS) -> None:
        """Make an account a wallet."""
        self.set(name, b"", "system", lamports)

    def set(self, name: str, data: bytes, owner: str, lamports: int | None = None) -> None:
        """Set an account. Without `lamports`, it has what its rent needs."""
        minimum = self.rent(len(data))
        account = SoldersAccount(minimum if lamports is None else lamports, data, Pubkey(self.key(owner)))
        self.svm.set_account(Pubkey(self.key(name)), account)

    def set_sysvar(self, name: str, data: bytes) -> None:
        """Set the content of a sysvar. Its length stays, if the content is not longer."""
        key = Pubkey(self.key(name))
        before = self.svm.get_account(key)
        assert before is not None, name
        self.svm.set_account(
            key, SoldersAccount(before.lamports, data.ljust(len(before.data), b"\0"), before.owner)
        )

    def rent(self, size: int) -> int:
        """The lamports with which an account of this length is exempt from rent."""
        return int(self.svm.minimum_balance_for_rent_exemption(size))

    def data(self, name: str) -> bytes:
        """The data of an account."""
        account = self.svm.get_account(Pubkey(self.key(name)))
        assert account is not None, name
        return bytes(account.data)

    def size(self, name: str) -> int:
        """The length of an account's data, or 0 if it does not exist."""
        account = self.svm.get_account(Pubkey(self.key(name)))
        return 0 if account is None else len(account.data)

    def lamports(self, name: str) -> int:
        """The lamports of an account, or 0 if it does not exist."""
        return int(self.svm.get_balance(Pubkey(self.key(name))) or 0)

    def deploy(self, name: str, elf: bytes) -> None:
        """Put a program at an address of this name."""
        self.svm.add_program(Pubkey(self.key(name)), elf)

    @property
    def slot(self) -> int:
        """The current slot."""
        return int(self.svm.get_clock().slot)

    def next_slot(self, slots: int = 1) -> None:
        """Warp to a later slot."""
        self.svm.warp_to_slot(self.slot + slots)

    def send(self, *calls: Call, error: Any = None, tables: Sequence[str] = ()) -> TransactionResult:
        """Send a transaction, compare what it does, and expect an error as JSON-RPC prints it.

        tables: the names of lookup tables that the message may use.
        """
        result = self.attempt(*calls, tables=tables)
        assert result.error == error, (result.error, result.logs)
        return result

    def attempt(self, *calls: Call, tables: Sequence[str] = ()) -> TransactionResult:
        """Send a transaction, and compare what it does."""
        payer = self.keypair("payer")
        signers = {name.rstrip("*!") for _, _, names in calls for name in names.split() if "*" in name} - {
            "payer"
        }
        message = MessageV0.try_compile(
            payer.pubkey(),
            [self._instruction(*call) for call in calls],
            [self._table(name) for name in tables],
            self.svm.latest_blockhash(),
        )
        keypairs = [payer, *(self.keypair(name) for name in sorted(signers))]
        result = send_and_compare(self.svm, VersionedTransaction(message, keypairs))
        self.svm.expire_blockhash()
        return result

    def fail(self, *calls: Call, error: Any) -> TransactionResult:
        """Send a transaction whose last instruction fails with an error: its name, or a custom code."""
        name = {"Custom": error} if isinstance(error, int) else error
        return self.send(*calls, error={"InstructionError": [len(calls) - 1, name]})

    def _instruction(self, program: str, data: bytes, names: str) -> Instruction:
        metas = [
            AccountMeta(Pubkey(self.key(name.rstrip("*!"))), "*" in name, "!" in name)
            for name in names.split()
        ]
        return Instruction(Pubkey(self.key(program)), data, metas)

    def _table(self, name: str) -> AddressLookupTableAccount:
        content = self.data(name)[56:]
        addresses = [Pubkey(content[at : at + 32]) for at in range(0, len(content), 32)]
        return AddressLookupTableAccount(Pubkey(self.key(name)), addresses)
