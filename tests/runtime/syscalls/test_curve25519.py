"""sol_curve_validate_point, sol_curve_group_op and sol_curve_multiscalar_mul on Curve25519.

The tests cover Edwards' curve, the Ristretto group, and unknown curves. See also test_cryptographic_calls.py.
"""

from __future__ import annotations

import pytest

from solproof._native import primitives
from solproof.runtime.execution_input import Parameters
from solproof.runtime.features import MAINNET
from tests.support.edwards_points import LOW_ORDER, NO_POINTS, NOT_CANONICAL, SIGN, number
from tests.support.elliptic_curves import CURVE25519_ORDER, CURVE25519_PRIME, RISTRETTO_MULTIPLES, edwards
from tests.support.syscall_harness import ACCOUNT_DATA, HEAP, MASK, check, failure, revealed

ORDER, PRIME = CURVE25519_ORDER, CURVE25519_PRIME
LEFT, RIGHT, RESULT = HEAP, HEAP + 64, HEAP + 128
UNTOUCHED = b"\xee" * 32
LENIENT = MAINNET.changed(deactivate=["abort_on_invalid_curve"])
INVALID_ATTRIBUTE = ("InvalidAttribute", "InvalidAttribute")
both_formats = pytest.mark.parametrize("version", [0, 3])
either_group = pytest.mark.parametrize("curve", [0, 1], ids=["edwards", "ristretto"])

MULTIPLES = (tuple(map(edwards, range(6))), RISTRETTO_MULTIPLES)
EDWARDS_INPUTS = [*MULTIPLES[0], *LOW_ORDER, *NOT_CANONICAL, *NO_POINTS]

