"""Scenes from a LiteSVM: everything that a transaction can load, and nothing that every cluster has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.account import Account as SoldersAccount
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.clock import Clock
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction
from solders.transaction_metadata import TransactionMetadata

from solproof.demo import scenario
from solproof.errors import InputError
from solproof.formats import solders_objects
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.executable import deployment_slot
from solproof.runtime.features import FEATURE_SETS
from solproof.runtime.program_ids import LOADER_V3
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES, Sysvars
from solproof.runtime.transaction.scene import Scene
from tests.support.lookup_tables import table
from tests.support.scene_documents import LOOKUP_TABLES, TABLE
from tests.support.transaction_machine import machine_of

PAYER = Keypair.from_seed(b"\x09" * 32)
TOKEN = Pubkey(scenario.TOKEN_PROGRAM)
SOURCE = replace(
    scenario.source_account(),
    data=scenario.token_account_data(scenario.MINT, bytes(PAYER.pubkey()), scenario.SOURCE_AMOUNT),
)
DESTINATION = scenario.destination_account()
ABSENT = Pubkey(b"\x21" * 32)
CLOCK = Pubkey(ADDRESSES["clock"])


@pytest.fixture
def svm() -> LiteSVM:
    svm = LiteSVM()
    svm.airdrop(PAYER.pubkey(), 10**9)
    svm.expire_blockhash()
    for account in (SOURCE, DESTINATION):
        svm.set_account(Pubkey(account.key), solders_objects.solders_account(account))
    return svm


def token_transfer() -> Instruction:
    given = scenario.transfer(b"")
    owner = AccountMeta(PAYER.pubkey(), True, False)
    metas = [AccountMeta(Pubkey(account.key), False, True) for account in (SOURCE, DESTINATION)]
    return Instruction(TOKEN, given.instruction_data, [*metas, owner])


def signed(svm: LiteSVM, *instructions: Instruction) -> Transaction:
    blockhash = svm.latest_blockhash()
    return Transaction(
        [PAYER], Message.new_with_blockhash(list(instructions), PAYER.pubkey(), blockhash), blockhash
    )


def assert_state(scene: Scene, svm: LiteSVM) -> None:
    """Every account of the scene is the one of the LiteSVM, but programs can run in the present slot."""
    slot = scene.environment.sysvars.slot
    for account in scene.accounts:
        key = Pubkey(account.key)
        expected = solders_objects.account(key, svm.get_account(key))
        if deployment_slot(expected) == slot:
            before = (slot - 1).to_bytes(8, "little")
            expected = replace(expected, data=expected.data[:4] + before + expected.data[12:])
        assert account == expected


def test_a_program_can_run_in_the_slot_of_its_deployment(svm: LiteSVM) -> None:
    """A LiteSVM allows it, so its scene has an earlier slot, unless the transaction names the account."""
    scene = scene_from_litesvm(svm, signed(svm, token_transfer()))
    (holder,) = (account for account in scene.accounts if deployment_slot(account) is not None)
    state = solders_objects.account(Pubkey(holder.key), svm.get_account(Pubkey(holder.key)))
    slot = scene.environment.sysvars.slot
    assert (deployment_slot(state), deployment_slot(holder)) == (slot, slot - 1)
    naming = Instruction(TOKEN, b"", [AccountMeta(Pubkey(holder.key), False, False)])
    assert state in scene_from_litesvm(svm, signed(svm, naming)).accounts


def test_token_transfer(svm: LiteSVM) -> None:
    """The payer, both token accounts, the program, and its programdata."""
    transaction = signed(svm, token_transfer())
    scene = scene_from_litesvm(svm, transaction)
    program = svm.get_account(TOKEN)
    assert program is not None
    keys = [bytes(PAYER.pubkey()), SOURCE.key, DESTINATION.key, bytes(TOKEN), bytes(program.data)[4:36]]
    assert {account.key for account in scene.accounts} == set(keys)
    assert_state(scene, svm)
    assert scene == Scene(
        bytes(transaction), scene.accounts, Environment(), (bytes(svm.latest_blockhash()),), 5_000, True
    )
    assert parse_scene(format_scene(scene)) == scene


def test_a_scene_is_everything_that_a_run_needs(svm: LiteSVM) -> None:
    """A machine with the scene's accounts alone runs the transaction as the original does."""
    transaction = signed(svm, token_transfer())
    scene = scene_from_litesvm(svm, transaction)
    found, expected = machine_of(scene).send_transaction(transaction), svm.send_transaction(transaction)
    assert isinstance(found, TransactionMetadata)
    assert isinstance(expected, TransactionMetadata)
    assert found.logs() == expected.logs()
    assert found.compute_units_consumed() == expected.compute_units_consumed()


def test_absent_accounts_and_those_of_every_cluster_are_left_out(svm: LiteSVM) -> None:
    metas = [AccountMeta(key, False, False) for key in (ABSENT, CLOCK, Pubkey(RECENT_BLOCKHASHES))]
    payment = transfer(TransferParams(from_pubkey=PAYER.pubkey(), to_pubkey=ABSENT, lamports=10**6))
    scene = scene_from_litesvm(svm, signed(svm, Instruction(payment.program_id, b"", metas), payment))
    assert [account.key for account in scene.accounts] == [bytes(PAYER.pubkey())]
    known = stored_accounts(scene).get
    assert known(bytes(ABSENT)) is None
    for key in (CLOCK, Pubkey(RECENT_BLOCKHASHES), payment.program_id):
        assert known(bytes(key)) == solders_objects.account(key, svm.get_account(key))


