"""A client of JSON-RPC: requests that are repeated when a node is busy, and typed answers.

`solders` has the types of requests and of most responses. A request is repeated after a rate limit (429), an
error of the server (5xx), a dropped connection, and an error that says that the node is behind.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx
from solders.account_decoder import UiAccountEncoding
from solders.commitment_config import CommitmentLevel
from solders.errors import SerdeJSONError
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.rpc.config import RpcAccountInfoConfig, RpcContextConfig, RpcTransactionConfig
from solders.rpc.requests import (
    Body,
    GetLatestBlockhash,
    GetMultipleAccounts,
    GetTransaction,
    IsBlockhashValid,
)
from solders.rpc.responses import GetLatestBlockhashResp, GetMultipleAccountsResp, IsBlockhashValidResp
from solders.signature import Signature
from solders.transaction_status import UiTransactionEncoding

from solproof.errors import InputError, RemoteError
from solproof.formats import solders_objects
from solproof.formats.transaction_response import RecordedTransaction, error_text, read_response
from solproof.host.files import MAXIMUM_READ
from solproof.rpc.endpoint import Endpoint
from solproof.runtime.accounts import Account

COMMITMENTS = ("processed", "confirmed", "finalized")
DEFAULT_COMMITMENT = "confirmed"
DEFAULT_TIMEOUT = 30.0
"""Seconds without a byte from the node."""

MOST_ACCOUNTS = 100
"""Accounts in one request (`MAX_MULTIPLE_ACCOUNTS`, solana-rpc-client-types 3)."""

ATTEMPTS = 5
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds before a request is repeated. Each wait is twice the one before it, or what the node asks for."""

REPEATED_STATUSES = (429, 500, 502, 503, 504)
REPEATED_CODES = (429, -32004, -32005, -32014, -32016)
"""Errors of JSON-RPC: rate limit, block not available, node behind, block status not available, slot not
reached (solana-rpc-client-api 3, custom_error.rs).
"""