# RFC 9496, appendix A.2: not canonical, negative, not a square, negative product, no second coordinate.
RISTRETTO_BAD = [
    bytes.fromhex(encoding)
    for encoding in (
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
]
RISTRETTO_INPUTS = [*RISTRETTO_MULTIPLES, *RISTRETTO_BAD, number(2), number(4), number(SIGN)]
INPUTS = (EDWARDS_INPUTS, RISTRETTO_INPUTS)


@both_formats
@pytest.mark.parametrize("point", EDWARDS_INPUTS, ids=bytes.hex)
def test_points_of_edwards_curve(point: bytes, version: int) -> None:
    execution = check("sol_curve_validate_point", (0, HEAP), {HEAP: point}, version=version)
    if point in NO_POINTS:
        assert execution.run.r0 == 1
    elif point in [*MULTIPLES[0], *LOW_ORDER]:
        assert execution.run.r0 == 0


@both_formats
@pytest.mark.parametrize("point", RISTRETTO_INPUTS, ids=bytes.hex)
def test_points_of_the_ristretto_group(point: bytes, version: int) -> None:
    execution = check("sol_curve_validate_point", (1, HEAP), {HEAP: point}, version=version)
    if point in RISTRETTO_BAD:
        assert execution.run.r0 == 1
    elif point in RISTRETTO_MULTIPLES:
        assert execution.run.r0 == 0


def operate(curve: int, operation: int, left: bytes, right: bytes, version: int = 0) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM."""
    memory = {LEFT: left, RIGHT: right, RESULT: UNTOUCHED}
    execution = check(
        "sol_curve_group_op", (curve, operation, LEFT, RIGHT, RESULT), memory, (RESULT, 32), version=version
    )
    return execution.run.r0, revealed(execution)


@both_formats
@either_group
@pytest.mark.parametrize("left", range(6))
@pytest.mark.parametrize("right", range(6))
def test_sums_and_differences(curve: int, left: int, right: int, version: int) -> None:
    multiples = MULTIPLES[curve]
    result, content = operate(curve, 0, multiples[left], multiples[right], version)
    assert result == 0
    if left + right < len(multiples):
        assert content == multiples[left + right]
    result, content = operate(curve, 1, multiples[left], multiples[right], version)
    assert result == 0
    if left >= right:
        assert content == multiples[left - right]
    elif curve == 0:
        negative = bytearray(multiples[right - left])
        negative[31] ^= 0x80
        assert content == negative


@either_group
@pytest.mark.parametrize("operation", [0, 1])
def test_any_operands_of_a_sum(curve: int, operation: int) -> None:
    for left in INPUTS[curve]:
        for right in INPUTS[curve][::2]:
            result, content = operate(curve, operation, left, right)
            assert (content == UNTOUCHED) == (result == 1)


@both_formats
@either_group
@pytest.mark.parametrize("factor", [0, 1, 2, 4, 5, 8, ORDER - 1, ORDER - 5, 2**252, 2**252 - 1])
def test_products(curve: int, factor: int, version: int) -> None:
    multiples = MULTIPLES[curve]
    result, content = operate(curve, 2, number(factor), multiples[1], version)
    assert result == 0
    if curve == 0:
        assert content == edwards(factor)
    elif factor < len(multiples):
        assert content == multiples[factor]


@both_formats
@either_group
@pytest.mark.parametrize("factor", [ORDER, ORDER + 1, 2 * ORDER, 2**253, 2**255, 2**256 - 1])
def test_factors_that_are_not_canonical(curve: int, factor: int, version: int) -> None:
    assert operate(curve, 2, number(factor), MULTIPLES[curve][1], version) == (1, UNTOUCHED)


@either_group
@pytest.mark.parametrize("factor", [0, 1, 8, 12345678901234567890, ORDER - 1, ORDER])
def test_products_with_any_point(curve: int, factor: int) -> None:
    for point in INPUTS[curve]:
        result, content = operate(curve, 2, number(factor), point)
        assert (content == UNTOUCHED) == (result == 1)


@both_formats
@pytest.mark.parametrize("features", [MAINNET, LENIENT], ids=["aborting", "lenient"])
@pytest.mark.parametrize("operation", [3, 4, 0x80, 2**32, MASK])
@pytest.mark.parametrize("curve", [0, 1])
def test_unknown_operations(curve: int, operation: int, features: object, version: int) -> None:
    parameters = Parameters(features=LENIENT if features is LENIENT else MAINNET)
    execution = check(
        "sol_curve_group_op", (curve, operation, 0, 0, 0), {}, None, parameters, version=version
    )
    assert execution.run.trace.events[0].compute_units == 0
    if features is LENIENT:
        assert (failure(execution)[0], execution.run.r0) == (None, 1)
    else:
        assert failure(execution) == INVALID_ATTRIBUTE


UNKNOWN_CURVES = [2, 3, 4, 7, 0x80, 0x81, 0x84, 2**8, 2**32, 2**63, MASK]


@both_formats
@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("curve", UNKNOWN_CURVES)
@pytest.mark.parametrize(
    "name", ["sol_curve_validate_point", "sol_curve_group_op", "sol_curve_multiscalar_mul"]
)
def test_unknown_curves(name: str, curve: int, lenient: bool, version: int) -> None:
    parameters = Parameters(features=LENIENT if lenient else MAINNET)
    execution = check(name, (curve, 0, 0, 0, 0), {}, None, parameters, version=version)
    assert execution.run.trace.events[0].compute_units == 0
    if lenient:
        assert (failure(execution)[0], execution.run.r0) == (None, 1)
    else:
        assert failure(execution) == INVALID_ATTRIBUTE


@both_formats
@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("curve", [5, 6, 0x85, 0x86])
def test_no_multiscalar_product_on_bls12_381(curve: int, lenient: bool, version: int) -> None:
    parameters = Parameters(features=LENIENT if lenient else MAINNET)
    execution = check("sol_curve_multiscalar_mul", (curve, 0, 0, 1, 0), {}, None, parameters, version=version)
    assert failure(execution)[0] == (None if lenient else "InvalidAttribute")


def total(curve: int, factors: list[int], points: list[bytes], version: int = 0) -> tuple[int, bytes]:
    """r0 and result of a multiscalar product, compared with LiteSVM. The operands are an account's data."""
    count = len(points)
    scalars = b"".join(map(number, factors))
    execution = check(
        "sol_curve_multiscalar_mul",
        (curve, ACCOUNT_DATA, ACCOUNT_DATA + len(scalars), count, RESULT),
        {RESULT: UNTOUCHED},
        (RESULT, 32),
        version=version,
        data=scalars + b"".join(points),
    )
    first, other = ((2_273, 758), (2_303, 788))[curve]
    assert execution.run.trace.events[0].compute_units == first + other * max(count - 1, 0)
    return execution.run.r0, revealed(execution)


@both_formats
@either_group
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 64, 189, 190, 191, 500, 512])
def test_multiscalar_products(curve: int, count: int, version: int) -> None:
    """For more than 190 points, the library uses another algorithm."""
    multiples = MULTIPLES[curve]
    factors = [pow(3, place, ORDER) for place in range(count)]
    places = [place % len(multiples) for place in range(count)]
    result, content = total(curve, factors, [multiples[place] for place in places], version)
    expected = sum(factor * place for factor, place in zip(factors, places, strict=True)) % ORDER
    assert (result, content) == operate(curve, 2, number(expected), multiples[1])


