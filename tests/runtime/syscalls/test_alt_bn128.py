"""sol_alt_bn128_group_op and sol_alt_bn128_compression, in both byte orders.

See also test_cryptographic_calls.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from solproof.runtime.execution_input import Parameters
from solproof.runtime.features import MAINNET, FeatureSet
from tests.support.cryptographic_calls import bn254, bn254_compressed, scalar
from tests.support.elliptic_curves import (
    BN254_G1,
    BN254_G2,
    BN254_ORDER,
    BN254_PRIME,
    Element,
    Point,
    add,
    multiply,
    negate,
)
from tests.support.syscall_harness import ACCOUNT_DATA, HEAP, MASK, check, failure, revealed

ORDER, PRIME = BN254_ORDER, BN254_PRIME
RESULT = HEAP + 0x400
GENERATORS = {1: BN254_G1, 2: BN254_G2}
SUM = {1: 0, 2: 4}
PRODUCT = {1: 2, 2: 6}
PAIRING = 3
COMPRESS = {1: 0, 2: 2}
DECOMPRESS = {1: 1, 2: 3}
GROUP_COSTS = {0: 334, 2: 3_840, 4: 535, 6: 15_670}
COMPRESSION_COSTS = {0: 130, 1: 498, 2: 186, 3: 13_710}
INVALID_ATTRIBUTE = ("InvalidAttribute", "InvalidAttribute")
both_formats = pytest.mark.parametrize("version", [0, 3])
both_groups = pytest.mark.parametrize("group", [1, 2], ids=["G1", "G2"])
both_orders = pytest.mark.parametrize("big_endian", [True, False], ids=["big", "little"])


def run(
    name: str, code: int, content: bytes, length: int, *, big_endian: bool, version: int = 0
) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM. The operands are an account's data."""
    arguments = (code if big_endian else code | 0x80, ACCOUNT_DATA, len(content), RESULT)
    memory = {RESULT: b"\xee" * (length + 8)}
    execution = check(name, arguments, memory, (RESULT, length + 8), version=version, data=content)
    answer = revealed(execution)
    assert answer[length:] == b"\xee" * 8
    assert (answer[:length] == b"\xee" * length) == (execution.run.r0 == 1)
    if name == "sol_alt_bn128_compression":
        cost = COMPRESSION_COSTS[code]
    elif code == PAIRING:
        cost = 36_364 + 12_121 * max(len(content) // 192 - 1, 0) + 85 + len(content) + 32
    else:
        cost = GROUP_COSTS[code]
    assert execution.run.trace.events[0].compute_units == cost
    return execution.run.r0, answer[:length]


def operate(code: int, content: bytes, *, big_endian: bool, version: int = 0) -> tuple[int, bytes]:
    """Run a group operation."""
    length = {PAIRING: 32, 4: 128, 6: 128}.get(code, 64)
    return run("sol_alt_bn128_group_op", code, content, length, big_endian=big_endian, version=version)


def compression(code: int, content: bytes, *, big_endian: bool, version: int = 0) -> tuple[int, bytes]:
    """Run a compression or a decompression."""
    length = (32, 64, 64, 128)[code]
    return run("sol_alt_bn128_compression", code, content, length, big_endian=big_endian, version=version)


def encode(point: Point, group: int, *, big_endian: bool) -> bytes:
    """A point as syscalls take it. The point at infinity has zeros."""
    return bn254(point, big_endian=big_endian) if point else bytes(64 * group)


def outside_the_subgroup() -> Point:
    """A point of G2's curve, y² = x³ + 3 / (9 + i), that does not have the group's order."""
    constant = Element(PRIME, (3, 0)) * Element(PRIME, (9, 1)).inverse()
    half = pow(2, -1, PRIME)
    for start in range(1, 100):
        x = Element(PRIME, (start, 0))
        square = x * x * x + constant
        a, b = square.numbers
        norm = pow(a * a + b * b, (PRIME + 1) // 4, PRIME)
        for sign in (1, -1):
            real = pow((a + sign * norm) * half % PRIME, (PRIME + 1) // 4, PRIME)
            y = Element(PRIME, (real, b * half * pow(real, -1, PRIME) % PRIME))
            if y * y == square:
                return x, y
    raise AssertionError("no point found")


OUTSIDE = outside_the_subgroup()


def numbers(*values: int, big_endian: bool) -> bytes:
    """Numbers of 32 bytes each, without any check."""
    return b"".join(value.to_bytes(32, "big" if big_endian else "little") for value in values)


def inputs(group: int, *, big_endian: bool) -> Iterator[tuple[str, bytes, bool | None]]:
    """A title, a point's bytes, and whether it is in the group (None: only on the curve)."""
    generator = GENERATORS[group]
    for factor in (1, 2, 77, ORDER - 1):
        yield f"{factor} G", encode(multiply(factor, generator), group, big_endian=big_endian), True
    yield "infinity", bytes(64 * group), True
    if group == 2:
        yield "outside the subgroup", encode(OUTSIDE, 2, big_endian=big_endian), None
    yield "not on the curve", numbers(*range(1, 2 * group), 99, big_endian=big_endian), False
    for place in range(2 * group):
        values = [0] * (2 * group)
        values[place] = PRIME
        yield f"number {place} is the prime", numbers(*values, big_endian=big_endian), False
        values[place] = PRIME - 1
        yield f"number {place} is the greatest", numbers(*values, big_endian=big_endian), False
    one = encode(generator, group, big_endian=big_endian)
    yield "ones", b"\xff" * len(one), False
    yield "G mirrored", one[::-1], False
    # The library takes flags in the highest bits of the last number.
    highest = len(one) // 2 if big_endian else len(one) - 1
    for flags in (0x40, 0x80, 0xC0):
        for title, content in (("G", one), ("zeros", bytes(len(one)))):
            changed = bytearray(content)
            changed[highest] |= flags
            yield f"{title} with flags {flags:#x}", bytes(changed), None


ALL_INPUTS = [
    pytest.param(group, big_endian, *case, id=f"G{group}-{'big' if big_endian else 'little'}-{title}")
    for group in (1, 2)
    for big_endian in (True, False)
    for title, *case in inputs(group, big_endian=big_endian)
]


@both_formats
@pytest.mark.parametrize(("group", "big_endian", "content", "good"), ALL_INPUTS)
def test_points(group: int, big_endian: bool, content: bytes, good: bool | None, version: int) -> None:
    one = encode(GENERATORS[group], group, big_endian=big_endian)
    factor = scalar(3, big_endian=big_endian)
    results = {
        operate(code, operands, big_endian=big_endian, version=version)[0]
        for code, operands in (
            (SUM[group], content + one),
            (SUM[group], one + content),
            (PRODUCT[group], content + factor),
        )
    }
    if good is not None:
        assert results == {0 if good else 1}
    # Compression is less strict: it takes any numbers below the prime.
    compression(COMPRESS[group], content, big_endian=big_endian, version=version)

    pair = [encode(BN254_G1, 1, big_endian=big_endian), encode(BN254_G2, 2, big_endian=big_endian)]
    pair[group - 1] = content
    result, answer = operate(PAIRING, b"".join(pair), big_endian=big_endian, version=version)
    if good is not None:
        assert result == (0 if good else 1)
    if good:
        assert answer == scalar(int(not any(content)), big_endian=big_endian)


def test_sums_take_points_outside_the_subgroup_and_products_do_not() -> None:
    for big_endian in (True, False):
        content = encode(OUTSIDE, 2, big_endian=big_endian)
        expected = encode(multiply(2, OUTSIDE), 2, big_endian=big_endian)
        assert operate(4, content * 2, big_endian=big_endian) == (0, expected)
        factor = scalar(2, big_endian=big_endian)
        assert operate(6, content + factor, big_endian=big_endian)[0] == 1
        pair = encode(BN254_G1, 1, big_endian=big_endian) + content
        assert operate(PAIRING, pair, big_endian=big_endian)[0] == 1


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("left", [0, 1, 2, 5, ORDER - 1])
@pytest.mark.parametrize("right", [0, 1, 2, ORDER - 2, ORDER - 1])
def test_sums(group: int, left: int, right: int, big_endian: bool, version: int) -> None:
    generator = GENERATORS[group]
    first, second = multiply(left, generator), multiply(right, generator)
    operands = encode(first, group, big_endian=big_endian) + encode(second, group, big_endian=big_endian)
    expected = encode(add(first, second), group, big_endian=big_endian)
    assert operate(SUM[group], operands, big_endian=big_endian, version=version) == (0, expected)


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize(
    "factor", [0, 1, 2, 3, 2**64 + 1, ORDER - 1, ORDER, ORDER + 1, 2 * ORDER + 7, 2**255, 2**256 - 1]
)
def test_products(group: int, factor: int, big_endian: bool, version: int) -> None:
    """A factor may be any number of 32 bytes."""
    for point in (GENERATORS[group], multiply(7, GENERATORS[group]), None):
        content = encode(point, group, big_endian=big_endian) + scalar(factor, big_endian=big_endian)
        expected = encode(multiply(factor, point), group, big_endian=big_endian)
        assert operate(PRODUCT[group], content, big_endian=big_endian, version=version) == (0, expected)


def test_ethereum_vector() -> None:
    """2 G, as in the tests of EIP-196."""
    expected = bytes.fromhex(
        "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
    )
    assert operate(0, numbers(1, 2, 1, 2, big_endian=True), big_endian=True) == (0, expected)
    assert operate(2, numbers(1, 2, 2, big_endian=True), big_endian=True) == (0, expected)


LENGTHS = [0, 1, 31, 32, 63, 64, 65, 95, 96, 97, 127, 128, 129, 159, 160, 161, 192, 255, 256, 257, 300, 1000]


@both_formats
@both_orders
@pytest.mark.parametrize("code", [0, 2, 4, 6])
@pytest.mark.parametrize("length", LENGTHS)
def test_lengths_of_operands(code: int, length: int, big_endian: bool, version: int) -> None:
    """In G1 and big-endian, missing bytes are zeros. Otherwise, the length must be exact."""
    group = 1 if code in {SUM[1], PRODUCT[1]} else 2
    one = encode(GENERATORS[group], group, big_endian=big_endian)
    whole = {0: 128, 2: 96, 4: 256, 6: 160}[code]
    content = (one * 20)[:length]
    result, _ = operate(code, content, big_endian=big_endian, version=version)
    if length > whole or (length < whole and (group == 2 or not big_endian)):
        assert result == 1
    elif length in {0, 64, whole}:
        assert result == 0


@both_formats
@both_orders
@pytest.mark.parametrize("code", range(4))
@pytest.mark.parametrize("length", LENGTHS)
def test_lengths_of_points_to_compress(code: int, length: int, big_endian: bool, version: int) -> None:
    whole = (64, 32, 128, 64)[code]
    result, _ = compression(code, bytes(length), big_endian=big_endian, version=version)
    assert result == (0 if length == whole else 1)


@both_formats
@both_orders
@pytest.mark.parametrize("length", [0, 1, 64, 191, 192, 193, 383, 384, 400, 576, 960])
def test_lengths_of_pairs(length: int, big_endian: bool, version: int) -> None:
    pair = encode(None, 1, big_endian=big_endian) + encode(BN254_G2, 2, big_endian=big_endian)
    result, answer = operate(PAIRING, (pair * 5)[:length], big_endian=big_endian, version=version)
    assert result == (0 if length % 192 == 0 else 1)
    if result == 0:
        assert answer == scalar(1, big_endian=big_endian)


@both_formats
@both_orders
@pytest.mark.parametrize(
    ("pairs", "is_one"),
    [
        ([(1, 1)], False),
        ([(1, 1), (ORDER - 1, 1)], True),
        ([(1, 1), (1, ORDER - 1)], True),
        ([(1, 1), (1, 1)], False),
        ([(2, 3), (ORDER - 6, 1)], True),
        ([(2, 3), (ORDER - 5, 1)], False),
        ([(2, 3), (4, 5), (ORDER - 26, 1)], True),
        ([(0, 3), (3, 0)], True),
        ([(0, 3), (3, 1)], False),
    ],
)
def test_pairings(pairs: list[tuple[int, int]], is_one: bool, big_endian: bool, version: int) -> None:
    content = b"".join(
        encode(multiply(first, BN254_G1), 1, big_endian=big_endian)
        + encode(multiply(second, BN254_G2), 2, big_endian=big_endian)
        for first, second in pairs
    )
    answer = operate(PAIRING, content, big_endian=big_endian, version=version)
    assert answer == (0, scalar(int(is_one), big_endian=big_endian))


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5, 1000, ORDER - 1, ORDER - 2])
def test_compression_and_back(group: int, factor: int, big_endian: bool, version: int) -> None:
    point = multiply(factor, GENERATORS[group])
    for form in (point, negate(point)):
        whole = encode(form, group, big_endian=big_endian)
        short = bn254_compressed(form, big_endian=big_endian)
        result = compression(COMPRESS[group], whole, big_endian=big_endian, version=version)
        assert result == (0, short)
        assert compression(DECOMPRESS[group], short, big_endian=big_endian, version=version) == (0, whole)


@both_formats
@both_groups
@both_orders
def test_compressed_points_that_are_none(group: int, big_endian: bool, version: int) -> None:
    highest = 0 if big_endian else 32 * group - 1
    for value in (0, 1, 2, 3, 4, 5, PRIME - 1, PRIME, PRIME + 1, 2**254 - 1, 2**256 - 1):
        for flags in (0, 0x40, 0x80, 0xC0):
            content = bytearray(numbers(*[value] * group, big_endian=big_endian))
            content[highest] |= flags
            result, _ = compression(DECOMPRESS[group], bytes(content), big_endian=big_endian, version=version)
            if value > PRIME - 1:
                assert result == 1


@both_formats
@pytest.mark.parametrize("code", [1, 5, 7, 8, 0x7F, 0x81, 0x85, 0x87, 0x88, 0x100, 0x103, 2**32, MASK])
def test_unknown_group_operations(code: int, version: int) -> None:
    execution = check("sol_alt_bn128_group_op", (code, 0, 0, 0), version=version)
    assert failure(execution) == INVALID_ATTRIBUTE
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@pytest.mark.parametrize("code", [4, 5, 0x7F, 0x84, 0x85, 0x100, 0x103, 0x180, 2**32, MASK])
def test_unknown_compressions(code: int, version: int) -> None:
    execution = check("sol_alt_bn128_compression", (code, 0, 0, 0), version=version)
    assert failure(execution) == INVALID_ATTRIBUTE
    assert execution.run.trace.events[0].compute_units == 0


FEATURE_SETS = [
    MAINNET,
    MAINNET.changed(deactivate=["alt_bn128_little_endian"]),
    MAINNET.changed(deactivate=["enable_alt_bn128_g2_syscalls"]),
    MAINNET.changed(deactivate=["alt_bn128_little_endian", "enable_alt_bn128_g2_syscalls"]),
]


@both_formats
@pytest.mark.parametrize("features", FEATURE_SETS, ids=["both", "no little endian", "no G2", "neither"])
def test_features(features: FeatureSet, version: int) -> None:
    little_endian = "alt_bn128_little_endian" in features
    second_group = "enable_alt_bn128_g2_syscalls" in features
    parameters = Parameters(features=features)

    def works(name: str, code: int, content: bytes) -> bool:
        arguments = (code, ACCOUNT_DATA, len(content), RESULT)
        execution = check(name, arguments, {}, None, parameters, version=version, data=content)
        if execution.run.fault is None:
            assert execution.run.r0 == 0
            return True
        assert failure(execution) == INVALID_ATTRIBUTE
        assert execution.run.trace.events[0].compute_units == 0
        return False

    group_operations = {0: 128, 2: 96, 3: 192, 4: 256, 6: 160}
    for code, length in group_operations.items():
        g2 = code in {4, 6}
        assert works("sol_alt_bn128_group_op", code, bytes(length)) == (second_group or not g2)
        # The feature for G2 enabled both byte orders at once.
        allowed = second_group if g2 else little_endian
        assert works("sol_alt_bn128_group_op", code | 0x80, bytes(length)) == allowed
    for code, length in enumerate((64, 32, 128, 64)):
        assert works("sol_alt_bn128_compression", code, bytes(length))
        assert works("sol_alt_bn128_compression", code | 0x80, bytes(length)) == little_endian


@both_formats
@pytest.mark.parametrize(
    ("name", "code"),
    [("sol_alt_bn128_group_op", 0), ("sol_alt_bn128_group_op", 6), ("sol_alt_bn128_compression", 1)],
)
def test_long_operands_are_no_words_of_the_proof(name: str, code: int, version: int) -> None:
    """Long operands are checked, but refused and not read, because the program does not pay for them."""
    execution = check(name, (code, HEAP, 0x8000, RESULT), version=version)
    assert (execution.run.fault, execution.run.r0) == (None, 1)
    assert execution.run.trace.events[0].words == ()
    execution = check(name, (code, HEAP, 0x8001, RESULT), version=version)
    assert failure(execution)[1] == "Access violation in heap section at address 0x300000000 of size 32769"
    execution = check(name, (code, HEAP, 2**63, RESULT), version=version)
    assert failure(execution) == ("InvalidLength", "InvalidLength")


@both_formats
@pytest.mark.parametrize("length", [2**21, 2**40, 2**63, MASK])
def test_pairs_that_no_budget_pays(length: int, version: int) -> None:
    execution = check("sol_alt_bn128_group_op", (PAIRING, 0, length, 0), version=version)
    assert failure(execution)[0] == "ComputationalBudgetExceeded"


@both_formats
def test_nothing_to_read(version: int) -> None:
    """The sum of no operands is 0. Only the address of the result is checked."""
    assert check("sol_alt_bn128_group_op", (0, MASK, 0, RESULT), version=version).output.success
    assert check("sol_alt_bn128_group_op", (PAIRING, MASK, 0, RESULT), version=version).output.success
    execution = check("sol_alt_bn128_group_op", (0, MASK, 0, 2**40), version=version)
    assert failure(execution)[1] == "Access violation in unknown section at address 0x10000000000 of size 64"
