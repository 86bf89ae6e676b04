from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import (
    COMPUTE_BUDGET,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    LOADER_V4,
    NATIVE_LOADER,
    SYSTEM_PROGRAM,
)
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.loading import LoadedAccounts, load_accounts
from solproof.runtime.transaction.transaction_error import TransactionError
from solproof.runtime.transaction.transaction_output import Status
from tests.support.litesvm_transactions import PAYER_KEY, instruction, litesvm, signed, store, stored, submit

OWNER, OTHER, PROGRAM, PROGRAMDATA, MISSING = (bytes([number]) * 32 for number in range(1, 6))
PAYER = Account(PAYER_KEY, SYSTEM_PROGRAM, 10**9, b"")
PAID = replace(PAYER, lamports=10**9 - 5_000)
NATIVE = Account(SYSTEM_PROGRAM, NATIVE_LOADER, 1, b"system_program", executable=True)
MAXIMUM = 64 * 1024 * 1024


def program(key: bytes = PROGRAM, programdata: bytes = PROGRAMDATA) -> Account:
    return Account(key, LOADER_V3, 10**9, struct.pack("<I", 2) + programdata, executable=True)


def load(
    *stored_accounts: Account,
    keys: Sequence[bytes] = (),
    programs: Sequence[bytes] = (),
    replaced: Sequence[Account] = (PAID,),
    lookup_tables: int = 0,
    limit: int = MAXIMUM,
) -> LoadedAccounts:
    """Load the payer and all stored accounts, or those with the given keys."""
    accounts = (PAYER, *stored_accounts)
    return load_accounts(
        [PAYER_KEY, *(keys or [account.key for account in stored_accounts])],
        programs,
        {account.key: account for account in accounts},
        {account.key: account for account in replaced},
        lookup_tables=lookup_tables,
        limit=limit,
    )


def test_every_existing_account_counts_64_bytes_and_its_data() -> None:
    loaded = load(Account(OTHER, OWNER, 1, bytes(100)), NATIVE)
    assert loaded.accounts == (PAID, Account(OTHER, OWNER, 1, bytes(100)), NATIVE)
    assert loaded.data_size == 64 + (64 + 100) + (64 + len("system_program"))
    assert loaded.error is None


def test_a_payer_without_lamports_after_the_fee_counts() -> None:
    assert load(replaced=[replace(PAYER, lamports=0)]).data_size == 64


@pytest.mark.parametrize("dead", [(), (Account(MISSING, OWNER, 0, bytes(50)),)])
def test_an_account_that_does_not_exist_has_no_size(dead: Sequence[Account]) -> None:
    loaded = load(*dead, keys=[MISSING])
    assert loaded == LoadedAccounts((PAID, Account(MISSING, SYSTEM_PROGRAM, 0, b"")), 64)


def test_programdata_counts_once() -> None:
    programdata = Account(PROGRAMDATA, LOADER_V3, 1, bytes(1_000))
    size = 64 + (64 + 36) + (64 + 1_000)
    # The second program has the same programdata, and a key can name the programdata itself.
    assert load(program(), programdata, keys=[PROGRAM]).data_size == size
    assert load(program(), programdata).data_size == size
    assert load(program(), program(OTHER), programdata, keys=[PROGRAM, OTHER]).data_size == size + 100
    assert load(program(PROGRAM, PROGRAM)).data_size == size - 1_064


@pytest.mark.parametrize(
    "changed",
    [
        replace(program(), owner=LOADER_V2),
        replace(program(), data=struct.pack("<I", 3) + PROGRAMDATA),
        replace(program(), data=program().data[:-1]),
        replace(program(), data=struct.pack("<I", 2) + MISSING),
    ],
)
def test_only_a_program_of_loader_v3_has_programdata(changed: Account) -> None:
    programdata = Account(PROGRAMDATA, LOADER_V3, 1, bytes(1_000))
    assert load(changed, programdata, keys=[PROGRAM]).data_size == 64 + 64 + len(changed.data)


