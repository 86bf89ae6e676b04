"""The secp256k1 precompile, compared with LiteSVM."""

from __future__ import annotations

import pytest

from solproof._native import primitives
from solproof.runtime.builtins.precompiles import PrecompileErrorCode
from tests.support.elliptic_curves import SECP256K1_GROUP, Point
from tests.support.precompiles import CARRIER, SECP256K1, Signed, check, ethereum_address, secp256k1_signed

RECOVERY_ID, SIGNATURE, OFFSETS, SIZE = (
    PrecompileErrorCode.INVALID_RECOVERY_ID,
    PrecompileErrorCode.INVALID_SIGNATURE,
    PrecompileErrorCode.INVALID_DATA_OFFSETS,
    PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE,
)
MESSAGE = b"a message"
DIGEST = primitives.keccak256(MESSAGE)
GOOD = secp256k1_signed(MESSAGE)
ORDER = SECP256K1_GROUP.order
FAR = 0xFFFF


def number(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def check_signed(signature: bytes, address: bytes, message: bytes = MESSAGE) -> int | None:
    """The code for one signature with its recovery id, which its own instruction holds."""
    return check(SECP256K1.call(Signed(signature, address, message)))


# VALID ONES


@pytest.mark.parametrize("length", [0, 1, 32, 1000])
@pytest.mark.parametrize("key", [1, 2, 0xDEADBEEF, ORDER // 2, ORDER - 1])
@pytest.mark.parametrize("nonce", [1, 3, 0x1234_5678_9ABC_DEF0_1234, ORDER - 2])
def test_a_signature(length: int, key: int, nonce: int) -> None:
    assert check(SECP256K1.call(secp256k1_signed(bytes(length), key, nonce))) is None


@pytest.mark.parametrize("count", [2, 3, 20, 255])
def test_several_signatures(count: int) -> None:
    """The parts may lie over each other: every entry names the same three."""
    start = SECP256K1.start(count)
    entry = (start, 0, start + 65, 0, start + 85, len(MESSAGE), 0)
    assert check((SECP256K1.program, SECP256K1.data([entry] * count, b"".join(GOOD.parts)))) is None


def test_every_signature_is_checked() -> None:
    signed = [secp256k1_signed(bytes([each]), each + 1) for each in range(4)]
    assert check(SECP256K1.call(*signed)) is None
    for position in range(4):
        wrong = list(signed)
        wrong[position] = Signed(signed[position].signature, signed[position].key, b"another")
        assert check(SECP256K1.call(*wrong)) == SIGNATURE


def test_parts_in_other_instructions() -> None:
    """Before and after this one, and in this one."""
    signature, address, message = GOOD.parts
    data = SECP256K1.data([(3, 0, SECP256K1.start(1), 1, 5, len(message), 2)], address)
    carriers = (CARRIER, b"abc" + signature), (CARRIER, b"defgh" + message)
    assert check(carriers[0], (SECP256K1.program, data), carriers[1]) is None


def test_no_number_stands_for_the_own_instruction() -> None:
    program, data = SECP256K1.call(GOOD)
    assert check((CARRIER, b""), (program, data)) == SIGNATURE
    for position, expected in ((2, SIZE), (5, OFFSETS), (10, OFFSETS)):
        entry = [12, 0, 77, 0, 97, len(MESSAGE), 0]
        entry[{2: 1, 5: 3, 10: 6}[position]] = 0xFF
        assert check((program, SECP256K1.data([entry], b"".join(GOOD.parts)))) == expected


# THE SIZE OF THE DATA


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", SIZE),
        (b"\0", None),
        (b"\0\0", SIZE),
        (b"\0" + bytes(11), SIZE),
        (b"\x01", SIZE),
        (b"\x01" + bytes(10), SIZE),
        (b"\x02" + bytes(21), SIZE),
        (b"\xff" + bytes(255 * 11 - 1), SIZE),
    ],
    ids=lambda value: value.hex()[:8] + f"x{len(value)}" if isinstance(value, bytes) else None,
)
def test_sizes(data: bytes, expected: int | None) -> None:
    assert check((SECP256K1.program, data)) == expected


def test_every_shorter_instruction() -> None:
    """A range that is not there has the code of a wrong signature here."""
    program, data = SECP256K1.call(GOOD)
    for length in range(len(data)):
        assert check((program, data[:length])) == (SIZE if length < 12 else SIGNATURE)


# OFFSETS


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        *((field, value, SIGNATURE) for field in (0, 2, 4, 5) for value in (86, 0x8000, FAR)),
        *((1, value, SIZE) for value in (2, 254, 255)),
        *((field, value, OFFSETS) for field in (3, 6) for value in (2, 254, 255)),
    ],
)
def test_each_field_out_of_range(field: int, value: int, expected: int) -> None:
    """The parts are in instruction 1."""
    entry = [0, 1, 65, 1, 85, len(MESSAGE), 1]
    entry[field] = value
    carrier = CARRIER, b"".join(GOOD.parts)
    assert check((SECP256K1.program, SECP256K1.data([entry])), carrier) == expected


@pytest.mark.parametrize("field", [0, 2, 4, 5])
def test_one_byte_too_far(field: int) -> None:
    """Each part ends at the end of its own instruction. The recovery id belongs to the signature."""
    entry = [0, 1, 0, 2, 0, len(MESSAGE), 3]
    carriers = [(CARRIER, part) for part in GOOD.parts]
    assert check((SECP256K1.program, SECP256K1.data([entry])), *carriers) is None
    entry[field] += 1
    assert check((SECP256K1.program, SECP256K1.data([entry])), *carriers) == SIGNATURE


