"""A node that answers JSON-RPC over HTTP on this machine, with the state of a LiteSVM behind it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import zstandard
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction

from solproof.interfaces.known.token import TOKEN_PROGRAM
from solproof.interfaces.known.token_2022 import TOKEN_2022_PROGRAM
from solproof.runtime.accounts import address_text
from solproof.runtime.transaction.message import parse_transaction
from tests.support.transaction_responses import result

BLOCK_TIME = 1_750_000_000
API_VERSION = "3.0.6"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is wrong: another status or body, or a connection that is closed without an answer.

    seconds: how long the node is silent first, at most, until the node is closed.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: bool = False
    seconds: float = 0


@dataclass(slots=True, eq=False)
class RpcNode:
    """The node. Use it in a `with` block.

    faults: what happens to the next requests, in order, instead of an answer.
    requests: the method and parameters of every request.
    """

    svm: LiteSVM
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, list[Any]]] = field(default_factory=list)
    results: dict[str, Callable[[str], dict[str, Any]]] = field(default_factory=dict)
    _closed: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> RpcNode:
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = json.loads(body)
                node.requests.append((request["method"], request["params"]))
                fault = node.faults.pop(0) if node.faults else None
                if fault is None:
                    fault = Fault(body=json.dumps(node.answer(request)).encode())
                node._closed.wait(fault.seconds)
                if fault.drops:
                    self.close_connection = True
                    return
                self.send_response(fault.status)
                for name, value in ({"Content-Type": "application/json"} | dict(fault.headers)).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(fault.body)))
                self.end_headers()
                self.wfile.write(fault.body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address, with a key that must not be shown."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/SECRET?api-key=SECRET"

    @property
    def name(self) -> str:
        """The part of the address that may be shown."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def methods(self) -> list[str]:
        """The methods of the requests."""
        return [method for method, _ in self.requests]

    # TRANSACTIONS

    def send(self, transaction: Transaction | VersionedTransaction) -> str:
        """Process a transaction, and record it as a node does. Returns its signature."""
        keys = self._keys(transaction)
        before = self._balances(keys)
        slot = self.svm.get_clock().slot
        sent = json.loads(self.svm.send_transaction(transaction).to_json())
        details, error = sent.get("meta", sent), sent.get("err")
        static = len(transaction.message.account_keys)
        loaded = parse_loaded(transaction, keys[static:])
        after = self._balances(keys)
        meta = {
            "err": error,
            "status": {"Ok": None} if error is None else {"Err": error},
            "fee": details["fee"],
            "preBalances": before[0],
            "postBalances": after[0],
            "preTokenBalances": before[1],
            "postTokenBalances": after[1],
            "innerInstructions": [],
            "rewards": [],
            "loadedAddresses": loaded,
            "logMessages": details["logs"],
            "computeUnitsConsumed": details["compute_units_consumed"],
        }
        signature = str(transaction.signatures[0])
        self.results[signature] = lambda encoding: result(
            transaction, encoding, slot=slot, blockTime=BLOCK_TIME, meta=meta
        )
        return signature

    def _keys(self, transaction: Transaction | VersionedTransaction) -> list[Pubkey]:
        """The accounts of a transaction, in the order of its message."""
        message = parse_transaction(bytes(transaction)).message
        loaded: list[list[bytes]] = [[], []]
        for lookup in message.lookups:
            table = self.svm.get_account(Pubkey(lookup.key))
            assert table is not None
            for kind, indexes in enumerate((lookup.writable_indexes, lookup.readonly_indexes)):
                loaded[kind] += [bytes(table.data[56 + 32 * index :][:32]) for index in indexes]
        return [Pubkey(key) for key in (*message.static_keys, *loaded[0], *loaded[1])]

    def _balances(self, keys: list[Pubkey]) -> tuple[list[int], list[dict[str, Any]]]:
        """Lamports and token amounts, as the fields of a result."""
        states = [self.svm.get_account(key) for key in keys]
        tokens = [
            {
                "accountIndex": index,
                "mint": address_text(bytes(state.data[:32])),
                "owner": address_text(bytes(state.data[32:64])),
                "programId": str(state.owner),
                "uiTokenAmount": {
                    "amount": str(int.from_bytes(state.data[64:72], "little")),
                    "decimals": 0,
                    "uiAmount": None,
                    "uiAmountString": "0",
                },
            }
            for index, state in enumerate(states)
            if state is not None
            and bytes(state.owner) in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM)
            and len(state.data) >= 165
        ]
        return [0 if state is None else state.lamports for state in states], tokens

    # ANSWERS

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The response to a request."""
        head = {"jsonrpc": "2.0", "id": request["id"]}
        parameters = request["params"]
        match request["method"]:
            case "getTransaction":
                recorded = self.results.get(parameters[0])
                return head | {"result": recorded and recorded(parameters[1]["encoding"])}
            case "getMultipleAccounts":
                if len(parameters[0]) > 100:
                    message = "Too many inputs provided; max 100"
                    return head | {"error": {"code": -32602, "message": message}}
                return head | self._value(
                    [self._account(key, parameters[1]["encoding"]) for key in parameters[0]]
                )
            case "getLatestBlockhash":
                blockhash = str(self.svm.latest_blockhash())
                return head | self._value({"blockhash": blockhash, "lastValidBlockHeight": 150})
            case "isBlockhashValid":
                return head | self._value(parameters[0] == str(self.svm.latest_blockhash()))
        return head | {"error": {"code": -32601, "message": "Method not found"}}

    def _value(self, value: Any) -> dict[str, Any]:
        context = {"apiVersion": API_VERSION, "slot": self.svm.get_clock().slot}
        return {"result": {"context": context, "value": value}}

    def _account(self, key: str, encoding: str) -> dict[str, Any] | None:
        state = self.svm.get_account(Pubkey.from_string(key))
        if state is None:
            return None
        data = bytes(state.data)
        if encoding == "base64+zstd":
            data = zstandard.compress(data)
        return {
            "data": [base64.b64encode(data).decode(), encoding],
            "executable": state.executable,
            "lamports": state.lamports,
            "owner": str(state.owner),
            "rentEpoch": state.rent_epoch,
            "space": len(state.data),
        }


def parse_loaded(transaction: Transaction | VersionedTransaction, loaded: list[Pubkey]) -> dict[str, Any]:
    """The field loadedAddresses, from the keys that come from tables."""
    lookups = parse_transaction(bytes(transaction)).message.lookups
    writable = sum(len(lookup.writable_indexes) for lookup in lookups)
    return {
        "writable": [str(key) for key in loaded[:writable]],
        "readonly": [str(key) for key in loaded[writable:]],
    }


@cache
def running_node() -> tuple[RpcNode, str]:
    """A node that runs until the process ends, and the signature of a transfer that it has processed."""
    svm = LiteSVM()
    payer = Keypair.from_seed(bytes([5]) * 32)
    svm.airdrop(payer.pubkey(), 10**9)
    blockhash = svm.latest_blockhash()
    payment = transfer(
        TransferParams(from_pubkey=payer.pubkey(), to_pubkey=Pubkey(bytes([6]) * 32), lamports=10**7)
    )
    message = Message.new_with_blockhash([payment], payer.pubkey(), blockhash)
    node = RpcNode(svm).__enter__()
    return node, node.send(Transaction([payer], message, blockhash))
