"""The rules for changing accounts, by the three ways in which a change is made, compared with LiteSVM.

A program changes an account in its memory. The change takes effect when the program ends (read-back), and
before it calls another program. A builtin program changes accounts directly. Rules that no transaction can
reach are tested on an account alone.
"""

from __future__ import annotations

import struct

import pytest
from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account
from solproof.runtime.environment import Environment
from solproof.runtime.executable import Executables
from solproof.runtime.instruction_context import BorrowedAccount
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference
from tests.support.puppet.invocation import Meta
from tests.support.puppet.script import Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    CALLERS,
    LAMPORTS,
    OLD_CALLER,
    Frame,
    Mention,
    Puppet,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

ACCOUNT, OTHER, LAST = (bytes([number]) * 32 for number in (7, 8, 9))
SIZE = 24
LARGEST = 10 * 2**20
GROWTH = 10_240

CHANGES = ("less", "more", "shrink", "grow", "data", "first byte back", "owner", "zeros")
STATES = ("mine", "mine, read-only", "foreign", "foreign, read-only")
EXPECTED = {
    ("less", "mine"): "UnbalancedInstruction",
    ("less", "mine, read-only"): "ReadonlyLamportChange",
    ("less", "foreign"): "ExternalAccountLamportSpend",
    ("less", "foreign, read-only"): "ExternalAccountLamportSpend",
    ("more", "mine"): "UnbalancedInstruction",
    ("more", "mine, read-only"): "ReadonlyLamportChange",
    ("more", "foreign"): "UnbalancedInstruction",
    ("more", "foreign, read-only"): "ReadonlyLamportChange",
    ("shrink", "mine, read-only"): "ReadonlyDataModified",
    ("shrink", "foreign"): "AccountDataSizeChanged",
    ("shrink", "foreign, read-only"): "AccountDataSizeChanged",
    ("grow", "mine, read-only"): "ReadonlyDataModified",
    ("grow", "foreign"): "AccountDataSizeChanged",
    ("grow", "foreign, read-only"): "AccountDataSizeChanged",
    ("data", "mine, read-only"): "ReadonlyDataModified",
    ("data", "foreign"): "ExternalAccountDataModified",
    ("data", "foreign, read-only"): "ReadonlyDataModified",
    **{("owner", state): "ModifiedProgramId" for state in STATES},
    ("zeros", "mine, read-only"): "ReadonlyDataModified",
    ("zeros", "foreign"): "ExternalAccountDataModified",
    ("zeros", "foreign, read-only"): "ReadonlyDataModified",
}
"""The errors of changes. Every other change is allowed."""


def error_of(result: TransactionResult) -> object:
    return None if result.error is None else result.error["InstructionError"][1]


def change(frame: Frame, what: str) -> int:
    """Change the account in a frame. Returns the length that the frame passes on."""
    script, at, length = frame.script, frame.layout.accounts[ACCOUNT], frame.sizes[ACCOUNT]
    match what:
        case "less" | "more":
            script.add(at.lamports, 3 if what == "more" else -3)
        case "shrink" | "grow":
            length += 4 if what == "grow" else -4
            script.store(at.length, length)
        case "data":
            script.store(at.data + SIZE - 1, 0x99, 1)
        case "first byte back":
            script.store(at.data, 0x99, 1)
            script.store(at.data, 1, 1)
        case "owner":
            script.store(at.owner + 24, 0x99)
        case "zeros":
            script.write(at.data, bytes(SIZE))
            script.store(at.owner + 24, 0x99)
    return length


@pytest.fixture(params=list(CALLERS.values()), ids=list(CALLERS))
def program(request: pytest.FixtureRequest) -> Puppet:
    found = request.param
    assert isinstance(found, Puppet)
    return found


def situation(program: Puppet, state: str) -> tuple[dict[bytes, SoldersAccount], Frame]:
    owner = program.key if state.startswith("mine") else CALLEE.key
    accounts = {ACCOUNT: owned(owner, b"\1" * SIZE)}
    mentions = [Mention(ACCOUNT, not state.endswith("read-only")), Mention(CALLEE.key, is_writable=False)]
    return accounts, stage().frame(program, mentions, accounts)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", CHANGES)
