"""Proofs of possession of BLS keys, compared with LiteSVM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.litesvm_transactions import Sent
from tests.support.system_data import Mention
from tests.support.vote_data import AUTHORIZE, BLS_KEY, BLS_PROOF, VOTE_KEY, VOTER, State, encoded
from tests.support.vote_machine import CLOCK, check, vote_account

INVALID = {"InstructionError": [0, "InvalidArgument"]}
NEW = b"new authority".ljust(32, b"\1")

PRIME = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
G1, G2 = (
    bytes.fromhex(
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
    ),
    bytes.fromhex(
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    ),
)
"""The generators."""

COMPRESSED = 1 << 383
AT_INFINITY = b"\xc0"
INVALID_PROOFS: dict[str, tuple[bytes, bytes]] = {
    "of another key": (G1, BLS_PROOF),
    "another": (BLS_KEY, G2),
    "negative": (BLS_KEY, bytes([BLS_PROOF[0] ^ 0x20]) + BLS_PROOF[1:]),
    "of the negative key": (bytes([BLS_KEY[0] ^ 0x20]) + BLS_KEY[1:], BLS_PROOF),
    "both negative": (
        bytes([BLS_KEY[0] ^ 0x20]) + BLS_KEY[1:],
        bytes([BLS_PROOF[0] ^ 0x20]) + BLS_PROOF[1:],
    ),
    "key at infinity": (AT_INFINITY.ljust(48, b"\0"), BLS_PROOF),
    "proof at infinity": (BLS_KEY, AT_INFINITY.ljust(96, b"\0")),
    "both at infinity": (AT_INFINITY.ljust(48, b"\0"), AT_INFINITY.ljust(96, b"\0")),
    "key not compressed": (bytes([BLS_KEY[0] & 0x7F]) + BLS_KEY[1:], BLS_PROOF),
    "proof not compressed": (BLS_KEY, bytes([BLS_PROOF[0] & 0x7F]) + BLS_PROOF[1:]),
    "key above the prime": ((COMPRESSED + PRIME).to_bytes(48, "big"), BLS_PROOF),
    "key outside the subgroup": (b"\x80".ljust(47, b"\0") + b"\4", BLS_PROOF),
    "key of zeros": (bytes(48), BLS_PROOF),
    "proof of zeros": (BLS_KEY, bytes(96)),
}


def authorize(key: bytes, proof: bytes, vote_key: bytes = VOTE_KEY) -> Sent:
    """Give a BLS key to the account at an address."""
    content = encoded(AUTHORIZE, NEW, b"\2\0\0\0", key, proof)
    account = replace(vote_account(State()), key=vote_key)
    return check(content, [Mention(vote_key), CLOCK, Mention(VOTER, True)], account)


def test_a_valid_proof() -> None:
    assert authorize(BLS_KEY, BLS_PROOF).error is None


def test_a_proof_is_for_one_vote_account() -> None:
    assert authorize(BLS_KEY, BLS_PROOF, b"another vote account".ljust(32, b"\1")).error == INVALID


@pytest.mark.parametrize("name", INVALID_PROOFS)
def test_an_invalid_proof(name: str) -> None:
    sent = authorize(*INVALID_PROOFS[name])
    assert sent.error == INVALID
    assert sent.compute_units == 2_100 + 34_500
