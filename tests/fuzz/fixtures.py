"""The target of the reader of fixtures, for both origins and for instructions and transactions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

from google.protobuf.message import DecodeError, Message
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message as SoldersMessage
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction

from solproof.demo import scenario
from solproof.errors import InputError, UnsupportedError
from solproof.formats import bincode, scene_bincode
from solproof.formats.fixtures.effects import differences
from solproof.formats.fixtures.fixture import ENTRYPOINTS, is_fixture, parse_fixture
from solproof.formats.fixtures.messages import FIREDANCER, MOLLUSK, message_type
from solproof.oracle.litesvm import RuntimeResult
from solproof.runtime.accounts import distinct_accounts
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.features import FEATURES
from solproof.runtime.sysvars import ADDRESSES
from solproof.runtime.transaction.scene import Scene
from tests.fuzz.mutation import mutate
from tests.fuzz.target import MEBIBYTE, Target, outcome
from tests.support.elf_files import small_elf
from tests.support.fixtures import (
    firedancer_instruction,
    firedancer_transaction,
    mollusk_instruction,
    serialized,
)

ELF = small_elf().data
LARGEST_SYSVAR = 100
ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
LONGEST = 8192
KINDS = ((FIREDANCER, "InstrFixture"), (FIREDANCER, "TxnFixture"), (MOLLUSK, "InstrFixture"))
NUMBERS = (0, 1, 2, 26, 127, 128, 255, 256, 32_768, 1_400_001, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
WORDS = (
    *(b"\x0a\x20", b"\x12\x00", b"\x22\x02\x08\x01", b"\xff" * 9 + b"\x01", b"\x80\x80\x01", bytes(32)),
    *(ENTRYPOINTS.encode(), ADDRESSES["clock"], ADDRESSES["rent"]),
    FEATURES["account_data_direct_mapping"][:8],
)


def read_fixture(content: bytes) -> str:
    """What a fixture gives can be packed and unpacked, and its effects are equal to themselves."""
    try:
        fixture = parse_fixture(content, ELF)
    except (InputError, UnsupportedError) as error:
        return outcome(type(error)(ADDRESS.sub("_", str(error))))
    assert is_fixture(content)
    given = fixture.given
    if isinstance(given, Scene):
        packed = scene_bincode.pack(given)
        assert scene_bincode.pack(scene_bincode.unpack(packed)) == packed
    else:
        assert bincode.unpack(bincode.pack(given)) == given
    assert differences(fixture.before, fixture.effects, fixture.effects) == ()
    return f"{fixture.origin}, {type(given).__name__}, {len(fixture.departures)} departures"


def mutate_fixture(content: bytes, random: Random) -> bytes:
    """Change values of the message, so that the rest stays a message. Some changes are of bytes."""
    kinds = [(package, name) for package, name in KINDS if _is_message(package, name, content)]
    if not kinds or random.random() < 0.1:
        return mutate(content, random, WORDS, WORDS, LONGEST)
    message: Any = message_type(*random.choice(kinds)).FromString(content)
    for _ in range(random.choice((1, 1, 2, 4))):
        _change(message, random)
    return serialized(message)[:LONGEST]


def _is_message(package: str, name: str, content: bytes) -> bool:
    try:
        message_type(package, name).FromString(content)
    except DecodeError:
        return False
    return True


def _change(message: Any, random: Random) -> None:
    """Change a field of the message, or of a message in it."""
    field = random.choice(message.DESCRIPTOR.fields)
    value = getattr(message, field.name)
    if isinstance(value, Message):
        message.ClearField(field.name) if random.random() < 0.1 else _change(value, random)
    elif isinstance(value, (bytes, str)):
        old = value.encode() if isinstance(value, str) else value
        new = mutate(old, random, WORDS, WORDS, LONGEST)
        setattr(message, field.name, new.decode("latin-1") if isinstance(value, str) else new)
    elif isinstance(value, (int, float)):
        with suppress(ValueError, OverflowError):  # out of the range of the field
            setattr(message, field.name, random.choice(NUMBERS))
    elif value and isinstance(value[0], Message) and random.random() < 0.8:
        _change(random.choice(value), random)
    elif value:
        position = random.randrange(len(value))
        copied = value[position]
        if random.random() < 0.5:
            del value[position]
        else:
            value.append(copied)


@cache
def fixture_seeds() -> Sequence[bytes]:
    """A fixture of each kind, without the long sysvars."""
    given = scenario.transfer(ELF)
    returned = ReturnData(bytes(32), b"")
    accounts = distinct_accounts(given.accounts)
    result = RuntimeResult(False, "Custom(1)", 2, 2, accounts, (), returned)
    instruction = firedancer_instruction(given, result)
    svm, payer = LiteSVM(), Keypair.from_seed(bytes([1]) * 32)
    svm.airdrop(payer.pubkey(), 10**9)
    move = transfer(TransferParams(from_pubkey=payer.pubkey(), to_pubkey=payer.pubkey(), lamports=1))
    blockhash = svm.latest_blockhash()
    signed = Transaction(
        [payer], SoldersMessage.new_with_blockhash([move], payer.pubkey(), blockhash), blockhash
    )
    transaction = firedancer_transaction(svm, VersionedTransaction.from_bytes(bytes(signed)))
    for states in (instruction.input.accounts, transaction.input.account_shared_data):
        for position in reversed(range(len(states))):
            if states[position].address in ADDRESSES.values() and len(states[position].data) > LARGEST_SYSVAR:
                del states[position]
    return [serialized(item) for item in (instruction, mollusk_instruction(given, result), transaction)]


TARGETS = (Target("fixture", fixture_seeds, read_fixture, LONGEST, 0.5, 4 * MEBIBYTE, WORDS, mutate_fixture),)
