"""Transactions on a node over HTTP are fetched, and run with the result that the node recorded."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.system_program import (
    AdvanceNonceAccountParams,
    TransferParams,
    advance_nonce_account,
    create_nonce_account,
    transfer,
)
from solders.transaction import Transaction, VersionedTransaction

import solproof
from solproof.errors import InputError, UnsupportedError
from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.rpc.compare import compare
from solproof.rpc.fetch import FetchedScene
from solproof.rpc.origin import Origin
from solproof.rpc.source import Source
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.features import MAINNET
from solproof.runtime.nonce_state import NonceState
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE, LOADER_V1, LOADER_V2, LOADER_V4, SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES
from tests.support.elf_builder import build_elf
from tests.support.litesvm_transactions import store, stored
from tests.support.lookup_tables import table
from tests.support.rpc_node import BLOCK_TIME, RpcNode
from tests.support.token_transactions import TOKEN, TokenMachine

ALICE = Keypair.from_seed(bytes([3]) * 32)
BOB = Keypair.from_seed(bytes([4]) * 32)


class Market(TokenMachine):
    """A node with a mint, and two holders of its tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.node = RpcNode(self.svm)
        self.pass_slots(1)  # a program cannot run in the slot of its deployment
        self.send(self.create_mint(), self.mint)
        self.send([self.create_token_account(ALICE.pubkey()), self.mint_to(ALICE.pubkey(), 1000)])

    def pass_slots(self, count: int) -> None:
        """Let slots pass."""
        self.svm.warp_to_slot(self.svm.get_clock().slot + count)
        self.svm.expire_blockhash()

    def send(self, instructions: Sequence[Instruction], *signers: Keypair) -> str:
        """Send a transaction, and return its signature."""
        signature = self.node.send(self.transaction(instructions, *signers))
        self.svm.expire_blockhash()
        return signature

    def mint_to(self, owner: Pubkey, amount: int) -> Instruction:
        """Make tokens."""
        metas = [
            AccountMeta(self.mint.pubkey(), False, True),
            AccountMeta(self.token_account(owner), False, True),
            AccountMeta(self.key, True, False),
        ]
        return Instruction(TOKEN, b"\7" + struct.pack("<Q", amount), metas)

    def move(self, amount: int) -> Instruction:
        """Move tokens from Alice to Bob."""
        metas = [
            AccountMeta(self.token_account(ALICE.pubkey()), False, True),
            AccountMeta(self.token_account(BOB.pubkey()), False, True),
            AccountMeta(ALICE.pubkey(), True, False),
        ]
        return Instruction(TOKEN, b"\3" + struct.pack("<Q", amount), metas)

    def close(self, owner: Keypair) -> Instruction:
        """Close a token account without tokens."""
        metas = [
            AccountMeta(self.token_account(owner.pubkey()), False, True),
            AccountMeta(self.key, True, True),
            AccountMeta(owner.pubkey(), True, False),
        ]
        return Instruction(TOKEN, b"\x09", metas)

    def fetch(self, source: Source) -> FetchedScene:
        """Fetch from the node."""
        return solproof.fetch(source, self.node.url)


@pytest.fixture
def market() -> Iterator[Market]:
    running = Market()
    with running.node:
        yield running


def assert_agrees(fetched: FetchedScene) -> None:
    """The run of the scene, also after a round trip through its file, is the recorded one."""
    assert fetched.recorded is not None
    assert parse_scene(format_scene(fetched.scene, fetched.notes())) == fetched.scene
    output = execute_transaction(fetched.scene).output
    assert [entry for entry in compare(fetched.recorded, output) if not entry.agrees] == []


def origins(fetched: FetchedScene) -> dict[bytes, Origin]:
    return {account.key: account.origin for account in fetched.accounts}


# TRANSACTIONS OF THE PAST


def test_a_token_transfer_that_creates_an_account(market: Market) -> None:
    """Everything has changed since: lamports, amounts, and Bob's account is closed."""
    signature = market.send([market.create_token_account(BOB.pubkey()), market.move(400)], ALICE)
    market.send([market.move(600)], ALICE)
    fetched = market.fetch(signature)
    assert_agrees(fetched)
    found = origins(fetched)
    assert found[bytes(market.token_account(ALICE.pubkey()))] is Origin.REBUILT
    assert found[bytes(market.token_account(BOB.pubkey()))] is Origin.THEN
    assert found[bytes(market.mint.pubkey())] is Origin.MIXED
    assert found[bytes(TOKEN)] is Origin.THEN
    sysvars = fetched.scene.environment.sysvars
    assert struct.unpack("<QqQQq", sysvars.clock)[4] == BLOCK_TIME
    assert fetched.scene.environment.features == MAINNET
    assert fetched.assumptions == ("No stake is known, so sol_get_epoch_stake returns 0.",)
    assert market.node.methods() == ["getTransaction", *["getMultipleAccounts"] * 3]


