from __future__ import annotations

from collections.abc import Sequence

import pytest
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE, LOADER_V3
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.account_keys import LoadedMessage, check_account_locks
from solproof.runtime.transaction.instructions_sysvar import instructions_sysvar
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.tables import LoadedAddresses
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.lookup_tables import table
from tests.support.wire_transactions import (
    LOG_FIRST_ACCOUNT,
    PAYER,
    Header,
    Lookup,
    add_program,
    key,
    litesvm_error,
    logged_data,
    machine,
    put,
    wire,
)

SYSVAR = INSTRUCTIONS_SYSVAR
PUPPET, OTHER_PUPPET = key("puppet"), key("other puppet")
TABLE = key("table")
A, B, C = key("a"), key("b"), key("c")
INCREASED = "increase_tx_account_lock_limit"
INCREASED_ADDRESS = Pubkey.from_string("9LZdXeKGeBV6hRLdxS1rHbHoEUsKqesCC2ZAPTPKJAbK")


def address(number: int) -> bytes:
    return bytes([number]) * 32


def prepared(made: LiteSVM) -> LiteSVM:
    """Add two programs that log their first account, and a table of 256 addresses."""
    add_program(made, PUPPET, LOG_FIRST_ACCOUNT)
    add_program(made, OTHER_PUPPET, LOG_FIRST_ACCOUNT)
    put(made, Account(TABLE, ADDRESS_LOOKUP_TABLE, 10**9, table(None, 256)))
    return made


@pytest.fixture(scope="module", name="litesvm")
def _litesvm() -> LiteSVM:
    return prepared(machine())


def loaded(content: bytes, writable: Sequence[int] = (), readonly: Sequence[int] = ()) -> LoadedMessage:
    addresses = LoadedAddresses(tuple(map(address, writable)), tuple(map(address, readonly)))
    return LoadedMessage.of(parse_transaction(content).message, addresses)


def privileges(message: LoadedMessage) -> str:
    """A word for each account: s if it signs, w if it is writable, - if neither."""
    return " ".join(
        ("s" * message.is_signer(index) + "w" * message.is_writable(index)) or "-"
        for index in range(len(message.keys))
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ((1, 0, 0), "sw w w w - -"),
        ((1, 0, 2), "sw w w w - -"),
        ((1, 0, 4), "sw w - - - -"),
        ((1, 0, 5), "sw - - - - -"),
        ((2, 0, 4), "sw sw - - - -"),
        ((2, 1, 0), "sw s w w - -"),
        ((4, 2, 0), "sw sw s s - -"),
        ((6, 0, 0), "sw sw sw sw s s"),
        ((6, 5, 0), "sw s s s s s"),
    ],
)
def test_the_header_gives_privileges_to_static_keys(litesvm: LiteSVM, header: Header, expected: str) -> None:
    """The last two keys are a sysvar and the program that is called, so they are always read-only."""
    content = wire([PAYER, A, B, C, SYSVAR, PUPPET], [(5, bytes([4, 0, 1, 2, 3, 4, 5]), b"")], header)
    message = loaded(content)
    assert privileges(message) == expected
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]


def test_keys_from_tables_follow_the_static_ones(litesvm: LiteSVM) -> None:
    lookups: list[Lookup] = [(TABLE, bytes([7, 5]), bytes([9])), (TABLE, bytes([8]), bytes([4, 6]))]
    instruction = (2, bytes([1, 0, 3, 4, 5, 6, 7, 8]), b"")
    content = wire([PAYER, SYSVAR, PUPPET], [instruction], (1, 0, 2), lookups)
    message = loaded(content, [7, 5, 8], [9, 4, 6])
    assert message.keys == (PAYER, SYSVAR, PUPPET, *map(address, (7, 5, 8, 9, 4, 6)))
    assert privileges(message) == "sw - - w w w - - -"
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]


def test_a_reserved_key_from_a_table_is_read_only(litesvm: LiteSVM) -> None:
    """Address 0 of the table is the system program."""
    content = wire(
        [PAYER, SYSVAR, PUPPET], [(2, bytes([1, 3, 4]), b"")], lookups=[(TABLE, bytes([0, 1]), b"")]
    )
    message = loaded(content, [0, 1])
    assert privileges(message) == "sw - - - w"
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]


