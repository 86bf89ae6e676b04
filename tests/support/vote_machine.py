"""A LiteSVM whose slots have hashes, in which vote accounts exist."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from solders.instruction import Instruction
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import VOTE_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, SYSVAR_OWNER
from tests.support.litesvm_transactions import Sent, instruction, litesvm, store
from tests.support.system_data import ALICE_KEY, Mention, signers_of, system_account
from tests.support.transaction_oracle import assert_like_litesvm
from tests.support.vote_data import VOTE_KEY, State, bank_hash

SLOT, EPOCH = 1_000, 5
HISTORY = range(900, SLOT)
"""The slots with hashes, by default."""

LAMPORTS = 10**9
ACCOUNT = Mention(VOTE_KEY)
CLOCK, RENT, SLOT_HASHES = (
    Mention(ADDRESSES[name], is_writable=False) for name in ("clock", "rent", "slot_hashes")
)


def set_sysvar(machine: LiteSVM, name: str, content: bytes) -> None:
    """Change a sysvar."""
    store(machine, Account(ADDRESSES[name], SYSVAR_OWNER, 1, content))


def set_clock(
    machine: LiteSVM, slot: int = SLOT, epoch: int = EPOCH, leader_schedule_epoch: int | None = None
) -> None:
    """Change the time. By default, the leaders of the next epoch are known."""
    leaders = epoch + 1 if leader_schedule_epoch is None else leader_schedule_epoch
    set_sysvar(machine, "clock", struct.pack("<QqQQq", slot, 0, epoch, leaders, 0))


def set_history(machine: LiteSVM, slots: Iterable[int]) -> None:
    """Set the slots with hashes. They are stored newest first."""
    entries = [struct.pack("<Q32s", slot, bank_hash(slot)) for slot in sorted(slots, reverse=True)]
    set_sysvar(machine, "slot_hashes", struct.pack("<Q", len(entries)) + b"".join(entries))


def vote_account(
    state: State | bytes = b"", lamports: int = LAMPORTS, owner: bytes = VOTE_PROGRAM
) -> Account:
    """The vote account, with a state or other data."""
    return Account(VOTE_KEY, owner, lamports, state if isinstance(state, bytes) else state.data())


def vote_instruction(content: bytes, mentions: Sequence[Mention]) -> Instruction:
    """An instruction of the vote program."""
    accounts = [(mention.key, mention.signs, mention.is_writable) for mention in mentions]
    return instruction(VOTE_PROGRAM, content, accounts)


def machine_of(activate: Sequence[str] = (), deactivate: Sequence[str] = ()) -> LiteSVM:
    """A machine in slot 1,000 of epoch 5."""
    machine = litesvm(activate=activate, deactivate=deactivate)
    set_clock(machine)
    set_history(machine, HISTORY)
    return machine


def check(
    content: bytes,
    mentions: Sequence[Mention],
    *stored: Account,
    activate: Sequence[str] = (),
    deactivate: Sequence[str] = (),
    machine: LiteSVM | None = None,
    before: Sequence[Instruction] = (),
) -> Sent:
    """Run an instruction like LiteSVM, in a transaction after other instructions.

    machine: by default a new one with these features.
    """
    machine = machine or machine_of(activate, deactivate)
    for account in (system_account(ALICE_KEY), *stored):
        store(machine, account)
    instructions = [*before, vote_instruction(content, mentions)]
    features = MAINNET.changed(activate, deactivate)
    return assert_like_litesvm(machine, instructions, signers_of(*instructions), features)
