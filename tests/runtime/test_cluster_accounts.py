"""The accounts of every cluster, equal to LiteSVM's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.formats import solders_objects
from solproof.runtime.accounts import Account
from solproof.runtime.cluster_accounts import (
    BUILTIN_PROGRAMS,
    cluster_accounts,
    stored_accounts,
)
from solproof.runtime.environment import Environment
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import NATIVE_LOADER, ZK_ELGAMAL_PROOF
from solproof.runtime.sysvars import RECENT_BLOCKHASHES, SYSVAR_OWNER, Sysvars
from solproof.runtime.transaction.scene import Scene
from tests.support.litesvm_transactions import litesvm

SYSTEM_PROGRAM = bytes(32)
ZK_ELGAMAL_PROOF_FEATURE = "zk_elgamal_proof_program_enabled"
ALICE = b"\1" * 32


@pytest.fixture(scope="module")
def svm() -> LiteSVM:
    """A LiteSVM after its first block. In the first, the fee of its blockhash is 0, as on no cluster."""
    svm = LiteSVM()
    svm.expire_blockhash()
    return svm


@pytest.fixture(scope="module")
def scene(svm: LiteSVM) -> Scene:
    return Scene(b"", (), Environment(), (bytes(svm.latest_blockhash()),))


def test_every_account_is_that_of_litesvm(svm: LiteSVM, scene: Scene) -> None:
    accounts = cluster_accounts(scene)
    assert len(accounts) == 21
    for account in accounts:
        key = Pubkey(account.key)
        assert account == solders_objects.account(key, svm.get_account(key)), key


@pytest.mark.parametrize("owner", [NATIVE_LOADER, SYSVAR_OWNER])
def test_litesvm_has_no_other_builtin_programs_and_sysvars(svm: LiteSVM, scene: Scene, owner: bytes) -> None:
    own = {account.key for account in cluster_accounts(scene) if account.owner == owner}
    assert own == {bytes(key) for key, _ in svm.get_program_accounts(Pubkey(owner))}


def test_a_builtin_program_behind_an_inactive_feature_has_no_account(scene: Scene) -> None:
    machine = litesvm(deactivate=[ZK_ELGAMAL_PROOF_FEATURE])
    assert machine.get_account(Pubkey(ZK_ELGAMAL_PROOF)) is None
    features = MAINNET.changed(deactivate=[ZK_ELGAMAL_PROOF_FEATURE])
    without = cluster_accounts(replace(scene, environment=Environment(features)))
    assert {account.key for account in set(cluster_accounts(scene)) - set(without)} == {ZK_ELGAMAL_PROOF}


def test_recent_blockhashes(scene: Scene) -> None:
    """At most 150, newest first, each with the fee."""
    hashes = tuple(number.to_bytes(32, "big") for number in range(151))
    account = stored_accounts(replace(scene, blockhashes=hashes, lamports_per_signature=7)).get(
        RECENT_BLOCKHASHES
    )
    assert account is not None
    assert account.data[:8] == (150).to_bytes(8, "little")
    assert account.data[8:] == b"".join(each + (7).to_bytes(8, "little") for each in hashes[:150])


def test_lookup(scene: Scene) -> None:
    """First the scene's own accounts, then those of every cluster."""
    clock = bytes(range(40))
    environment = Environment(sysvars=Sysvars(clock=clock))
    given = replace(scene, environment=environment, accounts=(Account(ALICE, ALICE, 1, b"a"),))
    known = stored_accounts(given).get
    assert known(ALICE) == Account(ALICE, ALICE, 1, b"a")
    assert known(b"\2" * 32) is None
    assert known(environment.sysvars.account("clock").key) == environment.sysvars.account("clock")
    system = known(SYSTEM_PROGRAM)
    assert system is not None
    assert system.data == b"system_program"
    other = Account(SYSTEM_PROGRAM, NATIVE_LOADER, 5, b"another", executable=True)
    assert stored_accounts(replace(scene, accounts=(other,))).get(SYSTEM_PROGRAM) == other


def test_an_account_without_lamports_does_not_exist(svm: LiteSVM, scene: Scene) -> None:
    nothing = Account(ALICE, BUILTIN_PROGRAMS["vote"][0], 0, b"data")
    svm.set_account(Pubkey(ALICE), solders_objects.solders_account(nothing))
    assert svm.get_account(Pubkey(ALICE)) is None
    assert stored_accounts(replace(scene, accounts=(nothing,))).get(ALICE) is None
