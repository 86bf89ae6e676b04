from __future__ import annotations

import struct
from random import Random

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE, LOADER_V3
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.account_keys import LoadedMessage, check_account_locks
from solproof.runtime.transaction.instructions_sysvar import instructions_sysvar, with_current_index
from solproof.runtime.transaction.message import MAXIMUM_WIRE_SIZE, parse_transaction
from solproof.runtime.transaction.reserved import RESERVED_KEYS
from solproof.runtime.transaction.sanitize import sanitize
from solproof.runtime.transaction.tables import resolve_tables
from tests.support.lookup_tables import SLOT, sysvars, table
from tests.support.wire_transactions import (
    LOG_FIRST_ACCOUNT,
    PAYER,
    Lookup,
    add_program,
    key,
    logged_data,
    machine,
    put,
    wire,
)

SYSVAR = INSTRUCTIONS_SYSVAR
PUPPETS = [key("puppet"), key("other puppet")]
TABLES = {
    name: Account(key(name), ADDRESS_LOOKUP_TABLE, 10**9, table(None) + b"".join(addresses))
    for name, addresses in {
        "plain table": [key(f"plain {number}") for number in range(20)],
        "reserved table": sorted(RESERVED_KEYS - {SYSVAR}),
    }.items()
}
SETTINGS = sysvars()


@pytest.fixture(scope="module", name="litesvm")
def _litesvm() -> LiteSVM:
    made = machine(SETTINGS)
    for puppet in PUPPETS:
        add_program(made, puppet, LOG_FIRST_ACCOUNT)
    for each in TABLES.values():
        put(made, each)
    return made


def loaded(content: bytes) -> LoadedMessage:
    """Read a transaction and check it, up to its accounts."""
    transaction = parse_transaction(content)
    sanitize(transaction, MAINNET)
    accounts = {each.key: each for each in TABLES.values()}
    addresses = resolve_tables(transaction.message, accounts.get, SLOT, SETTINGS.slot_hashes)
    message = LoadedMessage.of(transaction.message, addresses)
    check_account_locks(message, MAINNET)
    return message


def test_the_content_by_hand() -> None:
    """One instruction with the sysvar and the payer: 2 bytes of count, 2 of offset, and so on."""
    message = loaded(wire([PAYER, SYSVAR, PUPPETS[0]], [(2, bytes([1, 0]), b"abc")], (1, 0, 2)))
    assert instructions_sysvar(message) == b"".join(
        (
            struct.pack("<HH", 1, 4),
            struct.pack("<H", 2),
            b"\0" + SYSVAR,
            b"\3" + PAYER,
            PUPPETS[0],
            struct.pack("<H", 3) + b"abc",
            struct.pack("<H", 0),
        )
    )


def test_no_instruction() -> None:
    assert instructions_sysvar(loaded(wire([PAYER]))) == bytes(4)


def test_only_the_last_two_bytes_hold_the_current_index() -> None:
    assert with_current_index(b"abcd", 0x0102) == b"ab\2\1"


def random_transaction(random: Random) -> bytes:
    """A transaction whose instructions all call a puppet, with the sysvar as the first account."""
    pool = [
        *random.sample(sorted(RESERVED_KEYS - {SYSVAR}), random.randrange(4)),
        *(random.randbytes(32) for _ in range(random.randrange(4))),
        *random.choice(([], [LOADER_V3])),
    ]
    keys = list(dict.fromkeys([*PUPPETS, SYSVAR, *pool]))
    random.shuffle(keys)
    keys = [PAYER, *keys]
    signers = random.randrange(1, len(keys) + 1)
    header = (signers, random.randrange(signers), random.randrange(len(keys) - signers + 1))
    lookups: list[Lookup] | None = None
    count = len(keys)
    if random.randrange(2):
        lookups = []
        for each in random.sample(list(TABLES.values()), random.randrange(len(TABLES) + 1)):
            size = (len(each.data) - 56) // 32
            taken = [at for at in range(size) if each.data[56 + 32 * at :][:32] not in keys]
            indexes = bytes(random.sample(taken, random.randrange(1, 6)))
            split = random.randrange(len(indexes) + 1)
            lookups.append((each.key, indexes[:split], indexes[split:]))
            count += len(indexes)
    instructions = [
        (
            keys.index(random.choice(PUPPETS)),
            bytes([keys.index(SYSVAR), *(random.randrange(count) for _ in range(random.randrange(9)))]),
            random.randbytes(random.randrange(30)),
        )
        for _ in range(random.randrange(1, 4))
    ]
    return wire(keys, instructions, header, lookups)


def test_random_transactions_see_the_same_content_as_in_litesvm(litesvm: LiteSVM) -> None:
    """The content shows the flags of every account, so this is the test of all privileges."""
    random = Random(5)
    demoted = kept = from_tables = compared = 0
    while compared < 300:
        content = random_transaction(random)
        if len(content) > MAXIMUM_WIRE_SIZE:
            continue
        message = loaded(content)
        before = instructions_sysvar(message)
        expected = [with_current_index(before, index) for index in range(len(message.program_ids))]
        assert logged_data(litesvm, content) == expected
        compared += 1
        from_tables += len(message.keys) > len(message.message.static_keys)
        called = {instruction.program_index for instruction in message.message.instructions}
        demoted += not any(map(message.is_writable, called))
        kept += all(map(message.is_writable, called))
    assert min(demoted, kept, from_tables) > 20, (demoted, kept, from_tables)
