"""Messages from instructions: the order of the accounts, lookup tables, and signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.keypair import Keypair
from solders.message import (
    Message,
    MessageAddressTableLookup,
    MessageHeader,
    MessageV0,
    VersionedMessage,
    to_bytes_versioned,
)
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from tests.differential.transactions.actor import Instruction, Privileges
from tests.differential.transactions.choices import Choices

LONGEST_TRANSACTION = 1_232


@dataclass(frozen=True, slots=True)
class Lookup:
    """The addresses that a message takes from a table, by their positions in it."""

    table: bytes
    writable: tuple[int, ...]
    readonly: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message whose parts can be replaced one by one before it is signed.

    keys: the static keys, in the order of the header's groups.
    header: required signatures, read-only signed and read-only unsigned accounts.
    instructions: program index, account indices and data.
    lookups: None in a legacy message.
    signatures: wrong signatures by their positions: other bytes, or None for a signature that is left out.
        Position -1 stands for a signature too many.
    """

    keys: tuple[bytes, ...]
    header: tuple[int, int, int]
    blockhash: bytes
    instructions: tuple[tuple[int, tuple[int, ...], bytes], ...]
    lookups: tuple[Lookup, ...] | None = None
    signatures: dict[int, bytes | None] = field(default_factory=dict)

    def message(self) -> VersionedMessage:
        """The message."""
        keys, blockhash = [Pubkey(key) for key in self.keys], Hash(self.blockhash)
        compiled = [
            CompiledInstruction(program, data, bytes(accounts))
            for program, accounts, data in self.instructions
        ]
        if self.lookups is None:
            return Message.new_with_compiled_instructions(*self.header, keys, blockhash, compiled)
        tables = [
            MessageAddressTableLookup(Pubkey(each.table), bytes(each.writable), bytes(each.readonly))
            for each in self.lookups
        ]
        return MessageV0(MessageHeader(*self.header), keys, blockhash, compiled, tables)

    def sign(self, keypairs: Mapping[bytes, Keypair]) -> VersionedTransaction:
        """The transaction."""
        message = self.message()
        signed = to_bytes_versioned(message)
        signatures = []
        for position, key in enumerate(self.keys[: self.header[0]]):
            other = self.signatures.get(position, b"")
            if other:
                signatures.append(Signature(other))
            elif other is not None:
                signatures.append(keypairs[key].sign_message(signed))
        if -1 in self.signatures:
            signatures.append(Signature(bytes(64)))
        return VersionedTransaction.populate(message, signatures)


def compile_message(
    choices: Choices,
    payer: bytes,
    instructions: Sequence[Instruction],
    blockhash: bytes,
    extra: Mapping[bytes, Privileges],
) -> Draft:
    """A legacy message. Within each group of privileges, the accounts are in random order.

    extra: further accounts that the message names, or privileges of accounts.
    """
    merged = {payer: Privileges(True, True), **{each.program: Privileges() for each in instructions}}
    for each in instructions:
        for meta in each.accounts:
            _add(merged, meta.key, Privileges(bool(meta.is_signer), bool(meta.is_writable)))
    for key, privileges in extra.items():
        _add(merged, key, privileges)
    merged[payer] = Privileges(True, True)
    required, signed, changed, others = (
        choices.shuffled([key for key, privileges in merged.items() if privileges == wanted and key != payer])
        for wanted in (
            Privileges(True, True),
            Privileges(True, False),
            Privileges(False, True),
            Privileges(False, False),
        )
    )
    keys = (payer, *required, *signed, *changed, *others)
    positions = {key: position for position, key in enumerate(keys)}
    compiled = tuple(
        (positions[each.program], tuple(positions[meta.key] for meta in each.accounts), each.data)
        for each in instructions
    )
    header = (1 + len(required) + len(signed), len(signed), len(others))
    return Draft(keys, header, blockhash, compiled)


def _add(merged: dict[bytes, Privileges], key: bytes, privileges: Privileges) -> None:
    before = merged.get(key, Privileges())
    merged[key] = Privileges(
        before.is_signer or privileges.is_signer, before.is_writable or privileges.is_writable
    )


def with_tables(draft: Draft, tables: Mapping[bytes, Sequence[bytes]]) -> Draft:
    """The same message as v0, which takes the keys that are in the tables from them.

    Signers and programs stay static. tables: addresses by the keys of the tables.
    """
    signers, readonly_signed, readonly_unsigned = draft.header
    programs = {program for program, _, _ in draft.instructions}
    first_readonly = len(draft.keys) - readonly_unsigned
    places = {key: (table, place) for table, keys in tables.items() for place, key in enumerate(keys)}
    moved = [
        position
        for position, key in enumerate(draft.keys)
        if position >= signers and position not in programs and key in places
    ]
    writable = {position for position in moved if position < first_readonly}
    static = [position for position in range(len(draft.keys)) if position not in moved]
    lookups: list[Lookup] = []
    looked_up: list[int] = []
    looked_up_readonly: list[int] = []
    for table in tables:
        mine = [position for position in moved if places[draft.keys[position]][0] == table]
        if not mine:
            continue
        mine_writable = [position for position in mine if position in writable]
        mine_readonly = [position for position in mine if position not in writable]
        indexes = (
            tuple(places[draft.keys[position]][1] for position in part)
            for part in (mine_writable, mine_readonly)
        )
        lookups.append(Lookup(table, *indexes))
        looked_up += mine_writable
        looked_up_readonly += mine_readonly
    order = [*static, *looked_up, *looked_up_readonly]
    new = {old: position for position, old in enumerate(order)}
    return replace(
        draft,
        keys=tuple(draft.keys[position] for position in static),
        header=(signers, readonly_signed, readonly_unsigned - len(looked_up_readonly)),
        instructions=tuple(
            (new[program], tuple(new[account] for account in accounts), data)
            for program, accounts, data in draft.instructions
        ),
        lookups=tuple(lookups),
    )
