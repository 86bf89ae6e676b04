"""The account rules one by one, on regions changed by hand.

LiteSVM checks the same changes in test_execute.py.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from assurance.contexts import PROGRAM as PROGRAM_THAT_EXITS
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.invocation import Invocation
from solproof.runtime.read_back import accounts_modified
from solproof.runtime.serialization import SerializedInput
from solproof.runtime.single_instruction import run_instruction
from solproof.runtime.syscalls import SyscallContext
from solproof.vm.faults import Fault

PROGRAM, STRANGER = bytes([4]) * 32, bytes([5]) * 32
OWNED, READ_ONLY, FOREIGN, FOREIGN_READ_ONLY = range(4)
Change = Callable[[bytearray, SerializedInput], None]


def scene(data: bytes = b"12345678") -> ExecutionInput:
    kinds = [(PROGRAM, True), (PROGRAM, False), (STRANGER, True), (STRANGER, False)]
    entries = [
        InstructionAccount(Account(bytes([10 + number]) * 32, owner, 100, data), is_writable=writable)
        for number, (owner, writable) in enumerate(kinds)
    ]
    return ExecutionInput(b"", PROGRAM, (*entries, entries[OWNED]), b"")


def after(given: ExecutionInput, *changes: Change) -> tuple[Account, ...]:
    """The accounts after a program that returned 0 with these changes. Raises `Refused`."""
    output = run_instruction(given, Changes(changes), PROGRAM_THAT_EXITS).output
    if output.error is not None:
        raise Refused(output.error, output.error_message)
    return output.accounts


class Refused(Exception):
    """The changes are not allowed. The arguments are the error's name and message."""


