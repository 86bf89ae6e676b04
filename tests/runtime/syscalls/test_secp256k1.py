"""sol_secp256k1_recover: valid signatures, and signatures without a key.

See also test_cryptographic_calls.py.
"""

from __future__ import annotations

import pytest

from solproof._native import primitives
from tests.support.elliptic_curves import (
    SECP256K1_GENERATOR,
    SECP256K1_ORDER,
    SECP256K1_PRIME,
    bytes_of,
    multiply,
    sign,
)
from tests.support.syscall_harness import HEAP, MASK, check, revealed

DIGEST = bytes(range(32))
ORDER, PRIME = SECP256K1_ORDER, SECP256K1_PRIME
GOOD_R, GOOD_S = 0x1234567, 0x7654321
both_formats = pytest.mark.parametrize("version", [0, 3])


def recovered(digest: bytes, recovery_id: int, signature: bytes, version: int = 0) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM."""
    memory = {HEAP: digest, HEAP + 64: signature, HEAP + 128: b"\xee" * 64}
    execution = check(
        "sol_secp256k1_recover",
        (HEAP, recovery_id, HEAP + 64, HEAP + 128),
        memory,
        (HEAP + 128, 64),
        version=version,
    )
    return execution.run.r0, revealed(execution)


@both_formats
@pytest.mark.parametrize("key", [1, 2, 0xDEADBEEF, ORDER // 2, ORDER - 1])
@pytest.mark.parametrize("nonce", [1, 3, 0x1234_5678_9ABC_DEF0_1234, ORDER - 2])
@pytest.mark.parametrize(
    "digest", [bytes(32), DIGEST, b"\xff" * 32], ids=["zero", "rising", "above the order"]
)
def test_recovers_the_signer(key: int, nonce: int, digest: bytes, version: int) -> None:
    signature, recovery_id = sign(key, digest, nonce)
    expected = bytes_of(multiply(key, SECP256K1_GENERATOR), 32, 1, big_endian=True)
    assert recovered(digest, recovery_id, signature, version) == (0, expected)
    other = recovered(digest, recovery_id ^ 1, signature, version)
    assert other[0] == 0
    assert other[1] != expected


@both_formats
def test_ethereum_vector(version: int) -> None:
    """The first test of Ethereum's precompile `ecrecover`, whose answer is an address."""
    digest = bytes.fromhex("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c")
    signature = bytes.fromhex(
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
    )
    result, key = recovered(digest, 28 - 27, signature, version)
    assert result == 0
    assert primitives.keccak256(key)[12:].hex() == "a94f5374fce5edbc8e2a8697c15331677e6ebf0b"


@both_formats
@pytest.mark.parametrize("recovery_id", [4, 5, 27, 28, 255, 256, 257, 2**32, 2**63, MASK])
@pytest.mark.parametrize("signature", [bytes(64), sign(5, DIGEST, 7)[0]], ids=["zero", "good"])
def test_recovery_id_is_looked_at_before_the_signature(
    recovery_id: int, signature: bytes, version: int
) -> None:
    assert recovered(DIGEST, recovery_id, signature, version) == (2, b"\xee" * 64)


@both_formats
@pytest.mark.parametrize(
    ("r", "s", "recovery_id"),
    [
        (0, GOOD_S, 0),
        (GOOD_R, 0, 0),
        (0, 0, 0),
        (ORDER, GOOD_S, 0),
        (GOOD_R, ORDER, 0),
        (ORDER + 1, GOOD_S, 1),
        (GOOD_R, ORDER + 1, 1),
        (2**256 - 1, 2**256 - 1, 0),
        (PRIME, GOOD_S, 0),
        (5, GOOD_S, 0),  # no point has this first coordinate
        (5, GOOD_S, 1),
        (PRIME - ORDER, GOOD_S, 2),  # r + the order is not below the prime
        (PRIME - ORDER, GOOD_S, 3),
        (ORDER - 1, GOOD_S, 2),
    ],
)
def test_signatures_of_nobody(r: int, s: int, recovery_id: int, version: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert recovered(DIGEST, recovery_id, signature, version) == (3, b"\xee" * 64)


@pytest.mark.parametrize("recovery_id", range(4))
@pytest.mark.parametrize("r", [1, 2, 3, 4, 6, 8, PRIME - ORDER - 1, PRIME - ORDER - 2, ORDER - 1, ORDER - 4])
@pytest.mark.parametrize("s", [1, GOOD_S, ORDER // 2, ORDER // 2 + 1, ORDER - 1])
def test_any_signature_comes_out_as_in_the_runtime(r: int, s: int, recovery_id: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    result, content = recovered(DIGEST, recovery_id, signature)
    assert result in {0, 3}
    assert (content == b"\xee" * 64) == (result == 3)


def test_signature_at_infinity() -> None:
    """R = k G and s R = h G, so the signer's key would be the point at infinity."""
    nonce = 9
    signature, recovery_id = sign(0, DIGEST, nonce)
    assert recovered(DIGEST, recovery_id, signature) == (3, b"\xee" * 64)
