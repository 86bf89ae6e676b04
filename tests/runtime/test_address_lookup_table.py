"""The address lookup table program. It calls the system program to make a table.

Layouts: solana-address-lookup-table-interface 2 (state.rs, instruction.rs).
"""

from __future__ import annotations

import struct

import pytest
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import NATIVE_LOADER
from tests.support.lookup_tables import ACTIVE, SLOT, extend, sysvars, table
from tests.support.scene import SYSTEM_PROGRAM, Scene


@pytest.fixture
def scene() -> Scene:
    """A table of three addresses."""
    scene = Scene("address_lookup_table", sysvars())
    scene.make("table", table(scene.key("authority"), 3))
    return scene


@pytest.mark.parametrize("count", [1, 2, 20])
def test_extend(scene: Scene, count: int) -> None:
    addresses = [bytes([100 + number]) * 32 for number in range(count)]
    scene.run(extend(*addresses), "table! authority*")
    assert scene.account("table").data[56 + 3 * 32 :] == b"".join(addresses)
    scene.run(extend(bytes(32)), "table! authority* payer*! system")


def test_extend_refused(scene: Scene) -> None:
    scene.run(extend(), "table! authority*", error="InvalidInstructionData")
    scene.run(extend(bytes(32)), "table! stranger*", error="IncorrectAuthority")
    scene.run(extend(bytes(32)), "table! authority", error="MissingRequiredSignature")
    scene.make("table", table(scene.key("authority"), 256))
    scene.run(extend(bytes(32)), "table! authority*", error="InvalidArgument")


def test_freeze(scene: Scene) -> None:
    scene.run(struct.pack("<I", 1), "table! stranger*", error="IncorrectAuthority")
    scene.run(struct.pack("<I", 1), "table! authority*")
    assert scene.account("table").data[21] == 0
    scene.run(struct.pack("<I", 1), "table! authority*", error="Immutable")
    scene.run(extend(bytes(32)), "table! authority*", error="Immutable")


def test_freeze_an_empty_table(scene: Scene) -> None:
    scene.make("table", table(scene.key("authority")))
    scene.run(struct.pack("<I", 1), "table! authority*", error="InvalidInstructionData")


def test_deactivate(scene: Scene) -> None:
    scene.run(struct.pack("<I", 3), "table! authority*")
    assert scene.account("table").data[4:12] == struct.pack("<Q", SLOT)
    scene.run(struct.pack("<I", 3), "table! authority*", error="InvalidArgument")
    scene.run(extend(bytes(32)), "table! authority*", error="InvalidArgument")


@pytest.mark.parametrize(
    ("deactivated", "error"),
    [
        (ACTIVE, "InvalidArgument"),
        (SLOT, "InvalidArgument"),
        (SLOT - 1, "InvalidArgument"),
        (SLOT - 512, "InvalidArgument"),
        (SLOT - 513, None),
        (0, None),
    ],
)
def test_close(scene: Scene, deactivated: int, error: str | None) -> None:
    """The program looks up the slot of the deactivation in the slot hashes, with sol_get_sysvar."""
    scene.make("table", table(scene.key("authority"), 3, deactivated))
    scene.run(struct.pack("<I", 4), "table! authority* target!", error=error)
    assert bool(scene.account("table").lamports) == (error is not None)


def test_close_into_itself(scene: Scene) -> None:
    scene.make("table", table(scene.key("authority"), 3, 0))
    scene.run(struct.pack("<I", 4), "table! authority* table!", error="InvalidArgument")


def test_create_calls_the_system_program(scene: Scene) -> None:
    """It makes the call after it has derived the table's address from the authority and the slot."""
    create = struct.pack("<IQ", 0, SLOT - 1)
    seeds = [scene.key("authority"), struct.pack("<Q", SLOT - 1)]
    derived, bump = Pubkey.find_program_address(seeds, Pubkey(scene.program_id))
    scene.run(create + bytes([bump]), "table! authority payer*! system", error="InvalidArgument")
    scene.accounts["table"] = Account(bytes(derived), SYSTEM_PROGRAM, 0, b"")
    scene.accounts["system"] = Account(SYSTEM_PROGRAM, NATIVE_LOADER, 1, b"system_program", executable=True)
    execution = scene.run(create + bytes([bump]), "table! authority payer*! system")
    called = [instruction.program_id for instruction in execution.instructions]
    assert called == [scene.program_id, SYSTEM_PROGRAM, SYSTEM_PROGRAM, SYSTEM_PROGRAM]
    made = scene.account("table")
    assert (made.owner, made.data) == (scene.program_id, table(scene.key("authority")))
    # A table that exists already is no error, and stays as it is.
    again = scene.run(create + bytes([bump]), "table! authority payer*! system")
    assert (len(again.instructions), again.output.accounts_modified) == (1, 0)


@pytest.mark.parametrize("code", [5, 6, 2**32 - 1])
def test_no_such_instruction(scene: Scene, code: int) -> None:
    scene.run(struct.pack("<I", code), "table!", error="InvalidInstructionData")