def test_a_lookup_table_counts_its_largest_size() -> None:
    assert load(lookup_tables=3).data_size == 3 * 8_248 + 64


def test_the_instructions_sysvar_has_no_size() -> None:
    made = Account(INSTRUCTIONS_SYSVAR, OWNER, 0, bytes(300))
    loaded = load(keys=[INSTRUCTIONS_SYSVAR], replaced=[PAID, made])
    assert loaded == LoadedAccounts((PAID, made), 64)


def test_the_limit_itself_may_be_loaded() -> None:
    account = Account(OTHER, OWNER, 1, bytes(100))
    assert load(account, limit=228) == LoadedAccounts((PAID, account), 228)
    exceeded = TransactionError("MaxLoadedAccountsDataSizeExceeded")
    # The reported size is then the limit (`define_ltds_fee_only_semantics`).
    assert load(account, limit=227) == LoadedAccounts((PAID, account), 227, exceeded)
    assert load(account, programs=[MISSING], limit=227).error == exceeded


@pytest.mark.parametrize("executable", [False, True])
@pytest.mark.parametrize("loader", [NATIVE_LOADER, LOADER_V1, LOADER_V2, LOADER_V3, LOADER_V4])
def test_an_account_of_a_loader_can_be_invoked(loader: bytes, executable: bool) -> None:
    account = Account(PROGRAM, loader, 1, b"", executable)
    assert load(account, programs=[PROGRAM]).error is None


@pytest.mark.parametrize(
    ("programs", "error"),
    [
        ([PROGRAM, OTHER, MISSING], "InvalidProgramForExecution"),
        ([PROGRAM, MISSING, OTHER], "ProgramAccountNotFound"),
    ],
)
def test_the_first_program_that_cannot_be_invoked(programs: list[bytes], error: str) -> None:
    accounts = (program(), Account(OTHER, OWNER, 1, b"", executable=True))
    loaded = load(*accounts, programs=programs)
    assert loaded.error == TransactionError(error)
    assert loaded.data_size == 64 + 100 + 64


def test_the_instructions_sysvar_is_no_program() -> None:
    made = Account(INSTRUCTIONS_SYSVAR, OWNER, 0, bytes(300))
    loaded = load(keys=[INSTRUCTIONS_SYSVAR], programs=[INSTRUCTIONS_SYSVAR], replaced=[PAID, made])
    assert loaded.error == TransactionError("ProgramAccountNotFound")


@pytest.mark.parametrize(
    ("key", "error"), [(MISSING, "ProgramAccountNotFound"), (OTHER, "InvalidProgramForExecution")]
)
def test_a_program_that_cannot_be_invoked_costs_a_fee(key: bytes, error: str) -> None:
    machine = litesvm()
    store(machine, Account(OTHER, OWNER, 10**9, b""))
    before = stored(machine, PAYER_KEY)
    assert before is not None
    transaction = signed(machine, [instruction(key, b"")])
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    assert (output.error, output.status, output.fee) == (error, Status.FEES_ONLY, 5_000)
    assert output.accounts[0] == replace(before, lamports=before.lamports - 5_000)
    # LiteSVM has one error for both, and takes no fee.
    assert submit(machine, transaction).error == "InvalidProgramForExecution"
    assert stored(machine, PAYER_KEY) == before


def test_too_many_bytes_cost_a_fee() -> None:
    machine = litesvm()
    transaction = signed(machine, [instruction(COMPUTE_BUDGET, struct.pack("<BI", 4, 149))])
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    assert output.error == "MaxLoadedAccountsDataSizeExceeded"
    assert (output.status, output.fee) == (Status.FEES_ONLY, 5_000)
    assert output.loaded_accounts_data_size == 149
    # LiteSVM does not enforce the limit.
    assert submit(machine, transaction).error is None


def test_the_bytes_of_a_transaction() -> None:
    machine = litesvm()
    transaction = signed(machine, [instruction(COMPUTE_BUDGET, struct.pack("<BI", 4, 150))])
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    assert output.error is None
    assert output.loaded_accounts_data_size == 64 + (64 + len("compute_budget_program"))