class _Repeat(Exception):
    """Why a request should be repeated, and the seconds that the node asks to wait."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.wait = problem, wait


@dataclass(slots=True, eq=False)
class RpcClient:
    """Asks one node. Use it in a `with` block, which closes its connections.

    timeout: seconds that the node may be silent.
    sleep: waits for some seconds before a request is repeated.
    slot: the newest slot that the node has answered for. Later answers must not be older.
    """

    endpoint: Endpoint
    commitment: str = DEFAULT_COMMITMENT
    timeout: float = DEFAULT_TIMEOUT
    sleep: Callable[[float], object] = time.sleep
    slot: int = 0
    _http: httpx.Client = field(init=False, repr=False)
    _requests: int = 0

    def __post_init__(self) -> None:
        if self.commitment not in COMMITMENTS:
            raise InputError(f"commitment: expected {', '.join(COMMITMENTS)}, got {self.commitment!r}")
        self._http = httpx.Client(timeout=self.timeout)

    def __enter__(self) -> RpcClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def transaction(self, signature: Signature) -> RecordedTransaction:
        """The past transaction with this signature. Raises `InputError` if the node does not know it.

        A node that has only processed a transaction does not serve it yet, so the commitment is at least
        `confirmed`.
        """
        level = "confirmed" if self.commitment == COMMITMENTS[0] else self.commitment
        config = RpcTransactionConfig(UiTransactionEncoding.Base64, _level(level), 0)
        method = "getTransaction"
        answer = self._ask(method, GetTransaction(signature, config, self._next()))
        if json.loads(answer).get("result") is None:
            raise InputError(
                f"{self.endpoint.name} does not know the transaction {signature} at commitment {level}"
            )
        try:
            return read_response(json.loads(answer), method)
        except InputError as error:
            raise self._malformed(method, str(error)) from None

    def accounts(self, keys: Iterable[bytes]) -> dict[bytes, Account]:
        """Those of these accounts that exist, by their keys."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, Account] = {}
        for start in range(0, len(wanted), MOST_ACCOUNTS):
            batch = [Pubkey(key) for key in wanted[start : start + MOST_ACCOUNTS]]
            config = RpcAccountInfoConfig(
                UiAccountEncoding.Base64Zstd,
                commitment=_level(self.commitment),
                min_context_slot=self.slot or None,
            )
            method = "getMultipleAccounts"
            answer = self._ask(method, GetMultipleAccounts(batch, config, self._next()))
            response = self._typed(method, GetMultipleAccountsResp, answer)
            if len(response.value) != len(batch):
                raise self._malformed(method, f"{len(response.value)} accounts instead of {len(batch)}")
            self.slot = max(self.slot, response.context.slot)
            for key, state in zip(batch, response.value, strict=True):
                if state is not None:
                    found[bytes(key)] = solders_objects.account(key, state)
        return found

    def is_valid(self, blockhash: bytes) -> bool:
        """Whether a transaction with this blockhash would still be processed."""
        method = "isBlockhashValid"
        config = RpcContextConfig(_level(self.commitment), self.slot or None)
        answer = self._ask(method, IsBlockhashValid(Hash(blockhash), config, self._next()))
        return bool(self._typed(method, IsBlockhashValidResp, answer).value)

    def latest_blockhash(self) -> bytes:
        """The blockhash for a transaction that is made now."""
        method = "getLatestBlockhash"
        config = RpcContextConfig(_level(self.commitment), self.slot or None)
        answer = self._ask(method, GetLatestBlockhash(config, self._next()))
        return bytes(self._typed(method, GetLatestBlockhashResp, answer).value.blockhash)

    # REQUESTS

    def _next(self) -> int:
        self._requests += 1
        return self._requests

    def _ask(self, method: str, request: Body) -> bytes:
        """The body of an answer that is no error. Raises `RemoteError`."""
        wait = FIRST_WAIT
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._answer(method, request.to_json())
            except _Repeat as repeat:
                if attempt == ATTEMPTS:
                    raise RemoteError(
                        f"{self.endpoint.name}: {method}: {repeat.problem}, {ATTEMPTS} times in a row"
                    ) from None
                self.sleep(min(wait if repeat.wait is None else repeat.wait, LONGEST_WAIT))
                wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def _answer(self, method: str, request: str) -> bytes:
        """One attempt. Raises `_Repeat` or `RemoteError`."""
        place = f"{self.endpoint.name}: {method}"
        headers = {"Content-Type": "application/json"}
        content = bytearray()
        # The messages of httpx and the pages of servers may have the whole URL, so they are not shown.
        try:
            with self._http.stream("POST", self.endpoint.url, content=request, headers=headers) as response:
                status, kind = response.status_code, response.headers.get("Content-Type", "no type")
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > MAXIMUM_READ:
                        raise RemoteError(f"{place}: the answer has more than {MAXIMUM_READ} bytes")
        except httpx.ConnectError:
            raise RemoteError(f"{place}: cannot connect") from None
        except httpx.TimeoutException:
            raise _Repeat(f"no answer in {self.timeout:g} s") from None
        except httpx.TransportError:
            raise _Repeat("the connection was dropped") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise RemoteError(f"{place}: not an answer of HTTP") from None
        if status in REPEATED_STATUSES:
            raise _Repeat(f"status {status} of HTTP", _asked_wait(response.headers))
        return self._checked(
            place, f"status {status} of HTTP and {len(content)} bytes of {kind}", bytes(content)
        )

    def _checked(self, place: str, described: str, content: bytes) -> bytes:
        """The content, if it is a response of JSON-RPC that is no error."""
        try:
            document = json.loads(content)
        except ValueError:
            document = None
        if not isinstance(document, dict) or not document.keys() & {"result", "error"}:
            raise RemoteError(f"{place}: expected a response of JSON-RPC, got {described}")
        error = document.get("error")
        if error is None:
            return content
        if isinstance(error, dict) and error.get("code") in REPEATED_CODES:
            raise _Repeat(error_text(error))
        raise RemoteError(f"{place}: the node refuses: {error_text(error)}")

    def _typed(self, method: str, kind: Any, answer: bytes) -> Any:
        try:
            return kind.from_json(answer.decode("utf-8"))
        except (SerdeJSONError, UnicodeDecodeError) as error:
            raise self._malformed(method, str(error)) from None

    def _malformed(self, method: str, problem: str) -> RemoteError:
        return RemoteError(f"{self.endpoint.name}: {method}: malformed response: {problem}")


def _level(commitment: str) -> CommitmentLevel:
    return CommitmentLevel.from_string(commitment)


def _asked_wait(headers: httpx.Headers) -> float | None:
    """The seconds of `Retry-After`. A date is ignored, and so is anything else."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None
