"""The curve syscalls on BLS12-381, in both byte orders: points, sums, products, decompression, pairings.

See also test_cryptographic_calls.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from solproof.runtime.execution_input import Parameters
from solproof.runtime.features import MAINNET
from tests.support.cryptographic_calls import bls12_381, bls12_381_compressed, scalar
from tests.support.elliptic_curves import (
    BLS12_381_G1,
    BLS12_381_G2,
    BLS12_381_ORDER,
    BLS12_381_PRIME,
    Element,
    Point,
    add,
    multiply,
    negate,
)
from tests.support.syscall_harness import ACCOUNT_DATA, HEAP, MASK, check, failure, revealed

ORDER, PRIME = BLS12_381_ORDER, BLS12_381_PRIME
LEFT, RIGHT, RESULT = HEAP, HEAP + 0x100, HEAP + 0x200
GENERATORS = {1: BLS12_381_G1, 2: BLS12_381_G2}
UNAVAILABLE = MAINNET.changed(deactivate=["enable_bls12_381_syscall"])
INVALID_ATTRIBUTE = ("InvalidAttribute", "InvalidAttribute")
both_formats = pytest.mark.parametrize("version", [0, 3])
both_groups = pytest.mark.parametrize("group", [1, 2], ids=["G1", "G2"])
both_orders = pytest.mark.parametrize("big_endian", [True, False], ids=["big", "little"])


def curve(group: int, *, big_endian: bool) -> int:
    """The number of a group."""
    return (4 + group) | (0x80 if big_endian else 0)


def flagged(content: bytes, flags: int, *, big_endian: bool) -> bytes:
    """The point with flags set: in the first byte, or in the last byte of the first coordinate."""
    changed = bytearray(content)
    changed[0 if big_endian else len(content) // 2 - 1] |= flags
    return bytes(changed)


def outside_the_subgroup(group: int) -> Point:
    """A point of the curve y² = x³ + 4 (or 4 + 4i) that does not have the group's order."""
    for start in range(1, 100):
        if group == 1:
            x = Element(PRIME, (start,))
            square = x * x * x + Element(PRIME, (4,))
            y = Element(PRIME, (pow(square.numbers[0], (PRIME + 1) // 4, PRIME),))
        else:
            x = Element(PRIME, (start, 0))
            square = x * x * x + Element(PRIME, (4, 4))
            y = _root(square)
        if y * y == square:
            return x, y
    raise AssertionError("no point found")


def _root(square: Element) -> Element:
    """A square root of a + bi, if there is one, computed from the root of its norm."""
    a, b = square.numbers
    norm = pow(a * a + b * b, (PRIME + 1) // 4, PRIME)
    half = pow(2, -1, PRIME)
    for sign in (1, -1):
        real = pow((a + sign * norm) * half % PRIME, (PRIME + 1) // 4, PRIME)
        if real:
            root = Element(PRIME, (real, b * half * pow(real, -1, PRIME) % PRIME))
            if root * root == square:
                return root
    return Element(PRIME, (0, 0))


def of_coordinates(group: int, *numbers: int, big_endian: bool) -> bytes:
    """Numbers of 48 bytes each, without any check."""
    assert len(numbers) == 2 * group
    return b"".join(number.to_bytes(48, "big" if big_endian else "little") for number in numbers)


def inputs(group: int, *, big_endian: bool) -> Iterator[tuple[str, bytes, bool, bool]]:
    """A title, a point's bytes, whether they are on the curve, and whether they are in the group."""
    generator = GENERATORS[group]

    def encode(point: Point) -> bytes:
        return bls12_381(point, group, big_endian=big_endian)

    def number_bytes(*numbers: int) -> bytes:
        return of_coordinates(group, *numbers, big_endian=big_endian)

    for factor in (1, 2, 77, ORDER - 1):
        yield f"{factor} G", encode(multiply(factor, generator)), True, True
    yield "infinity", encode(None), True, True
    outside = outside_the_subgroup(group)
    yield "outside the subgroup", encode(outside), True, False
    yield "outside the subgroup, negative", encode(negate(outside)), True, False
    yield "infinity without its flag", bytes(96 * group), False, False
    one = encode(generator)
    for flags in (0x20, 0x40, 0x80, 0x60, 0xA0, 0xC0, 0xE0):
        yield f"G with flags {flags:#x}", flagged(one, flags, big_endian=big_endian), False, False
        if flags != 0x40:
            content = flagged(bytes(96 * group), flags, big_endian=big_endian)
            yield f"zeros with flags {flags:#x}", content, False, False
    yield (
        "infinity with a coordinate",
        flagged(number_bytes(*range(2 * group)), 0x40, big_endian=big_endian),
        False,
        False,
    )
    yield "not on the curve", number_bytes(*range(1, 2 * group + 1)), False, False
    for place in range(2 * group):
        numbers = [1] * (2 * group)
        numbers[place] = PRIME
        yield f"number {place} is the prime", number_bytes(*numbers), False, False
    yield "the greatest numbers", number_bytes(*[2**381 - 1] * (2 * group)), False, False
    yield "ones", b"\xff" * 96 * group, False, False
    yield "G mirrored", one[::-1], False, False
    # A number that is equal to the generator's, but not canonical.
    x = generator[0].numbers[0] if generator else 0
    if x + PRIME < 2**381:
        changed = one.replace(
            x.to_bytes(48, "big" if big_endian else "little"),
            (x + PRIME).to_bytes(48, "big" if big_endian else "little"),
        )
        yield "G plus the prime", changed, False, False


ALL_INPUTS = [
    pytest.param(group, big_endian, *case, id=f"G{group}-{'big' if big_endian else 'little'}-{title}")
    for group in (1, 2)
    for big_endian in (True, False)
    for title, *case in inputs(group, big_endian=big_endian)
]


@both_formats
@pytest.mark.parametrize(("group", "big_endian", "content", "on_curve", "in_group"), ALL_INPUTS)
def test_points(
    group: int, big_endian: bool, content: bytes, on_curve: bool, in_group: bool, version: int
) -> None:
    number = curve(group, big_endian=big_endian)
    execution = check("sol_curve_validate_point", (number, LEFT), {LEFT: content}, version=version)
    assert execution.run.r0 == (0 if in_group else 1)

    # Sums take any point of the curve, but products only points of the group.
    other = bls12_381(GENERATORS[group], group, big_endian=big_endian)
    for operation in (0, 1):
        for operands in ((content, other), (other, content)):
            assert operate(group, operation, *operands, big_endian=big_endian)[0] == (0 if on_curve else 1)
    factor = scalar(3, big_endian=big_endian)
    assert operate(group, 2, factor, content, big_endian=big_endian)[0] == (0 if in_group else 1)


def operate(
    group: int, operation: int, left: bytes, right: bytes, *, big_endian: bool, version: int = 0
) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM."""
    length = 96 * group
    memory = {LEFT: left, RIGHT: right, RESULT: b"\xee" * length}
    arguments = (curve(group, big_endian=big_endian), operation, LEFT, RIGHT, RESULT)
    execution = check("sol_curve_group_op", arguments, memory, (RESULT, length), version=version)
    content = revealed(execution)
    assert (content == b"\xee" * length) == (execution.run.r0 == 1)
    return execution.run.r0, content


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("left", [None, 1, 2, 5, ORDER - 1, ORDER - 2, "outside"])
@pytest.mark.parametrize("right", [None, 1, 2, ORDER - 1, "outside"])
def test_sums_and_differences(
    group: int, left: int | str | None, right: int | str | None, big_endian: bool, version: int
) -> None:
    def point(which: int | str | None) -> Point:
        if isinstance(which, str):
            return outside_the_subgroup(group)
        return None if which is None else multiply(which, GENERATORS[group])

    first, second = point(left), point(right)
    operands = [bls12_381(operand, group, big_endian=big_endian) for operand in (first, second)]
    for operation, expected in ((0, add(first, second)), (1, add(first, negate(second)))):
        result = operate(group, operation, *operands, big_endian=big_endian, version=version)
        assert result == (0, bls12_381(expected, group, big_endian=big_endian))


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("factor", [0, 1, 2, 3, 2**64 + 1, ORDER // 2, ORDER - 1])
def test_products(group: int, factor: int, big_endian: bool, version: int) -> None:
    left = scalar(factor, big_endian=big_endian)
    for point in (GENERATORS[group], multiply(7, GENERATORS[group]), None):
        operand = bls12_381(point, group, big_endian=big_endian)
        result = operate(group, 2, left, operand, big_endian=big_endian, version=version)
        assert result == (0, bls12_381(multiply(factor, point), group, big_endian=big_endian))


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("factor", [ORDER, ORDER + 1, 2 * ORDER, 2**255, 2**256 - 1])
def test_factors_that_are_not_canonical(group: int, factor: int, big_endian: bool, version: int) -> None:
    operand = bls12_381(GENERATORS[group], group, big_endian=big_endian)
    left = scalar(factor, big_endian=big_endian)
    assert operate(group, 2, left, operand, big_endian=big_endian, version=version)[0] == 1


@both_formats
@both_groups
@both_orders
@pytest.mark.parametrize("operation", [3, 4, 0x80, 2**32, MASK])
def test_unknown_operations(group: int, operation: int, big_endian: bool, version: int) -> None:
    """They fail with and without `abort_on_invalid_curve`."""
    for features in (MAINNET, MAINNET.changed(deactivate=["abort_on_invalid_curve"])):
        arguments = (curve(group, big_endian=big_endian), operation, 0, 0, 0)
        parameters = Parameters(features=features)
        execution = check("sol_curve_group_op", arguments, {}, None, parameters, version=version)
        assert failure(execution) == INVALID_ATTRIBUTE
        assert execution.run.trace.events[0].compute_units == 0


@both_formats
@both_orders
@pytest.mark.parametrize("lenient", [True, False])
def test_without_the_feature(big_endian: bool, lenient: bool, version: int) -> None:
    features = UNAVAILABLE.changed(deactivate=["abort_on_invalid_curve"]) if lenient else UNAVAILABLE
    parameters = Parameters(features=features)
    for group in (1, 2):
        number = curve(group, big_endian=big_endian)
        for name in ("sol_curve_validate_point", "sol_curve_group_op"):
            execution = check(name, (number, 0, 0, 0, 0), {}, None, parameters, version=version)
            assert failure(execution) == INVALID_ATTRIBUTE
        for name in ("sol_curve_decompress", "sol_curve_pairing_map"):
            execution = check(name, (number, 0, 0, 0, 0), {}, None, parameters, version=version)
            assert failure(execution)[0] == "UnsupportedInstruction"
    content = {HEAP: b"\1" + bytes(31)}
    for number in (0, 1):
        execution = check(
            "sol_curve_validate_point", (number, HEAP), content, None, parameters, version=version
        )
        assert execution.run.fault is None


# DECOMPRESSION


def compressed_inputs(group: int, *, big_endian: bool) -> Iterator[tuple[str, bytes, Point, bool]]:
    """A title, a compressed point, the point, and whether it is valid."""
    generator = GENERATORS[group]

    def encode(point: Point) -> bytes:
        return bls12_381_compressed(point, group, big_endian=big_endian)

    def without(content: bytes, flags: int) -> bytes:
        changed = bytearray(content)
        changed[0 if big_endian else -1] &= ~flags
        return bytes(changed)

    def with_flags(content: bytes, flags: int) -> bytes:
        changed = bytearray(content)
        changed[0 if big_endian else -1] |= flags
        return bytes(changed)

    for factor in (1, 2, 3, 4, 5, 1000, ORDER - 1):
        point = multiply(factor, generator)
        yield f"{factor} G", encode(point), point, True
    yield "infinity", encode(None), None, True
    yield "outside the subgroup", encode(outside_the_subgroup(group)), None, False
    one = encode(generator)
    yield "no flag", without(one, 0x80), None, False
    yield "infinity flag", with_flags(one, 0x40), None, False
    yield "infinity and sign", with_flags(encode(None), 0x20), None, False
    yield "infinity without compression", without(encode(None), 0x80), None, False
    yield "zeros", bytes(48 * group), None, False
    yield "only compressed", with_flags(bytes(48 * group), 0x80), None, False
    yield "ones", b"\xff" * 48 * group, None, False
    order = "big" if big_endian else "little"
    for number in (PRIME, PRIME + 1, 2**381 - 1):
        content = number.to_bytes(48, "big" if order == "big" else "little") * group
        yield f"first coordinate {number - PRIME} above the prime", with_flags(content, 0x80), None, False


ALL_COMPRESSED = [
    pytest.param(group, big_endian, *case, id=f"G{group}-{'big' if big_endian else 'little'}-{title}")
    for group in (1, 2)
    for big_endian in (True, False)
    for title, *case in compressed_inputs(group, big_endian=big_endian)
]


@both_formats
@pytest.mark.parametrize(("group", "big_endian", "content", "point", "good"), ALL_COMPRESSED)
def test_decompression(
    group: int, big_endian: bool, content: bytes, point: Point, good: bool, version: int
) -> None:
    length = 96 * group
    arguments = (curve(group, big_endian=big_endian), LEFT, RESULT)
    memory = {LEFT: content, RESULT: b"\xee" * length}
    execution = check("sol_curve_decompress", arguments, memory, (RESULT, length), version=version)
    expected = bls12_381(point, group, big_endian=big_endian) if good else b"\xee" * length
    assert (execution.run.r0, revealed(execution)) == (0 if good else 1, expected)
    if not good:
        # The memory of the result is not checked.
        arguments = (*arguments[:2], 2**40)
        assert check("sol_curve_decompress", arguments, memory, version=version).run.r0 == 1


OTHER_CURVES = [0, 1, 2, 3, 7, 0x80, 0x81, 2**8 | 5, 2**32, MASK]


@both_formats
@pytest.mark.parametrize("number", [*OTHER_CURVES, 4, 0x84])
def test_no_decompression_on_other_curves(number: int, version: int) -> None:
    execution = check("sol_curve_decompress", (number, 0, 0), version=version)
    assert failure(execution) == INVALID_ATTRIBUTE
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@pytest.mark.parametrize("number", [*OTHER_CURVES, 5, 6, 0x85, 0x86])
def test_no_pairing_on_other_curves(number: int, version: int) -> None:
    execution = check("sol_curve_pairing_map", (number, 0, 0, 0, 0), version=version)
    assert failure(execution) == INVALID_ATTRIBUTE
    assert execution.run.trace.events[0].compute_units == 0


# PAIRINGS


def pair(
    pairs: list[tuple[bytes, bytes]], *, big_endian: bool, version: int = 0, result: int = RESULT
) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM. The points are an account's data."""
    data = b"".join(first for first, _ in pairs) + b"".join(second for _, second in pairs)
    arguments = (
        0x84 if big_endian else 4,
        len(pairs),
        ACCOUNT_DATA,
        ACCOUNT_DATA + sum(len(first) for first, _ in pairs),
        result,
    )
    memory = {RESULT: b"\xee" * 576}
    execution = check("sol_curve_pairing_map", arguments, memory, (RESULT, 576), version=version, data=data)
    assert execution.run.trace.events[0].compute_units == 25_445 + 13_023 * max(len(pairs) - 1, 0)
    return execution.run.r0, revealed(execution)


def encoded(first: int, second: int, *, big_endian: bool) -> tuple[bytes, bytes]:
    """Multiples of the generators. A factor of 0 gives the point at infinity."""
    return (
        bls12_381(multiply(first, BLS12_381_G1), 1, big_endian=big_endian),
        bls12_381(multiply(second, BLS12_381_G2), 2, big_endian=big_endian),
    )


@both_formats
@both_orders
def test_pairings_are_bilinear(big_endian: bool, version: int) -> None:
    def product(*pairs: tuple[int, int]) -> bytes:
        result, content = pair(
            [encoded(*factors, big_endian=big_endian) for factors in pairs],
            big_endian=big_endian,
            version=version,
        )
        assert result == 0
        return content

    one = bytes(575) + b"\1" if big_endian else b"\1" + bytes(575)
    assert product() == one
    assert product((0, 5)) == product((7, 0)) == product((0, 0)) == one
    assert product((2, 3)) == product((6, 1)) == product((1, 6)) == product((1, 5), (1, 1))
    assert product((2, 3), (ORDER - 6, 1)) == one
    assert product((2, 3), (0, 4)) == product((2, 3))
    assert product((1, 1)) != product((1, 2))
    assert product(*[(1, 1)] * 8) == product((8, 1))


@both_formats
@both_orders
@pytest.mark.parametrize("count", [9, 10, 20])
def test_more_than_eight_pairs(count: int, big_endian: bool, version: int) -> None:
    pairs = [encoded(1, 1, big_endian=big_endian)] * count
    assert pair(pairs, big_endian=big_endian, version=version) == (1, b"\xee" * 576)


@pytest.mark.parametrize(("group", "big_endian", "content", "on_curve", "in_group"), ALL_INPUTS)
def test_pairings_of_any_points(
    group: int, big_endian: bool, content: bytes, on_curve: bool, in_group: bool
) -> None:
    good = encoded(3, 5, big_endian=big_endian)
    changed = (content, good[1]) if group == 1 else (good[0], content)
    for pairs in ([changed], [good, changed], [changed, good]):
        assert pair(pairs, big_endian=big_endian)[0] == (0 if in_group else 1)


@both_formats
@pytest.mark.parametrize("count", [200, 2**32, 2**63, MASK])
def test_more_pairs_than_any_budget_pays(count: int, version: int) -> None:
    execution = check("sol_curve_pairing_map", (4, count, 0, 0, 0), version=version)
    assert failure(execution)[0] == "ComputationalBudgetExceeded"


@both_formats
def test_no_pairs_look_only_at_the_result(version: int) -> None:
    assert check("sol_curve_pairing_map", (4, 0, MASK, MASK, RESULT), version=version).output.success
    execution = check("sol_curve_pairing_map", (4, 0, MASK, MASK, 2**40), version=version)
    assert failure(execution)[1] == (
        "Access violation in unknown section at address 0x10000000000 of size 576"
    )
