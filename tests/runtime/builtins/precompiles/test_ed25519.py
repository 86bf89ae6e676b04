"""The ed25519 precompile, compared with LiteSVM."""

from __future__ import annotations

import hashlib

import pytest

from solproof.runtime.builtins.precompiles import PrecompileErrorCode
from tests.support.edwards_points import LOW_ORDER, NO_POINTS, NOT_CANONICAL, number
from tests.support.elliptic_curves import CURVE25519_ORDER, CURVE25519_PRIME, edwards
from tests.support.precompiles import CARRIER, ED25519, Signed, check, ed25519_signed

PUBLIC_KEY, SIGNATURE, OFFSETS, SIZE = (
    PrecompileErrorCode.INVALID_PUBLIC_KEY,
    PrecompileErrorCode.INVALID_SIGNATURE,
    PrecompileErrorCode.INVALID_DATA_OFFSETS,
    PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE,
)
GOOD = ed25519_signed(b"a message")
OWN = ED25519.own
FAR = 0xFFFF
"""An offset or an instruction that is never there."""


def check_signed(signature: bytes, key: bytes, message: bytes = b"a message") -> int | None:
    """The code for one signature, which its own instruction holds."""
    return check(ED25519.call(Signed(signature, key, message)))


# VALID ONES


@pytest.mark.parametrize("length", [0, 1, 32, 1000])
@pytest.mark.parametrize("seed", [0, 1, 255])
def test_a_signature(length: int, seed: int) -> None:
    assert check(ED25519.call(ed25519_signed(bytes(length), seed))) is None


@pytest.mark.parametrize("count", [2, 3, 20, 255])
def test_several_signatures(count: int) -> None:
    """The parts may lie over each other: every entry names the same three."""
    start = ED25519.start(count)
    entry = (start, OWN, start + 64, OWN, start + 96, len(GOOD.message), OWN)
    assert check((ED25519.program, ED25519.data([entry] * count, b"".join(GOOD.parts)))) is None


def test_every_signature_is_checked() -> None:
    signed = [ed25519_signed(bytes([seed]), seed) for seed in range(4)]
    assert check(ED25519.call(*signed)) is None
    for position in range(4):
        wrong = list(signed)
        wrong[position] = Signed(signed[position].signature, signed[position].key, b"another")
        assert check(ED25519.call(*wrong)) == SIGNATURE


def test_parts_in_other_instructions() -> None:
    """Before and after this one, and in this one by its number and by 0xffff."""
    signature, key, message = GOOD.parts
    for own in (1, OWN):
        data = ED25519.data([(3, 0, ED25519.start(1), own, 5, len(message), 2)], key)
        carriers = (CARRIER, b"abc" + signature), (CARRIER, b"defgh" + message)
        assert check(carriers[0], (ED25519.program, data), carriers[1]) is None


def test_two_precompiles() -> None:
    good, bad = ED25519.call(GOOD), (ED25519.program, b"\x01\0")
    assert check(good, good) is None
    assert check(good, bad) == SIZE
    assert check(bad, good) == SIZE


@pytest.mark.parametrize("second", [0, 1, 255])
def test_the_second_byte_is_ignored(second: int) -> None:
    program, data = ED25519.call(GOOD)
    assert check((program, data[:1] + bytes([second]) + data[2:])) is None


# THE SIZE OF THE DATA


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", SIZE),
        (b"\0", SIZE),
        (b"\x01", SIZE),
        (b"\0\0", None),
        (b"\0\xff", None),
        (b"\0\0\0", SIZE),
        (b"\0\0" + bytes(14), SIZE),
        (b"\x01\0" + bytes(13), SIZE),
        (b"\x02\0" + bytes(27), SIZE),
        (b"\xff\0" + bytes(255 * 14 - 1), SIZE),
    ],
    ids=lambda value: value.hex()[:8] + f"x{len(value)}" if isinstance(value, bytes) else None,
)
def test_sizes(data: bytes, expected: int | None) -> None:
    assert check((ED25519.program, data)) == expected


def test_every_shorter_instruction() -> None:
    program, data = ED25519.call(GOOD)
    for length in range(len(data)):
        assert check((program, data[:length])) == (SIZE if length < 16 else OFFSETS)


# OFFSETS


@pytest.mark.parametrize("field", range(7))
@pytest.mark.parametrize("value", [2, 3, 0x8000, FAR - 1, FAR])
def test_each_field_out_of_range(field: int, value: int) -> None:
    """The parts are in instruction 1. Offsets of 2 and 3 are in range, but wrong."""
    entry = [0, 1, 64, 1, 96, len(GOOD.message), 1]
    entry[field] = value
    code = check((ED25519.program, ED25519.data([entry])), (CARRIER, b"".join(GOOD.parts)))
    assert code in ((SIGNATURE, PUBLIC_KEY) if value < 4 and field in (0, 2, 4, 5) else (OFFSETS,))