def test_a_signature_without_recovery_id() -> None:
    call = SECP256K1.program, SECP256K1.data([(0, 1, 0, 2, 0, len(MESSAGE), 3)])
    _, address, message = GOOD.parts
    assert check(call, (CARRIER, GOOD.signature[:64]), (CARRIER, address), (CARRIER, message)) == SIGNATURE


def test_the_order_of_the_checks() -> None:
    """Each of two faults alone has its code, and both together have the code of the first."""
    too_large = b"\xff" * 64
    parts = b"".join((too_large, b"\x04", GOOD.signature[:64], b"\x04", *GOOD.parts))
    gone = 9  # an instruction
    faults = {
        ((130, 1), 1, 1): None,
        ((130, gone), 1, 1): SIZE,
        ((130, 1), gone, 1): OFFSETS,
        ((130, 1), 1, gone): OFFSETS,
        ((0, 1), 1, 1): SIGNATURE,
        ((0, 1), gone, gone): SIGNATURE,
        ((65, 1), 1, 1): RECOVERY_ID,
        ((65, 1), gone, gone): RECOVERY_ID,
        ((FAR, 1), gone, gone): SIGNATURE,
        ((FAR, gone), gone, gone): SIZE,
    }
    for ((offset, signature), address, message), expected in faults.items():
        entry = (offset, signature, 195, address, 215, len(MESSAGE), message)
        assert check((SECP256K1.program, SECP256K1.data([entry])), (CARRIER, parts)) == expected


def test_a_range_of_the_address_before_the_instruction_of_the_message() -> None:
    carrier = CARRIER, b"".join(GOOD.parts)
    for address, message, expected in ((FAR, 9, SIGNATURE), (65, 9, OFFSETS), (FAR, 1, SIGNATURE)):
        entry = (0, 1, address, 1, 85, len(MESSAGE), message)
        assert check((SECP256K1.program, SECP256K1.data([entry])), carrier) == expected


# SIGNATURES


@pytest.mark.parametrize("recovery_id", [0, 1, 2, 3, 4, 27, 28, 127, 128, 255])
def test_recovery_ids(recovery_id: int) -> None:
    code = check_signed(GOOD.signature[:64] + bytes([recovery_id]), GOOD.key)
    own = GOOD.signature[64]
    assert code == (RECOVERY_ID if recovery_id > 3 else None if recovery_id == own else SIGNATURE)


def recovered_by(ephemeral: Point, s: int, recovery_id: int) -> int | None:
    """The code for the address that a signature with this ephemeral point is valid for."""
    signature, key = SECP256K1_GROUP.signer(DIGEST, ephemeral, s)
    return check_signed(signature + bytes([recovery_id]), ethereum_address(key))


@pytest.mark.parametrize("s", [1, 5, ORDER // 2, ORDER // 2 + 1, ORDER - 1])
def test_every_s_is_accepted(s: int) -> None:
    """Also high ones, unlike in secp256r1."""
    assert recovered_by(SECP256K1_GROUP.lift(1), s, 0) is None


def test_an_ephemeral_point_above_the_order() -> None:
    """Recovery ids 2 and 3 say that the x of the ephemeral point is r plus the order."""
    even = SECP256K1_GROUP.first_point_above_the_order()
    for each, wrong in ((2, 3), (2, 0), (2, 1)):
        assert recovered_by(even, 5, each) is None
        assert recovered_by(even, 5, wrong) == SIGNATURE
    odd = SECP256K1_GROUP.multiply(-1, even)
    assert recovered_by(odd, 5, 3) is None


@pytest.mark.parametrize("position", [0, 1], ids=["r", "s"])
@pytest.mark.parametrize("value", [0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1])
def test_wrong_numbers(position: int, value: int) -> None:
    halves = [GOOD.signature[:32], GOOD.signature[32:64]]
    halves[position] = number(value)
    signature = b"".join(halves)
    for recovery_id in range(4):
        assert check_signed(signature + bytes([recovery_id]), GOOD.key) == SIGNATURE
    # The numbers are compared with the order first, but only later is a zero refused.
    assert check_signed(signature + b"\x04", GOOD.key) == (SIGNATURE if value >= ORDER else RECOVERY_ID)


def test_a_key_at_infinity() -> None:
    """The two terms of the recovered key cancel each other."""
    generator = SECP256K1_GROUP.generator
    assert generator is not None
    (x,) = generator[0].numbers
    signature = number(x) + number(int.from_bytes(DIGEST, "big") % ORDER)
    for recovery_id in (0, 1):
        assert check_signed(signature + bytes([recovery_id]), GOOD.key) == SIGNATURE


def test_every_changed_bit() -> None:
    """Of the signature, the recovery id and the address."""
    program, data = SECP256K1.call(GOOD)
    start = SECP256K1.start(1)
    for bit in range(8 * 85):
        changed = bytearray(data)
        changed[start + bit // 8] ^= 1 << bit % 8
        code = check((program, bytes(changed)))
        assert code == (RECOVERY_ID if 64 <= bit // 8 < 65 and bit % 8 >= 2 else SIGNATURE)
