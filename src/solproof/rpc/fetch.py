"""`fetch`: the scene of a transaction on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from solders.signature import Signature

from solproof.formats.transaction_response import RecordedResult, RecordedTransaction
from solproof.representation import short_repr
from solproof.rpc.client import DEFAULT_COMMITMENT, DEFAULT_TIMEOUT, RpcClient
from solproof.rpc.cluster import Cluster, fetch_cluster
from solproof.rpc.endpoint import Endpoint
from solproof.rpc.gather import gather
from solproof.rpc.origin import FetchedAccount
from solproof.rpc.rebuild import accounts_now, accounts_then, nonce_key
from solproof.rpc.source import Source, read_source
from solproof.runtime.accounts import address_text
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.sysvars import ADDRESSES
from solproof.runtime.transaction.message import Transaction, parse_transaction
from solproof.runtime.transaction.scene import MAXIMUM_BLOCKHASHES, Scene

NAMES = {address: name for name, address in ADDRESSES.items()}

Progress = Callable[[str, float], object]
"""Called when a phase begins, with its name and 0."""


@dataclass(frozen=True, slots=True)
class FetchedScene:
    """The scene of a transaction, and what is known about its parts.

    accounts: the accounts of the scene, the sysvars among them, and those that do not exist, with the origin
        of each state.
    assumptions: sentences about what the node could not say.
    recorded: what the cluster recorded about a past transaction, None for a transaction that was not sent.
    """

    scene: Scene
    accounts: tuple[FetchedAccount, ...]
    assumptions: tuple[str, ...]
    recorded: RecordedResult | None

    __repr__ = short_repr

    def notes(self) -> list[str]:
        """The assumptions and the origins of the accounts, as texts that a scene's file can have."""
        return [*self.assumptions, *(account.line() for account in self.accounts)]


def fetch(
    source: Source,
    url: str,
    *,
    commitment: str = DEFAULT_COMMITMENT,
    timeout: float = DEFAULT_TIMEOUT,
    progress: Progress | None = None,
) -> FetchedScene:
    """Get the scene of a transaction from a node, through JSON-RPC.

    source: the signature of a past transaction, or a transaction that was not sent yet: bytes, base64,
        base58, an object of solders, a response of `getTransaction`, or the path of a file with one of them.
    url: of a node, or `mainnet-beta`, `testnet`, `devnet` or `localhost`.
    commitment: `processed`, `confirmed` or `finalized`.
    timeout: seconds that the node may be silent.
    progress: called when a phase begins.

    Raises `InputError` for an invalid source or url and for a signature that the node does not know,
    `RemoteError` if the node does not answer, and `UnsupportedError` for a program of loader v4 and for an
    active feature that solproof does not support.
    """
    with RpcClient(Endpoint.of(url), commitment, timeout) as client:
        return fetch_with(client, source, progress)


def fetch_with(client: RpcClient, source: Source, progress: Progress | None = None) -> FetchedScene:
    """As `fetch`, with a client."""
    begin: Progress = progress or (lambda phase, seconds: None)
    begin("transaction", 0.0)
    read = read_source(source)
    found = client.transaction(read) if isinstance(read, Signature) else read
    past = found if isinstance(found, RecordedTransaction) else None
    content = past.transaction if past is not None else found
    assert isinstance(content, bytes)
    transaction = parse_transaction(content)
    message = transaction.message
    begin("accounts", 0.0)
    recorded = None if past is None else past.result
    gathered = gather(client, message, None if recorded is None else recorded.loaded)
    begin("cluster", 0.0)
    cluster = fetch_cluster(client, past)
    accounts = accounts_now(gathered) if past is None else accounts_then(gathered, message, past)
    is_signed = past is not None or any(map(any, transaction.signatures))
    blockhashes, remarks = _blockhashes(
        client, transaction, cluster.blockhashes, is_past=past is not None, is_signed=is_signed
    )
    if not is_signed:
        remarks.append("The transaction is not signed, so signatures are not verified.")
    scene = Scene(content, (), cluster.environment, blockhashes, verify_signatures=is_signed)
    accounts = _with_sysvars(accounts, cluster)
    known = stored_accounts(scene).get
    existing = [fetched.account for fetched in accounts if fetched.account is not None]
    listed = tuple(account for account in existing if account != known(account.key))
    keys = {fetched.key for fetched in accounts}
    sysvars = [fetched for fetched in cluster.sysvars if fetched.key not in keys]
    return FetchedScene(
        replace(scene, accounts=listed), (*accounts, *sysvars), (*cluster.assumptions, *remarks), recorded
    )


def _with_sysvars(accounts: list[FetchedAccount], cluster: Cluster) -> list[FetchedAccount]:
    """The accounts. Those of sysvars have the data of the environment."""
    sysvars = {fetched.key: fetched for fetched in cluster.sysvars}
    return [
        replace(
            sysvars[fetched.key],
            account=replace(fetched.account, data=getattr(cluster.environment.sysvars, NAMES[fetched.key])),
        )
        if fetched.key in sysvars and fetched.account is not None
        else fetched
        for fetched in accounts
    ]


def _blockhashes(
    client: RpcClient, transaction: Transaction, recent: tuple[bytes, ...], *, is_past: bool, is_signed: bool
) -> tuple[tuple[bytes, ...], list[str]]:
    """The valid blockhashes, at least one, and remarks about them.

    recent: those of now, newest first.
    """
    own = transaction.message.blockhash
    recent = recent[: MAXIMUM_BLOCKHASHES - 1] or (client.latest_blockhash(),)
    if nonce_key(transaction.message) is not None:
        return recent, ["The last blockhash is of now."] if is_past else []
    if is_past:
        return (own,), []
    if own in recent:
        return recent, []
    if not is_signed:
        return (*recent, own), ["The transaction is not signed, so its blockhash is taken as valid."]
    if client.is_valid(own):
        return (*recent, own), []
    text = address_text(own)
    return recent, [
        f"The blockhash {text} is not valid now, so the transaction fails with BlockhashNotFound."
    ]