def test_at_the_end_of_a_program(program: Puppet, state: str, what: str) -> None:
    """Loader v1 does not read lengths and owners back."""
    accounts, frame = situation(program, state)
    change(frame, what)
    expected = EXPECTED.get((what, state))
    if program == OLD_CALLER and what in ("shrink", "grow", "owner"):
        expected = None
    assert error_of(stage().run(accounts, frame)) == expected


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", CHANGES)
def test_before_a_call(program: Puppet, state: str, what: str) -> None:
    accounts, frame = situation(program, state)
    length = change(frame, what)
    infos = [frame.info(ACCOUNT, length)]
    frame.invoke(CALLEE.key, [Meta(ACCOUNT)], inline(Script()), infos)
    expected = EXPECTED.get((what, state))
    if program == OLD_CALLER and what == "grow":
        expected = "InvalidRealloc"
    result = stage().run(accounts, frame)
    if program == OLD_CALLER and what == "shrink" and expected is None:
        assert any(line.endswith("invoke [2]") for line in result.logs)
    else:
        assert error_of(result) == expected


@pytest.mark.parametrize("before", [0, SIZE, GROWTH])
@pytest.mark.parametrize("growth", [GROWTH, GROWTH + 1, 2**40, 2**64 - 1 - GROWTH])
def test_growth_of_a_program(before: int, growth: int) -> None:
    accounts = {ACCOUNT: owned(CALLER.key, bytes(before))}
    frame = stage().frame(CALLER, [Mention(ACCOUNT)], accounts)
    frame.script.store(frame.layout.accounts[ACCOUNT].length, before + growth)
    assert error_of(stage().run(accounts, frame)) == (None if growth == GROWTH else "InvalidRealloc")