@both_formats
@either_group
@pytest.mark.parametrize("place", range(3))
def test_multiscalar_products_with_one_bad_operand(curve: int, place: int, version: int) -> None:
    multiples = MULTIPLES[curve]
    good = [number(5), number(ORDER - 1), number(1)]
    factors = [int.from_bytes(factor, "little") for factor in good]
    points = [multiples[1], multiples[2], multiples[3]]
    assert total(curve, factors, points, version)[0] == 0
    for bad in INPUTS[curve]:
        total(curve, factors, [*points[:place], bad, *points[place + 1 :]], version)
    for factor in (ORDER, ORDER + 1, 2**256 - 1):
        changed = [*factors[:place], factor, *factors[place + 1 :]]
        assert total(curve, changed, points, version) == (1, UNTOUCHED)


@both_formats
@pytest.mark.parametrize("curve", [0, 1, 5, 99])
@pytest.mark.parametrize("count", [513, 514, 2**32, 2**63, MASK])
def test_too_many_points(curve: int, count: int, version: int) -> None:
    execution = check("sol_curve_multiscalar_mul", (curve, 0, 0, count, 0), version=version)
    assert failure(execution) == ("InvalidLength", "InvalidLength")
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@either_group
def test_sum_of_no_points_looks_only_at_the_result(curve: int, version: int) -> None:
    execution = check(
        "sol_curve_multiscalar_mul", (curve, MASK, 1, 0, RESULT), {}, (RESULT, 32), version=version
    )
    assert revealed(execution) == MULTIPLES[curve][0]
    execution = check("sol_curve_multiscalar_mul", (curve, MASK, 1, 0, 2**40), version=version)
    assert failure(execution)[0] == "AccessViolation"


@both_formats
@either_group
def test_refused_operands_need_no_result(curve: int, version: int) -> None:
    bad = number(2) if curve == 0 else b"\xff" * 32
    memory = {LEFT: bad, RIGHT: bad}
    for operation in range(3):
        execution = check("sol_curve_group_op", (curve, operation, LEFT, RIGHT, 0), memory, version=version)
        assert (execution.run.fault, execution.run.r0) == (None, 1)
    execution = check("sol_curve_multiscalar_mul", (curve, LEFT, RIGHT, 1, 0), memory, version=version)
    assert (execution.run.fault, execution.run.r0) == (None, 1)


def test_primitives_refuse_bytes_of_a_wrong_length() -> None:
    with pytest.raises(ValueError, match=r"^point: 31 bytes, expected 32$"):
        primitives.curve_contains("edwards", bytes(31))
    with pytest.raises(ValueError, match=r"^right: 33 bytes, expected 32$"):
        primitives.curve_operation("ristretto", "add", bytes(32), bytes(33))
    with pytest.raises(ValueError, match=r"^points: 40 bytes, expected a multiple of 32$"):
        primitives.curve_multiscalar("edwards", bytes(32), bytes(40))
