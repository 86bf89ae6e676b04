"""Execute transactions in order on one set of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from solproof.errors import InputError, UnsupportedError
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.representation import described
from solproof.runtime.accounts import Account
from solproof.runtime.executable import program_data_address
from solproof.runtime.sysvars import ADDRESSES, Sysvars
from solproof.runtime.transaction.message import Message, parse_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.tables import named_addresses
from solproof.runtime.transaction.transaction_output import Status


class Ledger:
    """The accounts that transactions leave behind, and the messages that were processed.

    An account that a scene lists is added only if the ledger does not know it: if no scene before listed it,
    and no transaction before changed it. The accounts of sysvars follow the environment of each scene.
    """

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self._accounts = {account.key: account for account in accounts}
        self._processed: set[bytes] = set()

    def __repr__(self) -> str:
        return described(self, {"accounts": len(self.accounts), "processed": len(self._processed)})

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that exist, in the order in which they became known."""
        return tuple(account for account in self._accounts.values() if account.lamports)

    def execute(self, scene: Scene) -> TransactionExecution:
        """Execute the transaction of a scene on the accounts of the ledger, and keep what it commits.

        The scene of the result has the accounts that the transaction can load, as it saw them. A message that
        was processed before is refused as `AlreadyProcessed`. Raises as `execute_transaction` does.
        """
        message = parse_transaction(scene.transaction).message
        for account in scene.accounts:
            self._accounts.setdefault(account.key, account)
        self._follow(scene.environment.sysvars)
        seen = replace(scene, accounts=self._loadable(message))
        execution = execute_transaction(seen, self._processed)
        output = execution.output
        if output.status is not Status.NOT_PROCESSED:
            self._processed.add(message.content)
            for before, after in zip(output.accounts_before, output.accounts, strict=True):
                if after != before:
                    self._accounts[after.key] = after
        return execution

    def _follow(self, sysvars: Sysvars) -> None:
        for name, content in sysvars.items():
            account = self._accounts.get(ADDRESSES[name])
            if account is not None and account.data != content:
                self._accounts[account.key] = replace(account, data=content)

    def _loadable(self, message: Message) -> tuple[Account, ...]:
        """Everything that a message can load. Few accounts, however many the ledger has."""
        known = self._accounts
        keys = [*message.static_keys, *(lookup.key for lookup in message.lookups)]
        for lookup in message.lookups:
            if lookup.key in known:
                keys += named_addresses(lookup, known[lookup.key].data)
        programs = [program_data_address(known[key]) for key in keys if key in known]
        keys += [address for address in programs if address is not None]
        return tuple(known[key] for key in dict.fromkeys(keys) if key in known)


def run_sequence(scenes: Iterable[Scene], ledger: Ledger | None = None) -> Iterator[TransactionExecution]:
    """Execute the transactions of scenes in order, each on the accounts that the ones before it left.

    A transaction that fails or is refused is a result, and the next one runs. `ledger` has the accounts at
    the start, and afterwards those at the end. It is empty by default.

    Raises `InputError` if a transaction cannot be read, and `UnsupportedError` for a Solana feature that
    solproof does not run yet, both with the number of the transaction, counted from 1.
    """
    ledger = Ledger() if ledger is None else ledger
    for number, scene in enumerate(scenes, start=1):
        try:
            execution = ledger.execute(scene)
        except (InputError, UnsupportedError) as error:
            raise type(error)(f"transaction {number}: {error}") from None
        yield execution