@pytest.mark.parametrize(
    "names",
    [
        ("more", "grow too much"),
        ("grow too much", "data"),
        ("data", "owner"),
        ("less", "data", "owner"),
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_lamports_then_data_then_the_owner(names: tuple[str, ...], state: str) -> None:
    accounts, frame = situation(CALLER, state)
    for what in names:
        if what == "grow too much":
            frame.script.store(frame.layout.accounts[ACCOUNT].length, SIZE + GROWTH + 1)
        else:
            change(frame, what)
    stage().run(accounts, frame)


def test_the_first_account_comes_first() -> None:
    for order in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        accounts = {ACCOUNT: owned(CALLEE.key, bytes(SIZE)), OTHER: owned(CALLEE.key, bytes(SIZE))}
        frame = stage().frame(CALLER, [Mention(key) for key in order], accounts)
        frame.script.store(frame.layout.accounts[OTHER].data, 1, 1)
        frame.script.add(frame.layout.accounts[ACCOUNT].lamports, -1)
        first = "ExternalAccountLamportSpend" if order[0] == ACCOUNT else "ExternalAccountDataModified"
        assert error_of(stage().run(accounts, frame)) == first


def test_a_new_owner_may_do_nothing_before_it_runs() -> None:
    """The owner is changed last, so that data and lamports are changed by the old owner."""
    accounts, frame = situation(CALLER, "mine")
    at = frame.layout.accounts[ACCOUNT]
    frame.script.write(at.data, bytes(SIZE))
    frame.script.store(at.length, SIZE + 8)
    frame.script.write(at.owner, CALLEE.key)
    result = stage().run(accounts, frame)
    assert result.error is None
    state = result.accounts[ACCOUNT]
    assert state is not None
    assert (state.owner, state.data) == (CALLEE.key, bytes(SIZE + 8))


# THE TRANSACTION'S GROWTH


@pytest.mark.parametrize("length", [LARGEST, LARGEST + 1])
@pytest.mark.parametrize("is_owned", [True, False])
def test_no_account_has_more_than_ten_mebibytes_in_a_call(length: int, is_owned: bool) -> None:
    accounts = {ACCOUNT: owned((CALLER if is_owned else CALLEE).key, bytes(LARGEST), 10**12)}
    frame = stage().frame(CALLER, [Mention(ACCOUNT), Mention(CALLEE.key, is_writable=False)], accounts)
    infos = [frame.info(ACCOUNT, length)]
    frame.invoke(CALLEE.key, [Meta(ACCOUNT)], inline(Script()), infos)
    expected = "InvalidRealloc" if is_owned else "AccountDataSizeChanged"
    assert error_of(stage().run(accounts, frame)) == (expected if length > LARGEST else None)


def test_no_account_has_more_than_ten_mebibytes_at_the_end() -> None:
    """The limit comes before the rule that only the owner resizes."""
    accounts = {ACCOUNT: owned(CALLEE.key, bytes(LARGEST), 10**12)}
    frame = stage().frame(CALLER, [Mention(ACCOUNT)], accounts)
    frame.script.store(frame.layout.accounts[ACCOUNT].length, LARGEST + 1)
    assert error_of(stage().run(accounts, frame)) == "InvalidRealloc"


def allocate(key: bytes, size: int) -> Instruction:
    data = struct.pack("<IQ", 8, size)
    return Instruction(Pubkey(SYSTEM_PROGRAM), data, [AccountMeta(Pubkey(key), True, True)])


@pytest.mark.parametrize("total", [2 * LARGEST, 2 * LARGEST - 8, 2 * LARGEST - 9])
@pytest.mark.parametrize("way", ["end", "call", "builtin", "unchanged"])
def test_all_accounts_of_a_transaction_grow_by_20_mebibytes(total: int, way: str) -> None:
    """What shrinks counts against it."""
    accounts = {ACCOUNT: owned(CALLER.key, bytes(SIZE)), OTHER: owned(SYSTEM_PROGRAM, lamports=10**12)}
    accounts |= {LAST: owned(SYSTEM_PROGRAM, lamports=10**12)}
    frame = stage().frame(CALLER, [Mention(ACCOUNT), Mention(CALLEE.key, is_writable=False)], accounts)
    frame.script.store(frame.layout.accounts[ACCOUNT].length, SIZE + (0 if way == "unchanged" else 9))
    if way == "call":
        infos = [frame.info(ACCOUNT, SIZE + 9)]
        frame.invoke(CALLEE.key, [Meta(ACCOUNT)], inline(Script()), infos)
    last = allocate(bytes([10]) * 32, 9) if way == "builtin" else frame
    if way == "builtin":
        accounts |= {bytes([10]) * 32: owned(SYSTEM_PROGRAM)}
    result = stage().run(accounts, allocate(OTHER, LARGEST), allocate(LAST, total - LARGEST), last)
    exceeds = way != "unchanged" and total + 9 > 2 * LARGEST
    assert error_of(result) == ("MaxAccountsDataAllocationsExceeded" if exceeds else None)


def test_what_shrinks_makes_room() -> None:
    accounts = {
        ACCOUNT: owned(CALLER.key, bytes(SIZE)),
        OTHER: owned(SYSTEM_PROGRAM, lamports=10**12),
        LAST: owned(SYSTEM_PROGRAM, lamports=10**12),
        bytes([10]) * 32: owned(SYSTEM_PROGRAM),
    }
    for shrinks in (True, False):
        frame = stage().frame(CALLER, [Mention(ACCOUNT)], accounts)
        if shrinks:
            frame.script.store(frame.layout.accounts[ACCOUNT].length, 0)
        more = allocate(OTHER, LARGEST), allocate(LAST, LARGEST), allocate(bytes([10]) * 32, SIZE)
        result = stage().run(accounts, frame, *more)
        assert error_of(result) == (None if shrinks else "MaxAccountsDataAllocationsExceeded")


# BUILTIN PROGRAMS


@pytest.mark.parametrize("amount", [0, 1])
@pytest.mark.parametrize("read_only", ["from", "to", "none"])
def test_lamports_of_a_read_only_account(amount: int, read_only: str) -> None:
    """A builtin program sets the balance also if it stays the same."""
    accounts = {ACCOUNT: owned(SYSTEM_PROGRAM), OTHER: owned(SYSTEM_PROGRAM)}
    data = struct.pack("<IQ", 2, amount)
    metas = [
        AccountMeta(Pubkey(ACCOUNT), True, read_only != "from"),
        AccountMeta(Pubkey(OTHER), False, read_only != "to"),
    ]
    result = stage().run(accounts, Instruction(Pubkey(SYSTEM_PROGRAM), data, metas))
    assert error_of(result) == (None if read_only == "none" else "ReadonlyLamportChange")


@pytest.mark.parametrize("lamports", [0, 1, LAMPORTS - 1, LAMPORTS])
def test_lamports_of_an_account_of_another_program(lamports: int) -> None:
    """The system program takes none from it."""
    accounts = {ACCOUNT: owned(CALLEE.key), OTHER: owned(SYSTEM_PROGRAM)}
    data = struct.pack("<IQ", 2, lamports)
    metas = [AccountMeta(Pubkey(ACCOUNT), True, True), AccountMeta(Pubkey(OTHER), False, True)]
    result = stage().run(accounts, Instruction(Pubkey(SYSTEM_PROGRAM), data, metas))
    assert error_of(result) == ("ExternalAccountLamportSpend" if lamports else None)


def test_a_balance_that_does_not_fit() -> None:
    accounts = {ACCOUNT: owned(SYSTEM_PROGRAM), OTHER: owned(SYSTEM_PROGRAM, lamports=2**64 - 10)}
    metas = [AccountMeta(Pubkey(ACCOUNT), True, True), AccountMeta(Pubkey(OTHER), False, True)]
    for amount in (9, 10):
        result = stage().run(
            accounts, Instruction(Pubkey(SYSTEM_PROGRAM), struct.pack("<IQ", 2, amount), metas)
        )
        assert error_of(result) == (None if amount == 9 else "ArithmeticOverflow")


@pytest.mark.parametrize("is_writable", [True, False])
@pytest.mark.parametrize("data", [b"", bytes(8)])
def test_assign(is_writable: bool, data: bytes) -> None:
    accounts = {ACCOUNT: owned(SYSTEM_PROGRAM, data)}
    metas = [AccountMeta(Pubkey(ACCOUNT), True, is_writable)]
    content = struct.pack("<I", 1) + CALLER.key
    result = stage().run(accounts, Instruction(Pubkey(SYSTEM_PROGRAM), content, metas))
    assert error_of(result) == (None if is_writable else "ModifiedProgramId")


# AN ACCOUNT ALONE

MINIMUM = (128 + 36) * 6_960
KEY = b"\1" * 32


def borrowed(owner: bytes, lamports: int, *, is_writable: bool = True) -> BorrowedAccount:
    account = Account(KEY, owner, lamports, bytes(36))
    transaction = TransactionContext(Environment(), [account], Executables(lambda _: None, 1, range(4)), 0)
    return BorrowedAccount(transaction, LOADER_V3, AccountReference(0, False, is_writable))


def test_the_mark_of_programs() -> None:
    account = borrowed(LOADER_V3, MINIMUM)
    account.set_executable(True)
    assert account.state.executable
    account.set_executable(False)
    assert not account.state.executable


@pytest.mark.parametrize(
    ("account", "error"),
    [
        (borrowed(SYSTEM_PROGRAM, MINIMUM - 1, is_writable=False), "ExecutableAccountNotRentExempt"),
        (borrowed(SYSTEM_PROGRAM, MINIMUM), "ExecutableModified"),
        (borrowed(LOADER_V3, MINIMUM, is_writable=False), "ExecutableModified"),
    ],
)
def test_accounts_that_cannot_be_marked(account: BorrowedAccount, error: str) -> None:
    """The order is that of `set_executable` in solana-transaction-context 4.1 (instruction_accounts.rs)."""
    with pytest.raises(InstructionFailure) as caught:
        account.set_executable(True)
    assert caught.value.error.name == error