def test_accounts_that_differ_from_those_of_every_cluster() -> None:
    """The first blockhash of a LiteSVM has no fee in its sysvar, which therefore is among the accounts."""
    svm = LiteSVM()
    svm.airdrop(PAYER.pubkey(), 10**9)
    sysvar = AccountMeta(Pubkey(RECENT_BLOCKHASHES), False, False)
    scene = scene_from_litesvm(svm, signed(svm, Instruction(Pubkey(bytes(32)), b"", [sysvar])))
    assert RECENT_BLOCKHASHES in {account.key for account in scene.accounts}
    assert_state(scene, svm)


def test_sysvars_stakes_and_features(svm: LiteSVM) -> None:
    svm.set_clock(Clock(77, 1, 2, 3, 4))
    svm.set_epoch_stake(PAYER.pubkey(), 5)
    svm.set_epoch_stake(ABSENT, 6)
    svm.set_account(CLOCK, SoldersAccount(9, bytes(svm.get_account(CLOCK).data), Pubkey(bytes(32))))  # type: ignore[union-attr]
    transaction = signed(svm, Instruction(TOKEN, b"", [AccountMeta(CLOCK, False, False)]))
    scene = scene_from_litesvm(svm, transaction, FEATURE_SETS["none"])
    clock = b"".join(number.to_bytes(8, "little") for number in (77, 1, 2, 3, 4))
    stakes = EpochStakes(11, ((bytes(PAYER.pubkey()), 5),))
    assert scene.environment == Environment(FEATURE_SETS["none"], Sysvars(clock=clock), stakes)
    assert Account(bytes(CLOCK), bytes(32), 9, clock) in scene.accounts
    assert parse_scene(format_scene(scene)) == scene


def test_lookup_tables(svm: LiteSVM) -> None:
    """The table, the addresses that are looked up, and the programdata of a program among them."""
    looked_up = [Pubkey(SOURCE.key), Pubkey(DESTINATION.key), TOKEN, ABSENT, PAYER.pubkey()]
    content = table(None) + b"".join(bytes(key) for key in looked_up)
    svm.set_account(Pubkey(TABLE), SoldersAccount(10**9, content, Pubkey(LOOKUP_TABLES)))
    tables = [AddressLookupTableAccount(Pubkey(TABLE), looked_up[:4])]
    passed = Instruction(Pubkey(bytes(32)), b"", [AccountMeta(TOKEN, False, False)])
    message = MessageV0.try_compile(
        PAYER.pubkey(), [token_transfer(), passed], tables, svm.latest_blockhash()
    )
    scene = scene_from_litesvm(svm, VersionedTransaction(message, [PAYER]))
    keys = {account.key for account in scene.accounts}
    assert {TABLE, SOURCE.key, DESTINATION.key, bytes(TOKEN), bytes(PAYER.pubkey())} < keys
    assert bytes(ABSENT) not in keys
    assert sum(account.owner == LOADER_V3 for account in scene.accounts) == 2
    assert_state(scene, svm)


@pytest.mark.parametrize("content", [None, b"", b"\1" * 100, table(None, 1)])
def test_tables_that_cannot_be_used(svm: LiteSVM, content: bytes | None) -> None:
    """The transaction will fail, but it is a scene."""
    if content is not None:
        svm.set_account(Pubkey(TABLE), SoldersAccount(10**9, content, Pubkey(LOOKUP_TABLES)))
    tables = [AddressLookupTableAccount(Pubkey(TABLE), [ABSENT, Pubkey(SOURCE.key)])]
    passed = Instruction(Pubkey(bytes(32)), b"", [AccountMeta(Pubkey(SOURCE.key), False, True)])
    message = MessageV0.try_compile(PAYER.pubkey(), [passed], tables, svm.latest_blockhash())
    scene = scene_from_litesvm(svm, VersionedTransaction(message, [PAYER]))
    keys = {account.key for account in scene.accounts}
    assert keys == {bytes(PAYER.pubkey()), *(() if content is None else (TABLE,))}


def test_a_program_account_without_programdata(svm: LiteSVM) -> None:
    """A buffer of loader v3 is no program, and neither is an account that is too short."""
    for data in (b"\2\0\0\0", b"\1\0\0\0" + SOURCE.key):
        svm.set_account(ABSENT, SoldersAccount(10**9, data, Pubkey(LOADER_V3)))
        passed = Instruction(Pubkey(bytes(32)), b"", [AccountMeta(ABSENT, False, False)])
        scene = scene_from_litesvm(svm, signed(svm, passed))
        assert {account.key for account in scene.accounts} == {bytes(PAYER.pubkey()), bytes(ABSENT)}


def test_signatures_and_lengths(svm: LiteSVM) -> None:
    unchecked = LiteSVM.default().with_sigverify(False)
    assert not scene_from_litesvm(unchecked, signed(svm, token_transfer())).verify_signatures
    large = Transaction.new_unsigned(
        Message.new_with_blockhash([Instruction(TOKEN, bytes(1300), [])], PAYER.pubkey(), Hash.default())
    )
    with pytest.raises(InputError, match="transaction: expected at most 1232 bytes, got 1470"):
        scene_from_litesvm(svm, large)