@pytest.mark.parametrize("field", [0, 2, 4, 5])
def test_one_byte_too_far(field: int) -> None:
    """Each part ends at the end of its own instruction."""
    entry = [0, 1, 0, 2, 0, len(GOOD.message), 3]
    carriers = [(CARRIER, part) for part in GOOD.parts]
    assert check((ED25519.program, ED25519.data([entry])), *carriers) is None
    entry[field] += 1
    assert check((ED25519.program, ED25519.data([entry])), *carriers) == OFFSETS


def test_a_message_of_no_bytes_at_the_end() -> None:
    empty = ed25519_signed(b"")
    content = empty.signature + empty.key
    for offset, expected in ((96, None), (97, OFFSETS)):
        entry = (0, 1, 64, 1, offset, 0, 1)
        assert check((ED25519.program, ED25519.data([entry])), (CARRIER, content)) == expected


# THE ORDER OF THE CHECKS


def test_the_order_of_the_checks() -> None:
    """Each of two faults alone has its code, and both together have the code of the first."""
    parts = b"".join((b"\xff" * 64, number(2), GOOD.signature, GOOD.key, b"a message"))
    good_signature, too_large, gone = 96, 0, FAR
    good_key, no_point = 160, 64
    faults = {
        (good_signature, good_key, 192): None,
        (gone, good_key, 192): OFFSETS,
        (too_large, good_key, 192): SIGNATURE,
        (too_large, gone, 192): SIGNATURE,
        (good_signature, gone, 192): OFFSETS,
        (good_signature, no_point, 192): PUBLIC_KEY,
        (good_signature, no_point, gone): PUBLIC_KEY,
        (good_signature, good_key, gone): OFFSETS,
        (too_large, no_point, gone): SIGNATURE,
        (gone, no_point, gone): OFFSETS,
    }
    for (signature, key, message), expected in faults.items():
        entry = (signature, 1, key, 1, message, 9, 1)
        assert check((ED25519.program, ED25519.data([entry])), (CARRIER, parts)) == expected


# KEYS, COMMITMENTS AND SCALARS


@pytest.mark.parametrize("key", [*NO_POINTS, number(CURVE25519_PRIME + 2)], ids=bytes.hex)
def test_keys_that_are_no_points(key: bytes) -> None:
    assert check_signed(GOOD.signature, key) == PUBLIC_KEY


@pytest.mark.parametrize("key", [*LOW_ORDER, *NOT_CANONICAL], ids=bytes.hex)
@pytest.mark.parametrize("commitment", [*LOW_ORDER, edwards(1)], ids=bytes.hex)
def test_keys_of_small_order_and_not_canonical(key: bytes, commitment: bytes) -> None:
    """Without the strict rules, some of these would be signatures of every message."""
    scalar = 1 if commitment == edwards(1) else 0
    assert check_signed(commitment + number(scalar), key) == SIGNATURE


@pytest.mark.parametrize("commitment", [*LOW_ORDER, *NOT_CANONICAL, *NO_POINTS], ids=bytes.hex)
def test_commitments(commitment: bytes) -> None:
    assert check_signed(commitment + GOOD.signature[32:], GOOD.key) == SIGNATURE


@pytest.mark.parametrize("multiple", range(1, 15))
def test_scalars_above_the_order(multiple: int) -> None:
    """The group's equation holds for each of them."""
    scalar = int.from_bytes(GOOD.signature[32:], "little") + multiple * CURVE25519_ORDER
    assert check_signed(GOOD.signature[:32] + number(scalar), GOOD.key) == SIGNATURE


@pytest.mark.parametrize(
    "scalar", [0, CURVE25519_ORDER - 1, CURVE25519_ORDER, 2**253 - 1, 2**253, 2**256 - 1]
)
def test_wrong_scalars(scalar: int) -> None:
    assert check_signed(GOOD.signature[:32] + number(scalar), GOOD.key) == SIGNATURE


TORSION = {2: (0, CURVE25519_PRIME - 1), 4: (pow(2, (CURVE25519_PRIME - 1) // 4, CURVE25519_PRIME), 0)}
"""A point of order 2 and one of order 4."""


@pytest.mark.parametrize("order", TORSION)
def test_keys_with_a_part_of_small_order(order: int) -> None:
    """The equation is checked without the cofactor: it holds if the challenge is a multiple of the order."""
    secret, nonce = 0xC0FFEE, 0x123456789
    key, commitment = edwards(secret, TORSION[order]), edwards(nonce)
    codes = set()
    for each in range(24):
        message = bytes([each])
        digest = hashlib.sha512(commitment + key + message).digest()
        challenge = int.from_bytes(digest, "little") % CURVE25519_ORDER
        scalar = (nonce + challenge * secret) % CURVE25519_ORDER
        code = check_signed(commitment + number(scalar), key, message)
        assert code == (None if challenge % order == 0 else SIGNATURE)
        codes.add(code)
    assert codes == {None, SIGNATURE}


def test_every_changed_bit() -> None:
    """Of the signature and the key. A bit of the key may leave no point."""
    program, data = ED25519.call(GOOD)
    start = ED25519.start(1)
    for bit in range(8 * 96):
        changed = bytearray(data)
        changed[start + bit // 8] ^= 1 << bit % 8
        assert check((program, bytes(changed))) in ((SIGNATURE,) if bit < 512 else (SIGNATURE, PUBLIC_KEY))
