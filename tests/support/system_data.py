"""Instruction data of the system program, and accounts for its tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.keypair import Keypair

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.litesvm_transactions import instruction

ALICE, BOB, CAROL = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2, 3))
KEYPAIRS = {bytes(keypair.pubkey()): keypair for keypair in (ALICE, BOB, CAROL)}
ALICE_KEY, BOB_KEY, CAROL_KEY = KEYPAIRS
OWNER = b"\5" * 32
MARKED_OWNER = b"\6" * 11 + b"ProgramDerivedAddress"


def data(tag: int, *fields: int | bytes | str) -> bytes:
    """Instruction data in bincode. Numbers have 8 bytes, and texts come after their length."""
    encoded = tag.to_bytes(4, "little")
    for field in fields:
        if isinstance(field, int):
            encoded += field.to_bytes(8, "little")
        elif isinstance(field, bytes):
            encoded += field
        else:
            text = field.encode()
            encoded += len(text).to_bytes(8, "little") + text
    return encoded


def derived(base: bytes, seed: str, owner: bytes) -> bytes:
    """The address for a seed."""
    return hashlib.sha256(base + seed.encode() + owner).digest()


def system_account(key: bytes, lamports: int = 10**9, content: bytes = b"") -> Account:
    """An account of the system program."""
    return Account(key, SYSTEM_PROGRAM, lamports, content)


@dataclass(frozen=True, slots=True)
class Mention:
    """An account that an instruction lists. It is writable, and does not sign."""

    key: bytes
    signs: bool = False
    is_writable: bool = True


def system_instruction(content: bytes, mentions: Sequence[Mention]) -> Instruction:
    """An instruction of the system program."""
    accounts = [(mention.key, mention.signs, mention.is_writable) for mention in mentions]
    return instruction(SYSTEM_PROGRAM, content, accounts)


def signers_of(*instructions: Instruction) -> list[Keypair]:
    """The keypairs of the accounts that sign, without the payer."""
    keys = {bytes(meta.pubkey) for given in instructions for meta in given.accounts if meta.is_signer}
    return [keypair for key, keypair in KEYPAIRS.items() if key in keys]