def test_a_failed_transaction(market: Market) -> None:
    signature = market.send([market.create_token_account(BOB.pubkey()), market.move(4000)], ALICE)
    fetched = market.fetch(signature)
    assert fetched.recorded is not None
    assert fetched.recorded.error == {"InstructionError": [1, {"Custom": 1}]}
    assert_agrees(fetched)


def test_accounts_that_are_closed_now(market: Market) -> None:
    market.send([market.create_token_account(BOB.pubkey())])
    signature = market.send([market.move(1000)], ALICE)
    back = market.move(1000)
    back = Instruction(
        TOKEN, bytes(back.data), [back.accounts[1], back.accounts[0], AccountMeta(BOB.pubkey(), True, False)]
    )
    market.send([back, market.close(BOB)], BOB)
    fetched = market.fetch(signature)
    closed = market.token_account(BOB.pubkey())
    assert market.svm.get_account(closed) is None
    assert origins(fetched)[bytes(closed)] is Origin.REBUILT
    assert_agrees(fetched)


def test_a_wallet_that_is_empty_now(market: Market) -> None:
    market.svm.airdrop(BOB.pubkey(), 10**9)
    to_alice = transfer(TransferParams(from_pubkey=BOB.pubkey(), to_pubkey=ALICE.pubkey(), lamports=10**9))
    signature = market.send([to_alice], BOB)
    fetched = market.fetch(signature)
    (bob,) = (account for account in fetched.accounts if account.key == bytes(BOB.pubkey()))
    assert bob.account == Account(bytes(BOB.pubkey()), SYSTEM_PROGRAM, 10**9, b"")
    assert bob.line() == (
        f"{BOB.pubkey()}: mixed: lamports of then; closed since, so a system account without data is assumed"
    )
    assert_agrees(fetched)


def nonce_machine(market: Market) -> tuple[Keypair, Hash]:
    """A nonce account and its nonce."""
    nonce = Keypair.from_seed(bytes([9]) * 32)
    market.send(create_nonce_account(market.key, nonce.pubkey(), market.key, 10**7), nonce)
    account = stored(market.svm, bytes(nonce.pubkey()))
    assert account is not None
    state = NonceState.parse(account.data)
    assert state is not None and state.data is not None
    return nonce, Hash(state.data.nonce)


def test_a_durable_nonce(market: Market) -> None:
    nonce, blockhash = nonce_machine(market)
    advance = advance_nonce_account(
        AdvanceNonceAccountParams(nonce_pubkey=nonce.pubkey(), authorized_pubkey=market.key)
    )
    pay = transfer(TransferParams(from_pubkey=market.key, to_pubkey=ALICE.pubkey(), lamports=10**6))
    message = Message.new_with_blockhash([advance, pay], market.key, blockhash)
    signature = market.node.send(Transaction([market.payer], message, blockhash))
    market.pass_slots(1)
    fetched = market.fetch(signature)
    assert origins(fetched)[bytes(nonce.pubkey())] is Origin.REBUILT
    assert "The last blockhash is of now." in fetched.assumptions
    assert_agrees(fetched)


# LOOKUP TABLES


def close_table(market: Market, key: bytes) -> None:
    store(market.svm, Account(key, SYSTEM_PROGRAM, 0, b""))


def deactivate_table(market: Market, key: bytes) -> None:
    data = table(None, 0, market.svm.get_clock().slot + 5) + bytes(ALICE.pubkey()) + bytes(BOB.pubkey())
    store(market.svm, Account(key, ADDRESS_LOOKUP_TABLE, 10**9, data))
    market.pass_slots(1000)


def keep_table(market: Market, key: bytes) -> None:
    assert stored(market.svm, key) is not None


