"""Sends transactions to LiteSVM, and gives the results as plain values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from solders.account import Account as SoldersAccount
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.transaction import Transaction

from solproof.formats import solders_objects
from solproof.runtime.accounts import Account
from solproof.runtime.features import FEATURES
from solproof.runtime.program_ids import SYSTEM_PROGRAM

PAYER = Keypair.from_seed(bytes(32))
PAYER_KEY = bytes(PAYER.pubkey())


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of a transaction. `error` is the value that JSON-RPC prints, None after a success."""

    error: Any
    logs: tuple[str, ...]
    compute_units: int
    fee: int


def litesvm(*, activate: Sequence[str] = (), deactivate: Sequence[str] = ()) -> LiteSVM:
    """A LiteSVM with mainnet's features, but for some given by name. The payer has 10^12 lamports."""
    features = LiteSVM.mainnet_feature_set()
    for name in activate:
        features.activate(Pubkey(FEATURES[name]), 0)
    for name in deactivate:
        features.deactivate(Pubkey(FEATURES[name]))
    machine = (
        LiteSVM.default()
        .with_feature_set(features)
        .with_builtins()
        .with_lamports(10**15)
        .with_sysvars()
        .with_default_programs()
        .with_sigverify(True)
        .with_blockhash_check(True)
    )
    store(machine, Account(PAYER_KEY, SYSTEM_PROGRAM, 10**12, b""))
    return machine


def store(machine: LiteSVM, account: Account) -> None:
    """Store an account, whatever was at its address."""
    state = SoldersAccount(account.lamports, account.data, Pubkey(account.owner), account.executable)
    machine.set_account(Pubkey(account.key), state)


def stored(machine: LiteSVM, key: bytes) -> Account | None:
    """The account at an address, None if there is none."""
    state = machine.get_account(Pubkey(key))
    return None if state is None else solders_objects.account(Pubkey(key), state)


def instruction(
    program_id: bytes, data: bytes, accounts: Sequence[tuple[bytes, bool, bool]] = ()
) -> Instruction:
    """An instruction. For each account: key, whether it signs, whether it is writable."""
    metas = [AccountMeta(Pubkey(key), signer, writable) for key, signer, writable in accounts]
    return Instruction(Pubkey(program_id), data, metas)


def signed(
    machine: LiteSVM,
    instructions: Sequence[Instruction],
    signers: Sequence[Keypair] = (),
    blockhash: Hash | None = None,
) -> Transaction:
    """A signed transaction, by default with the latest blockhash."""
    message = Message.new_with_blockhash(
        list(instructions), PAYER.pubkey(), blockhash or machine.latest_blockhash()
    )
    keypairs = {bytes(keypair.pubkey()): keypair for keypair in (PAYER, *signers)}
    keys = message.account_keys[: message.header.num_required_signatures]
    return Transaction([keypairs[bytes(key)] for key in keys], message, message.recent_blockhash)


def submit(machine: LiteSVM, transaction: Transaction) -> Sent:
    """Send a transaction."""
    result = json.loads(machine.send_transaction(transaction).to_json())
    metadata = result.get("meta", result)
    return Sent(
        result.get("err"),
        tuple(metadata["logs"]),
        metadata["compute_units_consumed"],
        metadata["fee"],
    )


def send(
    machine: LiteSVM,
    instructions: Sequence[Instruction],
    signers: Sequence[Keypair] = (),
    blockhash: Hash | None = None,
) -> Sent:
    """Sign and send a transaction. A new blockhash comes after it."""
    sent = submit(machine, signed(machine, instructions, signers, blockhash))
    machine.expire_blockhash()
    return sent