def test_every_called_program_is_read_only(litesvm: LiteSVM) -> None:
    """A program that no instruction calls stays writable."""
    keys = [PAYER, PUPPET, OTHER_PUPPET, SYSVAR]
    both = [(1, bytes([3, 1, 2]), b""), (2, bytes([3, 1, 2]), b"")]
    for instructions, expected in ((both, "sw - - -"), (both[:1], "sw - w -"), (both[1:], "sw w - -")):
        content = wire(keys, instructions)
        message = loaded(content)
        assert privileges(message) == expected
        assert logged_data(litesvm, content)[0] == instructions_sysvar(message)


def test_a_called_program_that_signs_is_read_only(litesvm: LiteSVM) -> None:
    content = wire([PAYER, PUPPET, SYSVAR], [(1, bytes([2, 1]), b"")], (2, 0, 0))
    message = loaded(content)
    assert privileges(message) == "sw s -"
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]


def test_loader_v3_among_the_keys_keeps_called_programs_writable(litesvm: LiteSVM) -> None:
    """Loader v3 itself is reserved. It counts as a static key and as one from a table."""
    content = wire([PAYER, PUPPET, SYSVAR, LOADER_V3], [(1, bytes([2, 1]), b"")])
    message = loaded(content)
    assert privileges(message) == "sw w - -"
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]

    head = table(None, 0)
    put(litesvm, Account(B, ADDRESS_LOOKUP_TABLE, 10**9, head + LOADER_V3))
    content = wire([PAYER, PUPPET, SYSVAR], [(1, bytes([2, 1]), b"")], lookups=[(B, b"", bytes([0]))])
    addresses = LoadedAddresses((), (LOADER_V3,))
    message = LoadedMessage.of(parse_transaction(content).message, addresses)
    assert privileges(message) == "sw w - -"
    assert logged_data(litesvm, content) == [instructions_sysvar(message)]


def test_program_ids() -> None:
    content = wire([PAYER, A, B], [(2, b"", b""), (1, b"", b""), (2, b"", b"")])
    assert loaded(content).program_ids == (B, A, B)


def locks(message: LoadedMessage, features: frozenset[str] = frozenset()) -> object:
    try:
        check_account_locks(message, features)
    except TransactionFailure as failure:
        return failure.error.to_json()
    return None


def with_accounts(count: int, twice: bool = False) -> tuple[bytes, LoadedMessage]:
    """A transaction with this number of accounts. If `twice`, the last two are the same."""
    numbers = [*range(1, count), count - 1 if twice else count][1:]
    content = wire([PAYER], lookups=[(TABLE, bytes(numbers[::2]), bytes(numbers[1::2]))])
    return content, loaded(content, numbers[::2], numbers[1::2])


@pytest.mark.parametrize(
    ("count", "twice", "error"),
    [
        (2, False, None),
        (64, False, None),
        (64, True, "AccountLoadedTwice"),
        (65, False, "TooManyAccountLocks"),
        (200, False, "TooManyAccountLocks"),
    ],
)
def test_accounts_that_can_be_locked(litesvm: LiteSVM, count: int, twice: bool, error: str | None) -> None:
    content, message = with_accounts(count, twice)
    assert len(message.keys) == count
    assert locks(message) == litesvm_error(litesvm, content) == error


@pytest.mark.parametrize(
    ("keys", "lookups", "writable"),
    [
        ([PAYER, A, A], None, ()),
        ([PAYER, A, B, PAYER], None, ()),
        ([PAYER, address(3)], [(TABLE, bytes([3]), b"")], [3]),
        ([PAYER], [(TABLE, bytes([3, 3]), b"")], [3, 3]),
    ],
)
def test_an_account_twice(
    litesvm: LiteSVM, keys: list[bytes], lookups: list[Lookup] | None, writable: Sequence[int]
) -> None:
    content = wire(keys, lookups=lookups)
    assert locks(loaded(content, writable)) == litesvm_error(litesvm, content) == "AccountLoadedTwice"


def test_too_many_accounts_come_before_an_account_twice(litesvm: LiteSVM) -> None:
    """In Agave's order, which is not LiteSVM's."""
    content, message = with_accounts(65, twice=True)
    assert locks(message) == "TooManyAccountLocks"
    assert litesvm_error(litesvm, content) == "AccountLoadedTwice"


@pytest.mark.parametrize(("count", "error"), [(65, None), (128, None), (129, "TooManyAccountLocks")])
def test_the_feature_for_more_accounts(count: int, error: str | None) -> None:
    features = LiteSVM.mainnet_feature_set()
    features.activate(INCREASED_ADDRESS, 0)
    made = prepared(machine().with_feature_set(features))
    content, message = with_accounts(count)
    assert locks(message, frozenset({INCREASED})) == litesvm_error(made, content) == error