@pytest.mark.parametrize(
    ("change", "origin"),
    [(keep_table, Origin.THEN), (deactivate_table, Origin.THEN), (close_table, Origin.REBUILT)],
)
def test_a_lookup_table(market: Market, change: Callable[[Market, bytes], None], origin: Origin) -> None:
    key = b"\x0a" * 32
    addresses = [ALICE.pubkey(), BOB.pubkey()]
    data = table(None) + b"".join(map(bytes, addresses))
    store(market.svm, Account(key, ADDRESS_LOOKUP_TABLE, 10**9, data))
    market.pass_slots(1)
    lookup = AddressLookupTableAccount(Pubkey(key), addresses)
    pay = transfer(TransferParams(from_pubkey=market.key, to_pubkey=BOB.pubkey(), lamports=10**7))
    message = MessageV0.try_compile(market.key, [pay], [lookup], market.svm.latest_blockhash())
    transaction = VersionedTransaction(message, [market.payer])
    unsent = market.fetch(transaction)
    signature = market.node.send(transaction)
    change(market, key)
    fetched = market.fetch(signature)
    assert origins(fetched)[key] is origin
    assert_agrees(fetched)
    assert fetched.recorded is not None
    again = compare(fetched.recorded, execute_transaction(unsent.scene).output)
    assert all(entry.agrees for entry in again)


# TRANSACTIONS THAT WERE NOT SENT


def test_an_unsent_transaction(market: Market) -> None:
    transaction = market.transaction([market.create_token_account(BOB.pubkey()), market.move(400)], ALICE)
    fetched = market.fetch(transaction)
    assert {account.origin for account in fetched.accounts} == {Origin.NOW}
    assert fetched.recorded is None
    signature = market.node.send(transaction)
    recorded = market.fetch(signature).recorded
    assert recorded is not None
    output = execute_transaction(fetched.scene).output
    assert all(entry.agrees for entry in compare(recorded, output))


def test_its_blockhash_has_expired(market: Market) -> None:
    transaction = market.transaction([market.move(400)], ALICE)
    market.svm.expire_blockhash()
    fetched = market.fetch(transaction)
    text = address_text(bytes(transaction.message.recent_blockhash))
    expected = f"The blockhash {text} is not valid now, so the transaction fails with BlockhashNotFound."
    assert fetched.assumptions[-1] == expected
    assert execute_transaction(fetched.scene).output.error == "BlockhashNotFound"


def test_an_unsigned_transaction(market: Market) -> None:
    message = Message.new_with_blockhash([market.mint_to(ALICE.pubkey(), 5)], market.key, Hash.default())
    fetched = market.fetch(Transaction.new_unsigned(message))
    assert fetched.assumptions[-2:] == (
        "The transaction is not signed, so its blockhash is taken as valid.",
        "The transaction is not signed, so signatures are not verified.",
    )
    assert execute_transaction(fetched.scene).output.success


def test_named_sysvars(market: Market) -> None:
    """A sysvar among the accounts has the content of the environment."""
    fetched = market.fetch(market.send(market.create_mint(), market.mint))
    assert ADDRESSES["rent"] in origins(fetched)
    assert_agrees(fetched)


@pytest.mark.parametrize("loader", [LOADER_V1, LOADER_V2])
def test_a_program_of_an_old_loader(market: Market, loader: bytes) -> None:
    """Its account has the file itself."""
    key = b"\x0c" * 32
    program = Account(key, loader, 10**9, build_elf("mov64 r0, 0; exit"), executable=True)
    store(market.svm, program)
    transaction = market.transaction([Instruction(Pubkey(key), b"", [])])
    unsent = market.fetch(transaction)
    assert program in unsent.scene.accounts
    assert execute_transaction(unsent.scene).output.success
    fetched = market.fetch(market.node.send(transaction))
    assert origins(fetched)[key] is Origin.THEN
    assert_agrees(fetched)


# REFUSALS


def test_a_program_of_loader_v4(market: Market) -> None:
    key = b"\x0b" * 32
    transaction = market.transaction([Instruction(Pubkey(key), b"", [])])
    store(market.svm, Account(key, LOADER_V4, 10**9, bytes(48)))
    answer = market.node.answer

    def executable(request: object) -> dict[str, object]:
        found = answer(request)  # type: ignore[arg-type]
        for state in found["result"]["value"]:
            if state is not None and state["owner"] == address_text(LOADER_V4):
                state["executable"] = True
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RpcNode, "answer", lambda _, request: executable(request))
        with pytest.raises(UnsupportedError) as error:
            market.fetch(transaction)
    assert str(error.value) == f"program {address_text(key)}: loader v4 is not supported yet"


def test_an_unknown_signature(market: Market) -> None:
    with pytest.raises(InputError) as error:
        market.fetch("1" * 64)
    name = market.node.name
    assert str(error.value) == (f"{name} does not know the transaction {'1' * 64} at commitment confirmed")
