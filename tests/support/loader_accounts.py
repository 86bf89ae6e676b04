"""Accounts and instructions of loader v3, for tests."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES
from tests.support.elf_builder import build_elf
from tests.support.litesvm_transactions import PAYER_KEY, Sent, instruction, litesvm, store
from tests.support.system_data import ALICE_KEY, BOB_KEY, Mention, signers_of, system_account
from tests.support.transaction_oracle import assert_like_litesvm

LOADER = address_text(LOADER_V3)
SLOT = 1_000
EARLIER = 5
LAMPORTS = 10**8
LARGEST = 10_485_760
BUFFER_KEY, PROGRAM_KEY, SPILL_KEY = (bytes([number]) * 32 for number in (21, 22, 23))
PROGRAM_DATA_KEY = bytes(Pubkey.find_program_address([PROGRAM_KEY], Pubkey(LOADER_V3))[0])
OLD_ELF = build_elf("mov64 r0, 0; exit")
NEW_ELF = build_elf("mov64 r0, 7; exit")
V3_ELF = build_elf("mov64 r0, 0; exit", 3)

INITIALIZE, WRITE, DEPLOY, UPGRADE, SET_AUTHORITY, CLOSE, EXTEND, SET_AUTHORITY_CHECKED = range(8)

BUFFER, PROGRAM, PROGRAM_DATA, SPILL = (
    Mention(key) for key in (BUFFER_KEY, PROGRAM_KEY, PROGRAM_DATA_KEY, SPILL_KEY)
)
PAYER = Mention(PAYER_KEY, True)
RENT, CLOCK = (Mention(ADDRESSES[name], is_writable=False) for name in ("rent", "clock"))
SYSTEM = Mention(SYSTEM_PROGRAM, is_writable=False)
ALICE, BOB = Mention(ALICE_KEY, True), Mention(BOB_KEY, True)
ALICE_UNSIGNED, BOB_UNSIGNED = Mention(ALICE_KEY), Mention(BOB_KEY)


def read_only(mention: Mention) -> Mention:
    """The same account without the right to change it."""
    return Mention(mention.key, mention.signs, False)


def option(key: bytes | None) -> bytes:
    """An optional key in bincode."""
    return b"\0" if key is None else b"\1" + key


def uninitialized(key: bytes, length: int = 36, lamports: int = LAMPORTS) -> Account:
    """An account of the loader with zeros."""
    return Account(key, LOADER_V3, lamports, bytes(length))


def buffer(file: bytes = NEW_ELF, authority: bytes | None = ALICE_KEY, lamports: int = LAMPORTS) -> Account:
    """A buffer with the file of a program."""
    content = (struct.pack("<I", 1) + option(authority)).ljust(37, b"\0") + file
    return Account(BUFFER_KEY, LOADER_V3, lamports, content)


def program(owner: bytes = LOADER_V3, *, executable: bool = False) -> Account:
    """The program, by default without the mark that LiteSVM needs to run it."""
    return Account(PROGRAM_KEY, owner, LAMPORTS, struct.pack("<I", 2) + PROGRAM_DATA_KEY, executable)


def program_data(
    file: bytes = OLD_ELF,
    authority: bytes | None = ALICE_KEY,
    slot: int = EARLIER,
    lamports: int = LAMPORTS,
    owner: bytes = LOADER_V3,
) -> Account:
    """The account with the file of the program."""
    content = (struct.pack("<IQ", 3, slot) + option(authority)).ljust(45, b"\0") + file
    return Account(PROGRAM_DATA_KEY, owner, lamports, content)


def loader_instruction(
    tag: int, mentions: Sequence[Mention], fields: bytes = b"", program_id: bytes = LOADER_V3
) -> Instruction:
    """An instruction of the loader."""
    accounts = [(mention.key, mention.signs, mention.is_writable) for mention in mentions]
    return instruction(program_id, struct.pack("<I", tag) + fields, accounts)


def write(offset: int, content: bytes) -> bytes:
    """The fields of Write."""
    return struct.pack("<IQ", offset, len(content)) + content


def deploy_mentions() -> list[Mention]:
    """The accounts of DeployWithMaxDataLen."""
    return [PAYER, PROGRAM_DATA, PROGRAM, BUFFER, RENT, CLOCK, SYSTEM, ALICE]


def upgrade_mentions() -> list[Mention]:
    """The accounts of Upgrade."""
    return [PROGRAM_DATA, PROGRAM, BUFFER, SPILL, RENT, CLOCK, ALICE]


def close_mentions() -> list[Mention]:
    """The accounts of Close for a program."""
    return [PROGRAM_DATA, SPILL, ALICE, PROGRAM]


def extend_mentions() -> list[Mention]:
    """The accounts of ExtendProgram."""
    return [PROGRAM_DATA, PROGRAM, SYSTEM, PAYER]


def changed(mentions: Sequence[Mention], position: int, mention: Mention) -> list[Mention]:
    """The accounts with another one at a position."""
    return [*mentions[:position], mention, *mentions[position + 1 :]]


def loader_machine(
    *accounts: Account, activate: Sequence[str] = (), deactivate: Sequence[str] = ()
) -> LiteSVM:
    """A LiteSVM in slot 1,000 with these accounts, and with wallets of Alice and Bob."""
    machine = litesvm(activate=activate, deactivate=deactivate)
    machine.warp_to_slot(SLOT)
    for account in (system_account(ALICE_KEY), system_account(BOB_KEY), *accounts):
        store(machine, account)
    return machine


@dataclass(frozen=True)
class Loaded:
    """Instructions on stored accounts. `error` is the expected error of the first instruction, in JSON.

    line: the last line that the loader logs, None if it logs none.
    """

    name: str
    error: object
    line: str | None
    instruction: Instruction
    stored: Sequence[Account] = ()
    activate: Sequence[str] = ()
    deactivate: Sequence[str] = ()

    def compare(self) -> Sent:
        """Compare with LiteSVM, and return its result."""
        machine = loader_machine(*self.stored, activate=self.activate, deactivate=self.deactivate)
        features = MAINNET.changed(self.activate, self.deactivate)
        return assert_like_litesvm(machine, [self.instruction], signers_of(self.instruction), features)

    def check(self) -> Sent:
        """Compare with LiteSVM, and with the expected error and line."""
        sent = self.compare()
        assert sent.error == (None if self.error is None else {"InstructionError": [0, self.error]}), sent
        assert sent.logs[-2] == (f"Program {LOADER} invoke [1]" if self.line is None else self.line)
        return sent


def name_of(case: Loaded) -> str:
    """The name of a case, for pytest."""
    return case.name
