"""The signatures of transactions, compared with LiteSVM."""

from __future__ import annotations

import random

import pytest
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

from solproof.runtime.transaction.signatures import check_signatures
from tests.support.edwards_points import LOW_ORDER, NO_POINTS, NOT_CANONICAL, number
from tests.support.elliptic_curves import CURVE25519_ORDER, edwards

KEYPAIRS = [Keypair.from_seed(bytes([seed] * 32)) for seed in range(1, 6)]
KEYS = [bytes(keypair.pubkey()) for keypair in KEYPAIRS]


def message(keys: list[bytes], *, legacy: bool = True, blockhash: bytes = bytes(32)) -> Message | MessageV0:
    """A message that these keys must sign. The first one pays."""
    metas = [AccountMeta(Pubkey(key), is_signer=True, is_writable=False) for key in keys]
    instruction = Instruction(Pubkey(b"\x07" * 32), b"", metas)
    payer = Pubkey(keys[0])
    if legacy:
        return Message.new_with_blockhash([instruction], payer, Hash(blockhash))
    return MessageV0.try_compile(payer, [instruction], [], Hash(blockhash))


def signed(content: Message | MessageV0) -> list[bytes]:
    """The signatures of the key pairs, in the order of the message."""
    encoded = to_bytes_versioned(content)
    by_key = dict(zip(KEYS, KEYPAIRS, strict=True))
    return [bytes(by_key[key].sign_message(encoded)) for key in signers(content)]


def signers(content: Message | MessageV0) -> list[bytes]:
    """The keys that must sign."""
    return [bytes(key) for key in content.account_keys[: content.header.num_required_signatures]]


def check(content: Message | MessageV0, signatures: list[bytes]) -> bool:
    """Whether all signatures are valid, compared with LiteSVM."""
    transaction = VersionedTransaction.populate(content, [Signature.from_bytes(each) for each in signatures])
    result = LiteSVM().with_blockhash_check(False).send_transaction(transaction)
    # Valid transactions fail later, because the payer does not exist.
    assert isinstance(result, FailedTransactionMetadata)
    error = str(result.err()).rpartition(".")[2]
    assert error in ("SignatureFailure", "AccountNotFound")
    valid = check_signatures(to_bytes_versioned(content), signers(content), signatures)
    assert valid == (error == "AccountNotFound")
    return valid


@pytest.mark.parametrize("legacy", [True, False])
@pytest.mark.parametrize("count", range(1, 6))
def test_signed_transactions(count: int, legacy: bool) -> None:
    content = message(KEYS[:count], legacy=legacy)
    signatures = signed(content)
    assert check(content, signatures)
    for position in range(count):
        wrong = list(signatures)
        wrong[position] = bytes(64)
        assert not check(content, wrong)
    if count > 1:
        assert not check(content, signatures[::-1])


def test_the_prefix_of_the_version_is_signed() -> None:
    content = message(KEYS[:1], legacy=False)
    encoded = to_bytes_versioned(content)
    assert encoded[0] == 0x80
    assert not check(content, [bytes(KEYPAIRS[0].sign_message(encoded[1:]))])


def test_a_signature_of_another_message() -> None:
    assert not check(message(KEYS[:1]), signed(message(KEYS[:1], blockhash=b"\x01" * 32)))


@pytest.mark.parametrize("key", [*LOW_ORDER, *NOT_CANONICAL, *NO_POINTS], ids=bytes.hex)
@pytest.mark.parametrize("commitment", [*LOW_ORDER, edwards(1)], ids=bytes.hex)
def test_keys_that_need_care(key: bytes, commitment: bytes) -> None:
    scalar = 1 if commitment == edwards(1) else 0
    assert not check(message([key]), [commitment + number(scalar)])


@pytest.mark.parametrize("commitment", [*LOW_ORDER, *NOT_CANONICAL, *NO_POINTS], ids=bytes.hex)
def test_commitments_that_need_care(commitment: bytes) -> None:
    content = message(KEYS[:1])
    assert not check(content, [commitment + signed(content)[0][32:]])


@pytest.mark.parametrize("multiple", range(1, 15))
def test_scalars_above_the_order(multiple: int) -> None:
    content = message(KEYS[:1])
    (signature,) = signed(content)
    scalar = int.from_bytes(signature[32:], "little") + multiple * CURVE25519_ORDER
    assert not check(content, [signature[:32] + number(scalar)])


def test_random_changes() -> None:
    """A changed bit of a signature, or a signature at another place, or no change."""
    source = random.Random(4)
    outcomes = set()
    for _ in range(100):
        content = message(source.sample(KEYS, source.randint(1, 5)), legacy=source.random() < 0.5)
        signatures = signed(content)
        change = source.choice(["none", "bit", "order"])
        if change == "bit":
            position, bit = source.randrange(len(signatures)), source.randrange(512)
            changed = int.from_bytes(signatures[position], "big") ^ 1 << bit
            signatures[position] = changed.to_bytes(64, "big")
        elif change == "order":
            source.shuffle(signatures)
        outcomes.add((change, check(content, signatures)))
    assert outcomes == {("none", True), ("bit", False), ("order", True), ("order", False)}


def test_a_signature_for_each_key() -> None:
    """A message announces how many signatures its transaction has, which is checked before."""
    with pytest.raises(ValueError, match="zip"):
        check_signatures(b"", KEYS[:1], [])
