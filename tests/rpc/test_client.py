"""The client against a node over HTTP: answers, batches, repeated requests and every kind of bad answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from solders.litesvm import LiteSVM
from solders.signature import Signature

from solproof.errors import InputError, RemoteError
from solproof.rpc.client import ATTEMPTS, RpcClient
from solproof.rpc.endpoint import Endpoint
from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.litesvm_transactions import store, stored
from tests.support.rpc_node import Fault, RpcNode

KEY = b"\7" * 32
LIMITED = Fault(429, headers={"Retry-After": "7"})
BUSY = Fault(503, b"<html>busy</html>", {"Content-Type": "text/html"})
DROPPED = Fault(drops=True)
SILENT = Fault(seconds=30)
BEHIND = Fault(
    body=b'{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"Node is behind by 42 slots","data":{}}}'
)


@pytest.fixture
def node() -> Iterator[RpcNode]:
    with RpcNode(LiteSVM()) as running:
        yield running


class Waits(list[float]):
    """The seconds that a client wanted to wait, without waiting."""


def ask(node: RpcNode, waits: Waits, *keys: bytes) -> dict[bytes, Account]:
    with RpcClient(Endpoint.of(node.url), timeout=0.2, sleep=waits.append) as client:
        return client.accounts(keys or (KEY, SYSTEM_PROGRAM))


def test_accounts(node: RpcNode) -> None:
    store(node.svm, Account(KEY, b"\1" * 32, 5, b"data" * 1000))
    assert ask(node, Waits(), KEY, b"\2" * 32, SYSTEM_PROGRAM) == {
        key: stored(node.svm, key) for key in (KEY, SYSTEM_PROGRAM)
    }


def test_batches_of_one_hundred(node: RpcNode) -> None:
    keys = [bytes([number]) * 32 for number in range(250)]
    store(node.svm, Account(keys[249], SYSTEM_PROGRAM, 5, b""))
    assert set(ask(node, Waits(), *keys, *keys)) == {bytes(32), keys[249]}
    assert [len(parameters[0]) for _, parameters in node.requests] == [100, 100, 50]
    configurations = [parameters[1] for _, parameters in node.requests]
    slot = node.svm.get_clock().slot
    assert [entry["minContextSlot"] for entry in configurations] == [None, slot, slot]
    assert {entry["commitment"] for entry in configurations} == {"confirmed"}


def test_repeated_requests(node: RpcNode) -> None:
    waits = Waits()
    node.faults += [LIMITED, BUSY, DROPPED, BEHIND]
    assert set(ask(node, waits)) == {SYSTEM_PROGRAM}
    assert waits == [7, 1, 2, 4]
    assert node.methods() == ["getMultipleAccounts"] * 5


def test_a_silent_node(node: RpcNode) -> None:
    waits = Waits()
    node.faults += [SILENT]
    assert set(ask(node, waits)) == {SYSTEM_PROGRAM}
    assert waits == [0.5]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (LIMITED, "status 429 of HTTP"),
        (DROPPED, "the connection was dropped"),
        (BEHIND, "Node is behind by 42 slots (code -32005)"),
    ],
)
def test_a_node_that_never_recovers(node: RpcNode, fault: Fault, problem: str) -> None:
    node.faults += [fault] * ATTEMPTS
    with pytest.raises(RemoteError) as error:
        ask(node, Waits())
    assert str(error.value) == f"{node.name}: getMultipleAccounts: {problem}, 5 times in a row"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (
            Fault(404, b"Cannot POST /SECRET", {"Content-Type": "text/html"}),
            "expected a response of JSON-RPC, got status 404 of HTTP and 19 bytes of text/html",
        ),
        (
            Fault(302, headers={"Location": "/SECRET"}),
            "expected a response of JSON-RPC, got status 302 of HTTP and 0 bytes of application/json",
        ),
        (
            Fault(body=b'{"jsonrpc'),
            "expected a response of JSON-RPC, got status 200 of HTTP and 9 bytes of application/json",
        ),
        (
            Fault(body=b"[]"),
            "expected a response of JSON-RPC, got status 200 of HTTP and 2 bytes of application/json",
        ),
        (
            Fault(401, b'{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid key"}}'),
            "the node refuses: Invalid key (code -32000)",
        ),
        (
            Fault(body=b'{"result":{"context":{"slot":1},"value":[]}}'),
            "malformed response: 0 accounts instead of 2",
        ),
    ],
)
def test_bad_answers(node: RpcNode, fault: Fault, problem: str) -> None:
    node.faults += [fault]
    with pytest.raises(RemoteError) as error:
        ask(node, Waits())
    assert str(error.value) == f"{node.name}: getMultipleAccounts: {problem}"
    assert len(node.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"result":5}',
        b'{"result":{"context":{"slot":1},"value":[{"data":["!","base64+zstd"],"executable":false,'
        b'"lamports":5,"owner":"11111111111111111111111111111111","rentEpoch":0}]}}',
        b'{"result":null,"extra":"\xff"}',
    ],
)
def test_malformed_results(node: RpcNode, body: bytes) -> None:
    node.faults += [Fault(body=body)]
    with pytest.raises(RemoteError, match=r": getMultipleAccounts: (malformed|expected a) response"):
        ask(node, Waits())


def test_no_node() -> None:
    with (
        RpcClient(Endpoint.of("http://127.0.0.1:9/SECRET"), sleep=Waits().append) as client,
        pytest.raises(RemoteError) as error,
    ):
        client.accounts([KEY])
    assert str(error.value) == "http://127.0.0.1:9: getMultipleAccounts: cannot connect"


def test_an_unknown_signature(node: RpcNode) -> None:
    with (
        RpcClient(Endpoint.of(node.url), "processed") as client,
        pytest.raises(InputError) as error,
    ):
        client.transaction(Signature.default())
    assert str(error.value) == (
        f"{node.name} does not know the transaction {'1' * 64} at commitment confirmed"
    )


def test_blockhashes(node: RpcNode) -> None:
    latest = bytes(node.svm.latest_blockhash())
    with RpcClient(Endpoint.of(node.url)) as client:
        assert client.latest_blockhash() == latest
        assert client.is_valid(latest)
        assert not client.is_valid(KEY)


def test_an_unknown_commitment() -> None:
    with pytest.raises(InputError) as error:
        RpcClient(Endpoint.of("localhost"), "final")
    assert str(error.value) == "commitment: expected processed, confirmed, finalized, got 'final'"
