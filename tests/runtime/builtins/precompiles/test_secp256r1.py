"""The secp256r1 precompile, compared with LiteSVM, which uses OpenSSL."""

from __future__ import annotations

import hashlib

import pytest

from solproof.runtime.builtins.precompiles import PrecompileErrorCode
from tests.support.elliptic_curves import P256_GROUP
from tests.support.precompiles import (
    CARRIER,
    SECP256R1,
    Signed,
    check,
    p256_key,
    secp256r1_signed,
    with_low_s,
)

PUBLIC_KEY, SIGNATURE, OFFSETS, SIZE = (
    PrecompileErrorCode.INVALID_PUBLIC_KEY,
    PrecompileErrorCode.INVALID_SIGNATURE,
    PrecompileErrorCode.INVALID_DATA_OFFSETS,
    PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE,
)
MESSAGE = b"a message"
DIGEST = hashlib.sha256(MESSAGE).digest()
GOOD = secp256r1_signed(MESSAGE)
ORDER, PRIME = P256_GROUP.order, P256_GROUP.prime
GENERATOR = P256_GROUP.generator
OWN = SECP256R1.own
FAR = 0xFFFF
"""An offset or an instruction that is never there."""


def number(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def check_signed(signature: bytes, key: bytes, message: bytes = MESSAGE) -> int | None:
    """The code for one signature, which its own instruction holds."""
    return check(SECP256R1.call(Signed(signature, key, message)))


# VALID ONES


@pytest.mark.parametrize("length", [0, 1, 32, 1000])
@pytest.mark.parametrize("key", [1, 2, 0xDEADBEEF, ORDER // 2, ORDER - 1])
@pytest.mark.parametrize("nonce", [1, 3, 0x1234_5678_9ABC_DEF0_1234, ORDER - 2])
def test_a_signature(length: int, key: int, nonce: int) -> None:
    assert check(SECP256R1.call(secp256r1_signed(bytes(length), key, nonce))) is None


@pytest.mark.parametrize("count", range(1, 9))
def test_several_signatures(count: int) -> None:
    signed = [secp256r1_signed(bytes([each]), each + 1) for each in range(count)]
    assert check(SECP256R1.call(*signed)) is None
    for position in range(count):
        wrong = list(signed)
        wrong[position] = Signed(signed[position].signature, signed[position].key, b"another")
        assert check(SECP256R1.call(*wrong)) == SIGNATURE


def test_parts_in_other_instructions() -> None:
    """Before and after this one, and in this one by its number and by 0xffff."""
    signature, key, message = GOOD.parts
    for own in (1, OWN):
        data = SECP256R1.data([(3, 0, SECP256R1.start(1), own, 5, len(message), 2)], key)
        carriers = (CARRIER, b"abc" + signature), (CARRIER, b"defgh" + message)
        assert check(carriers[0], (SECP256R1.program, data), carriers[1]) is None


@pytest.mark.parametrize("second", [0, 1, 255])
def test_the_second_byte_is_ignored(second: int) -> None:
    program, data = SECP256R1.call(GOOD)
    assert check((program, data[:1] + bytes([second]) + data[2:])) is None


# THE SIZE OF THE DATA


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\x01",
        b"\0\0",
        b"\0\0\0",
        b"\0\0" + bytes(14),
        b"\x01\0" + bytes(13),
        b"\x08\0" + bytes(8 * 14 - 1),
        b"\x09\0" + bytes(9 * 14),
        b"\xff\0" + bytes(255 * 14),
    ],
    ids=lambda data: data.hex()[:8] + f"x{len(data)}",
)
def test_sizes(data: bytes) -> None:
    assert check((SECP256R1.program, data)) == SIZE


def test_every_shorter_instruction() -> None:
    program, data = SECP256R1.call(GOOD)
    for length in range(len(data)):
        assert check((program, data[:length])) == (SIZE if length < 16 else OFFSETS)


@pytest.mark.parametrize("count", [8, 9])
def test_eight_signatures_at_most(count: int) -> None:
    start = SECP256R1.start(count)
    entry = (start, OWN, start + 64, OWN, start + 97, len(MESSAGE), OWN)
    code = check((SECP256R1.program, SECP256R1.data([entry] * count, b"".join(GOOD.parts))))
    assert code == (None if count == 8 else SIZE)


# OFFSETS


@pytest.mark.parametrize("field", range(7))
@pytest.mark.parametrize("value", [2, 3, 0x8000, FAR - 1, FAR])
def test_each_field_out_of_range(field: int, value: int) -> None:
    """The parts are in instruction 1. Offsets of 2 and 3 are in range, but wrong."""
    entry = [0, 1, 64, 1, 97, len(MESSAGE), 1]
    entry[field] = value
    code = check((SECP256R1.program, SECP256R1.data([entry])), (CARRIER, b"".join(GOOD.parts)))
    assert code in ((SIGNATURE, PUBLIC_KEY) if value < 4 and field in (0, 2, 4, 5) else (OFFSETS,))


@pytest.mark.parametrize("field", [0, 2, 4, 5])
def test_one_byte_too_far(field: int) -> None:
    """Each part ends at the end of its own instruction."""
    entry = [0, 1, 0, 2, 0, len(MESSAGE), 3]
    carriers = [(CARRIER, part) for part in GOOD.parts]
    assert check((SECP256R1.program, SECP256R1.data([entry])), *carriers) is None
    entry[field] += 1
    assert check((SECP256R1.program, SECP256R1.data([entry])), *carriers) == OFFSETS


def test_the_order_of_the_checks() -> None:
    """Each of two faults alone has its code, and both together have the code of the first."""
    parts = b"".join((bytes(64), b"\x05" * 33, *GOOD.parts))
    good_signature, zero, gone = 97, 0, FAR
    good_key, no_point = 161, 64
    faults = {
        (good_signature, good_key, 194): None,
        (gone, good_key, 194): OFFSETS,
        (good_signature, gone, 194): OFFSETS,
        (good_signature, good_key, gone): OFFSETS,
        (zero, good_key, 194): SIGNATURE,
        (zero, gone, 194): OFFSETS,
        (zero, no_point, gone): OFFSETS,
        (zero, no_point, 194): SIGNATURE,
        (good_signature, no_point, gone): OFFSETS,
        (good_signature, no_point, 194): PUBLIC_KEY,
    }
    for (signature, key, message), expected in faults.items():
        entry = (signature, 1, key, 1, message, len(MESSAGE), 1)
        assert check((SECP256R1.program, SECP256R1.data([entry])), (CARRIER, parts)) == expected


# KEYS


@pytest.mark.parametrize("form", [0, 1, 4, 5, 6, 7, 8, 10, 11, 0x82, 0x83, 255])
def test_other_forms_of_a_key(form: int) -> None:
    """Forms 4 to 7 exist for other lengths, or in other standards with 33 bytes."""
    assert check_signed(GOOD.signature, bytes([form]) + GOOD.key[1:]) == PUBLIC_KEY


def test_the_other_sign_of_y() -> None:
    assert check_signed(GOOD.signature, bytes([GOOD.key[0] ^ 1]) + GOOD.key[1:]) == SIGNATURE


@pytest.mark.parametrize("form", [2, 3])
@pytest.mark.parametrize("x", [0, 1, 2, 3, 4, 5, 6, 7, 8])
def test_small_keys(x: int, form: int) -> None:
    """An x that is not below the prime is refused, even if its remainder is the x of a point."""
    exists = P256_GROUP.lift(x) is not None
    assert check_signed(GOOD.signature, bytes([form]) + number(x)) == (SIGNATURE if exists else PUBLIC_KEY)
    assert check_signed(GOOD.signature, bytes([form]) + number(PRIME + x)) == PUBLIC_KEY


@pytest.mark.parametrize("x", [PRIME - 1, PRIME - 2, PRIME - 3, PRIME - 4, 2**256 - 1])
def test_large_keys(x: int) -> None:
    exists = x < PRIME and P256_GROUP.lift(x) is not None
    assert check_signed(GOOD.signature, b"\x02" + number(x)) == (SIGNATURE if exists else PUBLIC_KEY)


# SIGNATURES


@pytest.mark.parametrize("position", [0, 1], ids=["r", "s"])
@pytest.mark.parametrize("value", [0, 1, ORDER // 2, ORDER // 2 + 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1])
def test_wrong_numbers(position: int, value: int) -> None:
    halves = [GOOD.signature[:32], GOOD.signature[32:]]
    halves[position] = number(value)
    signature = b"".join(halves)
    assert check_signed(signature, GOOD.key) == SIGNATURE
    # The numbers are compared before the key is read.
    in_range = 1 <= value < ORDER if position == 0 else 1 <= value <= ORDER // 2
    assert check_signed(signature, b"\x05" + bytes(32)) == (PUBLIC_KEY if in_range else SIGNATURE)


def test_high_s() -> None:
    """The equation holds for both values of s."""
    for nonce in range(1, 9):
        signed = secp256r1_signed(MESSAGE, nonce=nonce)
        high = number(ORDER - int.from_bytes(signed.signature[32:], "big"))
        assert check_signed(signed.signature, signed.key) is None
        assert check_signed(signed.signature[:32] + high, signed.key) == SIGNATURE


@pytest.mark.parametrize("s", [1, 2, ORDER // 2 - 1, ORDER // 2, ORDER // 2 + 1, ORDER - 1])
def test_keys_of_chosen_signatures(s: int) -> None:
    """The equation holds for all of them, so only the range of s decides."""
    signature, key = P256_GROUP.signer(DIGEST, GENERATOR, s)
    assert check_signed(signature, p256_key(key)) == (None if s <= ORDER // 2 else SIGNATURE)


def test_an_ephemeral_point_above_the_order() -> None:
    """r is the remainder of its x."""
    signature, key = P256_GROUP.signer(DIGEST, P256_GROUP.first_point_above_the_order(), 5)
    assert int.from_bytes(signature[:32], "big") < 1000
    assert check_signed(signature, p256_key(key)) is None
    assert check_signed(number(1) + signature[32:], p256_key(key)) == SIGNATURE


def test_an_ephemeral_point_at_infinity() -> None:
    """For this key, the two terms of the sum cancel each other for every s."""
    for r in (1, 12345):
        secret = -int.from_bytes(DIGEST, "big") * pow(r, -1, ORDER) % ORDER
        key = p256_key(P256_GROUP.public_key(secret))
        for s in (1, 777):
            assert check_signed(number(r) + number(s), key) == SIGNATURE


def test_two_equal_terms() -> None:
    """The sum of a point with itself."""
    digest = int.from_bytes(DIGEST, "big")
    doubled = P256_GROUP.public_key(2)
    assert doubled is not None
    (r,) = doubled[0].numbers
    key = P256_GROUP.public_key(digest * pow(r, -1, ORDER) % ORDER)
    assert check_signed(with_low_s(number(r) + number(digest % ORDER)), p256_key(key)) is None


def test_every_changed_bit() -> None:
    """Of the signature and the key. A bit of the key may leave no point."""
    program, data = SECP256R1.call(GOOD)
    start = SECP256R1.start(1)
    for bit in range(8 * 97):
        changed = bytearray(data)
        changed[start + bit // 8] ^= 1 << bit % 8
        assert check((program, bytes(changed))) in ((SIGNATURE,) if bit < 512 else (SIGNATURE, PUBLIC_KEY))
