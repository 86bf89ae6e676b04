"""Sysvars and features of a node, now and in an earlier epoch."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from solders.litesvm import LiteSVM

from solproof.errors import UnsupportedError
from solproof.formats.transaction_response import RecordedTransaction
from solproof.rpc.client import RpcClient
from solproof.rpc.cluster import Cluster, fetch_cluster
from solproof.rpc.endpoint import Endpoint
from solproof.rpc.origin import Origin
from solproof.runtime.accounts import Account
from solproof.runtime.features import FEATURES, MAINNET
from solproof.runtime.program_ids import FEATURE_PROGRAM, SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, LITESVM_BLOCKHASH, LITESVM_SLOT, SYSVAR_OWNER, Sysvars
from tests.support.litesvm_transactions import store
from tests.support.rpc_node import RpcNode

FIRST = LITESVM_SLOT
"""The first slot of epoch 1009. LiteSVM has activated its features by then."""
NOW = struct.pack("<QqQQq", FIRST + 432_100, 1_000_000, 1010, 1011, 1_000_040)
SCHEDULE = struct.pack("<QQ?QQ", 432_000, 432_000, False, 0, 0)
STAKES = "No stake is known, so sol_get_epoch_stake returns 0."


@pytest.fixture
def node() -> Iterator[RpcNode]:
    with RpcNode(LiteSVM()) as running:
        for name, content in (("clock", NOW), ("epoch_schedule", SCHEDULE)):
            store(running.svm, Account(ADDRESSES[name], SYSVAR_OWNER, 1, content))
        yield running


def cluster(node: RpcNode, past: RecordedTransaction | None = None) -> Cluster:
    with RpcClient(Endpoint.of(node.url)) as client:
        return fetch_cluster(client, past)


def test_now(node: RpcNode) -> None:
    found = cluster(node)
    assert found.environment.sysvars == Sysvars(clock=NOW, epoch_schedule=SCHEDULE)
    assert found.environment.features == MAINNET
    assert (found.blockhashes, found.assumptions) == ((LITESVM_BLOCKHASH,), (STAKES,))
    assert {account.origin for account in found.sysvars} == {Origin.NOW}


@pytest.mark.parametrize(
    ("slot", "time", "expected"),
    [
        (FIRST + 432_050, 1_000_020, (1_000_000, 1010, 1011, 1_000_020)),
        (FIRST + 432_050, None, (1_000_000, 1010, 1011, 1_000_040)),
        (FIRST + 100, 800_000, (800_000 - 40, 1009, 1010, 800_000)),
        (100, 600_000, (600_000 - 40, 0, 1, 600_000)),
    ],
)
def test_the_clock_of_then(node: RpcNode, slot: int, time: int | None, expected: tuple[int, ...]) -> None:
    found = cluster(node, RecordedTransaction(b"", slot, time))
    assert struct.unpack("<QqQQq", found.environment.sysvars.clock) == (slot, *expected)
    origins = {account.key: account.origin for account in found.sysvars}
    assert origins[ADDRESSES["clock"]] is Origin.REBUILT
    assert origins[ADDRESSES["last_restart_slot"]] is Origin.THEN
    assert origins[ADDRESSES["slot_hashes"]] is Origin.NOW


def activate(node: RpcNode, name: str, slot: int | None) -> None:
    """Store the account of a feature. It is pending without a slot."""
    content = struct.pack("<?Q", slot is not None, slot or 0)
    store(node.svm, Account(FEATURES[name], FEATURE_PROGRAM, 1, content))


def test_features_by_slot(node: RpcNode) -> None:
    """A feature counts from the slot that activated it."""
    activate(node, "blake3_syscall_enabled", FIRST + 500)
    activate(node, "enable_sha512_syscall", None)
    active = cluster(node).environment.features.active
    assert active == MAINNET.active | {"blake3_syscall_enabled"}
    before = cluster(node, RecordedTransaction(b"", FIRST + 499)).environment.features
    assert "blake3_syscall_enabled" not in before


def test_a_feature_that_is_not_supported(node: RpcNode) -> None:
    activate(node, "account_data_direct_mapping", 1)
    with pytest.raises(UnsupportedError) as error:
        cluster(node)
    assert str(error.value) == "feature account_data_direct_mapping is not supported yet"


def test_a_cluster_without_some_accounts(node: RpcNode) -> None:
    for address in FEATURES.values():
        store(node.svm, Account(address, SYSTEM_PROGRAM, 0, b""))
    store(node.svm, Account(ADDRESSES["stake_history"], SYSTEM_PROGRAM, 1, bytes(8)))
    found = cluster(node)
    assert found.environment.features == MAINNET
    assert found.assumptions == (
        "The cluster has no account of these sysvars, which are LiteSVM's: stake_history.",
        "The cluster has no accounts of features, so those of mainnet are assumed.",
        STAKES,
    )
