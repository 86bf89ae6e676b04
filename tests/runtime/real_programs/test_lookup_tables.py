"""The address lookup table program in transactions, and transactions that use its tables.

Layouts: solana-address-lookup-table-interface 2 (instruction.rs).
"""

from __future__ import annotations

import struct

import pytest
from solders.pubkey import Pubkey

from tests.support.ledger import Call, Ledger
from tests.support.lookup_tables import extend

FREEZE, DEACTIVATE, CLOSE = (struct.pack("<I", code) for code in (1, 3, 4))
TRANSFER = struct.pack("<IQ", 2, 10**6)


def slot_hashes(newest: int) -> bytes:
    """The slot hashes of the last 512 slots."""
    entries = (struct.pack("<Q32x", newest - number) for number in range(512))
    return struct.pack("<Q", 512) + b"".join(entries)


@pytest.fixture
def ledger() -> Ledger:
    """A ledger with the address of a table."""
    ledger = Ledger()
    for name in ("alice", "bob"):
        ledger.fund(name)
    return ledger


def create(ledger: Ledger, name: str = "table") -> Call:
    slot = ledger.slot
    bump = ledger.derive(name, "lookup_tables", ledger.key("authority"), struct.pack("<Q", slot))
    return "lookup_tables", struct.pack("<IQB", 0, slot, bump), f"{name}! authority payer*! system"


def extension(ledger: Ledger, *names: str) -> Call:
    return "lookup_tables", extend(*map(ledger.key, names)), "table! authority* payer*! system"


def test_create(ledger: Ledger) -> None:
    result = ledger.send(create(ledger))
    assert len(result.heights(0)) == 3
    ledger.send(create(ledger))
    program, data, accounts = create(ledger)
    wrong_slot = data[:4] + struct.pack("<Q", 5) + data[12:]
    ledger.fail((program, wrong_slot, accounts), error="InvalidInstructionData")
    ledger.fail((program, data[:-1] + bytes([data[-1] ^ 1]), accounts), error=1)


def test_extend_and_use(ledger: Ledger) -> None:
    """A table serves in the slot after the one in which it was extended."""
    ledger.send(create(ledger), extension(ledger, "alice", "bob"))
    assert len(ledger.data("table")) == 56 + 2 * 32
    ledger.fail(
        ("lookup_tables", extend(), "table! authority* payer*! system"), error="InvalidInstructionData"
    )
    ledger.fail(
        extension(ledger, *["alice"] * 20),
        ("lookup_tables", extend(bytes(32)), "table! bob*"),
        error="IncorrectAuthority",
    )
    transfer = ("system", TRANSFER, "payer*! alice!")
    ledger.send(transfer, error="InvalidAddressLookupTableIndex", tables=["table"])
    ledger.next_slot()
    before = ledger.lamports("alice")
    ledger.send(transfer, ("system", TRANSFER, "payer*! bob!"), tables=["table"])
    assert ledger.lamports("alice") == before + 10**6


def test_freeze(ledger: Ledger) -> None:
    ledger.send(create(ledger), extension(ledger, "alice"), ("lookup_tables", FREEZE, "table! authority*"))
    ledger.fail(extension(ledger, "bob"), error="Immutable")


def test_deactivate_and_close(ledger: Ledger) -> None:
    """A table can be closed when its slot of deactivation is no longer among the slot hashes."""
    close = ("lookup_tables", CLOSE, "table! authority* alice!")
    ledger.send(create(ledger), extension(ledger, "alice", "bob"))
    ledger.fail(close, error="InvalidArgument")
    ledger.send(("lookup_tables", DEACTIVATE, "table! authority*"))
    ledger.fail(("lookup_tables", DEACTIVATE, "table! authority*"), error="InvalidArgument")
    deactivated = ledger.slot
    ledger.next_slot()
    ledger.set_sysvar("slot_hashes", slot_hashes(deactivated))
    ledger.fail(close, error="InvalidArgument")
    transfer = ("system", TRANSFER, "payer*! bob!")
    ledger.send(transfer, tables=["table"])
    ledger.next_slot(600)
    ledger.set_sysvar("slot_hashes", slot_hashes(ledger.slot - 1))
    ledger.send(transfer, error="AddressLookupTableNotFound", tables=["table"])
    ledger.fail(("lookup_tables", CLOSE, "table! bob* alice!"), error="IncorrectAuthority")
    ledger.send(close)
    assert ledger.svm.get_account(Pubkey(ledger.key("table"))) is None