class Changes:
    """An executor that changes the input region and returns 0."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes

    def run(self, invocation: Invocation, _context: SyscallContext) -> tuple[Changed, bytes]:
        region = bytearray(invocation.serialized.region)
        for change in self.changes:
            change(region, invocation.serialized)
        return Changed(), bytes(region)


@dataclass(frozen=True)
class Changed:
    """The outcome of a program that returned 0."""

    fault: Fault | None = None
    r0: int = 0
    pc: int = 0
    compute_units: int = 1
    instructions: int = 1


def write(position: int, field: str, content: bytes, plus: int = 0) -> Change:
    def change(region: bytearray, serialized: SerializedInput) -> None:
        record = serialized.records[position]
        offset = getattr(serialized.fields, field) + plus
        assert record is not None
        region[record + offset : record + offset + len(content)] = content

    return change


def lamports(position: int, value: int) -> Change:
    return write(position, "lamports", struct.pack("<Q", value))


def length(position: int, value: int) -> Change:
    return write(position, "data_length", struct.pack("<Q", value))


def data(position: int, content: bytes) -> Change:
    return write(position, "data", content)


def owner(position: int, value: bytes) -> Change:
    return write(position, "owner", value)


def test_nothing_changed() -> None:
    given = scene()
    accounts = after(given)
    assert accounts == tuple(entry.account for entry in given.accounts[:4])
    assert accounts_modified(accounts, accounts) == 0


def test_allowed_changes() -> None:
    given = scene()
    before = tuple(entry.account for entry in given.accounts[:4])
    accounts = after(
        given,
        lamports(OWNED, 60),
        lamports(FOREIGN, 140),
        length(OWNED, 9),
        data(OWNED, bytes(9)),
        owner(OWNED, STRANGER),
    )
    assert accounts[OWNED] == Account(before[OWNED].key, STRANGER, 60, bytes(9))
    assert accounts[FOREIGN] == Account(before[FOREIGN].key, STRANGER, 140, b"12345678")
    assert accounts[READ_ONLY] == before[READ_ONLY]
    assert accounts_modified(before, accounts) == 2


def test_key_flags_and_padding_are_ignored() -> None:
    given = scene()
    header = write(READ_ONLY, "owner", bytes(40), plus=-40)
    assert after(given, header, write(READ_ONLY, "data", b"beyond the data", plus=8)) == after(given)


def test_growing_and_shrinking() -> None:
    given = scene()
    grown = after(given, length(OWNED, 8 + 10_240))
    assert grown[OWNED].data == b"12345678" + bytes(10_240)
    assert after(given, length(OWNED, 0))[OWNED].data == b""


@pytest.mark.parametrize(
    ("name", "message", "changes"),
    [
        (
            "ExternalAccountLamportSpend",
            "instruction spent from the balance of an account it does not own",
            [lamports(FOREIGN, 99), lamports(OWNED, 101)],
        ),
        (
            "ExternalAccountLamportSpend",
            "instruction spent from the balance of an account it does not own",
            [lamports(FOREIGN_READ_ONLY, 99)],
        ),
        (
            "ReadonlyLamportChange",
            "instruction changed the balance of a read-only account",
            [lamports(READ_ONLY, 99)],
        ),
        (
            "ReadonlyLamportChange",
            "instruction changed the balance of a read-only account",
            [lamports(FOREIGN_READ_ONLY, 101)],
        ),
        ("InvalidRealloc", "Failed to reallocate account data", [length(OWNED, 8 + 10_241)]),
        ("InvalidRealloc", "Failed to reallocate account data", [length(FOREIGN, 2**64 - 1)]),
        (
            "AccountDataSizeChanged",
            "program other than the account's owner changed the size of the account data",
            [length(FOREIGN, 7)],
        ),
        (
            "AccountDataSizeChanged",
            "program other than the account's owner changed the size of the account data",
            [length(FOREIGN_READ_ONLY, 9)],
        ),
        (
            "ReadonlyDataModified",
            "instruction modified data of a read-only account",
            [data(READ_ONLY, b"x")],
        ),
        ("ReadonlyDataModified", "instruction modified data of a read-only account", [length(READ_ONLY, 7)]),
        (
            "ReadonlyDataModified",
            "instruction modified data of a read-only account",
            [data(FOREIGN_READ_ONLY, b"x")],
        ),
        (
            "ExternalAccountDataModified",
            "instruction modified data of an account it does not own",
            [data(FOREIGN, b"x")],
        ),
        (
            "ModifiedProgramId",
            "instruction illegally modified the program id of an account",
            [owner(OWNED, STRANGER)],
        ),
        (
            "ModifiedProgramId",
            "instruction illegally modified the program id of an account",
            [owner(FOREIGN, PROGRAM)],
        ),
        (
            "ModifiedProgramId",
            "instruction illegally modified the program id of an account",
            [owner(READ_ONLY, STRANGER)],
        ),
        (
            "UnbalancedInstruction",
            "sum of account balances before and after instruction do not match",
            [lamports(OWNED, 101)],
        ),
        # The order of checks: lamports before data, account by account, the sum last.
        (
            "ReadonlyLamportChange",
            "instruction changed the balance of a read-only account",
            [data(READ_ONLY, b"x"), lamports(READ_ONLY, 101)],
        ),
        (
            "ReadonlyDataModified",
            "instruction modified data of a read-only account",
            [data(READ_ONLY, b"x"), lamports(FOREIGN, 99)],
        ),
    ],
)
def test_refused_changes(name: str, message: str, changes: list[Change]) -> None:
    with pytest.raises(Refused) as raised:
        after(scene(), *changes)
    assert raised.value.args == (name, message)


def test_owner_may_change_when_the_new_data_is_zero() -> None:
    given = scene()
    assert after(given, data(OWNED, bytes(8)), owner(OWNED, STRANGER))[OWNED].owner == STRANGER
    assert after(scene(b""), owner(OWNED, STRANGER))[OWNED].owner == STRANGER


# LOADER V1


def deprecated(given: ExecutionInput) -> ExecutionInput:
    return replace(given, parameters=Parameters(loader=Loader.V1))


def test_loader_v1_reads_back_lamports_and_data() -> None:
    given = deprecated(scene())
    before = tuple(entry.account for entry in given.accounts[:4])
    accounts = after(given, lamports(OWNED, 60), lamports(FOREIGN, 140), data(OWNED, b"other"))
    assert accounts[OWNED] == replace(before[OWNED], lamports=60, data=b"other678")
    assert accounts[FOREIGN] == replace(before[FOREIGN], lamports=140)
    assert accounts[READ_ONLY] == before[READ_ONLY]


def test_loader_v1_ignores_length_owner_and_flags() -> None:
    given = deprecated(scene())
    ignored = [
        write(OWNED, "data", bytes(8), plus=-8),
        write(OWNED, "data", STRANGER + b"\1", plus=8),
        write(OWNED, "lamports", bytes(35), plus=-35),
    ]
    assert after(given, *ignored) == after(given)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("ExternalAccountLamportSpend", [lamports(FOREIGN, 99)]),
        ("ReadonlyLamportChange", [lamports(READ_ONLY, 99)]),
        ("ReadonlyDataModified", [data(READ_ONLY, b"x")]),
        ("ReadonlyDataModified", [data(FOREIGN_READ_ONLY, b"x")]),
        ("ExternalAccountDataModified", [data(FOREIGN, b"x")]),
        ("UnbalancedInstruction", [lamports(OWNED, 101)]),
    ],
)
def test_loader_v1_refused_changes(name: str, changes: list[Change]) -> None:
    with pytest.raises(Refused) as raised:
        after(deprecated(scene()), *changes)
    assert raised.value.args[0] == name
