"""The accounts on which transactions in order are processed.

The rules of a sequence are here, for those who run it and for those who verify proofs of it: what each
transaction sees, and what it leaves behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NoReturn

from solproof.representation import described
from solproof.runtime.accounts import Account
from solproof.runtime.executable import program_data_address
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls.context import SyscallContext
from solproof.runtime.sysvars import ADDRESSES, Sysvars
from solproof.runtime.transaction.message import Message, parse_transaction
from solproof.runtime.transaction.process import process_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.tables import named_addresses
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput


class Ledger:
    """The accounts that transactions leave behind, and the messages that were processed.

    A scene introduces the accounts that it lists, except those that are known already: that a scene before
    listed or a transaction before named. So an account that a transaction did not find stays absent until a
    transaction creates it. The accounts of sysvars follow the environment of each scene.
    """

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        # The value of a key that transactions have named, but not found in any scene, is None.
        self._accounts: dict[bytes, Account | None] = {account.key: account for account in accounts}
        self._processed: set[bytes] = set()

    def __repr__(self) -> str:
        return described(self, {"accounts": len(self.accounts), "processed": len(self._processed)})

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that exist, in the order in which they became known."""
        return tuple(account for account in self._accounts.values() if account and account.lamports)

    def seen(self, scene: Scene) -> Scene:
        """The scene with the accounts that its transaction can load, as they are now.

        Run alone, it has the same result, unless its message is repeated. Raises `InputError` if the
        transaction cannot be read.
        """
        message = parse_transaction(scene.transaction).message
        for account in scene.accounts:
            self._accounts.setdefault(account.key, account)
        self._follow(scene.environment.sysvars)
        loadable = [(key, self._accounts.setdefault(key, None)) for key in self._loadable(message)]
        return replace(scene, accounts=tuple(account for _, account in loadable if account is not None))

    def repeated(self, scene: Scene) -> TransactionOutput | None:
        """The result of a transaction that is refused because its message was processed before, or None.

        Nothing runs, so there is nothing to prove. Without a ledger, the scene would have another result.
        """
        if parse_transaction(scene.transaction).message.content not in self._processed:
            return None
        output = process_transaction(scene, _NoExecutor(), self._processed).output
        return output if output.is_repeated else None  # a check before this one may refuse it

    def commit(self, scene: Scene, output: TransactionOutput) -> None:
        """Keep what a transaction committed.

        scene: as the transaction has seen it.
        """
        if output.status is Status.NOT_PROCESSED:
            return
        self._processed.add(parse_transaction(scene.transaction).message.content)
        for before, after in zip(output.accounts_before, output.accounts, strict=True):
            if after != before:
                self._accounts[after.key] = after

    def _follow(self, sysvars: Sysvars) -> None:
        for name, content in sysvars.items():
            account = self._accounts.get(ADDRESSES[name])
            if account is not None and account.data != content:
                self._accounts[account.key] = replace(account, data=content)

    def _loadable(self, message: Message) -> Iterator[bytes]:
        """The keys of everything that a message can load. Few keys, however many accounts the ledger has."""
        keys = [*message.static_keys, *(lookup.key for lookup in message.lookups)]
        for lookup in message.lookups:
            table = self._accounts.get(lookup.key)
            keys += [] if table is None else named_addresses(lookup, table.data)
        for key in tuple(keys):
            program = self._accounts.get(key)
            address = None if program is None else program_data_address(program)
            keys += [] if address is None else [address]
        return iter(dict.fromkeys(keys))


class _NoExecutor:
    """The executor of a transaction that runs no program."""

    def run(self, invocation: Invocation, context: SyscallContext) -> NoReturn:
        """Never called."""
        raise AssertionError("a repeated message is refused before its first instruction")
