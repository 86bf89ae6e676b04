"""A valid call of every form of every cryptographic syscall, with its cost.

The answers come from independent sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET, FeatureSet
from tests.support.elliptic_curves import (
    BLS12_381_G1,
    BLS12_381_G2,
    BN254_G1,
    BN254_G2,
    BN254_PRIME,
    RISTRETTO_MULTIPLES,
    SECP256K1_GENERATOR,
    Point,
    add,
    bytes_of,
    edwards,
    multiply,
    negate,
    sign,
)
from tests.support.syscall_harness import HEAP, slices

WITH_BIG_MOD_EXP = MAINNET.changed(activate=["enable_big_mod_exp_syscall"])
FIRST, SECOND, THIRD = HEAP, HEAP + 0x400, HEAP + 0x800
"""Where the operands are."""

RESULT = HEAP + 0x1000


@dataclass(frozen=True, slots=True)
class Pointer:
    """An argument that is an address.

    Has its position, counted from 0, and the length in bytes of its content.
    """

    argument: int
    length: int
    writes: bool = False
    alignment: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A syscall that succeeds. `answer` is the content of `RESULT`, or None if only LiteSVM knows it."""

    title: str
    name: str
    arguments: tuple[int, ...]
    memory: Mapping[int, bytes]
    pointers: tuple[Pointer, ...]
    cost: int
    answer: bytes | None = b""
    features: FeatureSet = field(default=MAINNET)

    def parameters(self, compute_unit_limit: int = 1_400_000, loader: Loader = Loader.V3) -> Parameters:
        """The parameters under which the call succeeds, with this limit and loader."""
        return Parameters(compute_unit_limit, loader=loader, features=self.features)

    @property
    def result_length(self) -> int:
        """Number of bytes that the call writes."""
        return sum(pointer.length for pointer in self.pointers if pointer.writes)


# ENCODINGS


def bn254(point: Point, *, big_endian: bool = True) -> bytes:
    """A point of BN254, in the form that syscalls take."""
    extension = 1 if point is None else len(point[0].numbers)
    return bytes_of(point, 32, extension, big_endian=big_endian)


def bls12_381(point: Point, extension: int, *, big_endian: bool) -> bytes:
    """A point of BLS12-381's G1 (extension 1) or G2 (2), in the form that syscalls take.

    A flag marks the point at infinity.
    """
    content = bytearray(bytes_of(point, 48, extension, big_endian=big_endian))
    if point is None:
        content[0 if big_endian else 48 * extension - 1] |= 0x40
    return bytes(content)


def bls12_381_compressed(point: Point, extension: int, *, big_endian: bool) -> bytes:
    """The first coordinate with flags: compressed, infinity, larger second coordinate."""
    content = bytearray(bls12_381(point, extension, big_endian=big_endian)[: 48 * extension])
    flags = 0x80
    if point is not None:
        y, mirrored = point[1], (negate(point) or point)[1]
        flags |= 0x20 * (y.numbers[::-1] > mirrored.numbers[::-1])
    content[0 if big_endian else 48 * extension - 1] |= flags
    return bytes(content)


def bn254_compressed(point: Point, *, big_endian: bool) -> bytes:
    """The first coordinate with flags in its highest byte: infinity, larger second coordinate."""
    content = bytearray(bn254(point, big_endian=big_endian))
    del content[len(content) // 2 :]
    highest = 0 if big_endian else len(content) - 1
    if point is None:
        content[highest] |= 0x40
    elif point[1].numbers[::-1] > tuple(BN254_PRIME - n if n else 0 for n in reversed(point[1].numbers)):
        content[highest] |= 0x80
    return bytes(content)


def scalar(number: int, *, big_endian: bool) -> bytes:
    """A scalar of 32 bytes."""
    return number.to_bytes(32, "big" if big_endian else "little")


# CALLS

DIGEST = bytes(range(100, 132))
SIGNATURE, RECOVERY_ID = sign(0xC0FFEE, DIGEST, 0x123456789ABCDEF)
OTHER_FACTOR = 0x1234_5678_9ABC_DEF0_1234_5678
CURVE25519_COSTS = {0: (159, 473, 475, 2_177, 2_273, 758), 1: (169, 521, 519, 2_208, 2_303, 788)}
BLS12_381_COSTS = {1: (1_565, 128, 129, 4_627, 2_100), 2: (1_968, 203, 204, 8_255, 3_050)}
ENDIANNESSES = {True: "big-endian", False: "little-endian"}


def _recover() -> Call:
    return Call(
        "secp256k1 recover",
        "sol_secp256k1_recover",
        (FIRST, RECOVERY_ID, SECOND, RESULT),
        {FIRST: DIGEST, SECOND: SIGNATURE},
        (Pointer(3, 64, writes=True), Pointer(0, 32), Pointer(2, 64)),
        25_000,
        bytes_of(multiply(0xC0FFEE, SECP256K1_GENERATOR), 32, 1, big_endian=True),
    )


def _group(title: str, curve: int, costs: tuple[int, ...], operands: tuple[bytes, ...]) -> Iterator[Call]:
    """Validation, sum, difference and product of points.

    `operands` are 3 times and 2 times a point, a scalar, and then the answers.
    """
    three, two, factor, five, one, product = operands
    size = len(three)
    yield Call(
        f"{title} validate",
        "sol_curve_validate_point",
        (curve, FIRST),
        {FIRST: three},
        (Pointer(1, size),),
        costs[0],
    )
    for operation, (name, left, answer) in enumerate(
        [("add", three, five), ("subtract", three, one), ("multiply", factor, product)]
    ):
        yield Call(
            f"{title} {name}",
            "sol_curve_group_op",
            (curve, operation, FIRST, SECOND, RESULT),
            {FIRST: left, SECOND: two},
            (Pointer(2, len(left)), Pointer(3, size), Pointer(4, size, writes=True)),
            costs[1 + operation],
            answer,
        )


def _curve25519() -> Iterator[Call]:
    for curve, (title, multiples) in enumerate(
        [("edwards", tuple(map(edwards, range(6)))), ("ristretto", RISTRETTO_MULTIPLES)]
    ):
        _, one, two, three, four, five = multiples
        costs = CURVE25519_COSTS[curve]
        factor = scalar(2, big_endian=False)
        yield from _group(title, curve, costs, (three, two, factor, five, one, four))
        yield Call(
            f"{title} multiscalar",
            "sol_curve_multiscalar_mul",
            (curve, FIRST, SECOND, 2, RESULT),
            {FIRST: factor + scalar(1, big_endian=False), SECOND: two + one},
            (Pointer(1, 64), Pointer(2, 64), Pointer(4, 32, writes=True)),
            costs[4] + costs[5],
            five,
        )


def _bls12_381(*, big_endian: bool) -> Iterator[Call]:
    order = ENDIANNESSES[big_endian]
    high = 0x80 if big_endian else 0
    encoded = []
    for curve, generator, extension in ((5, BLS12_381_G1, 1), (6, BLS12_381_G2, 2)):
        one, two, three, five, product = (
            bls12_381(multiply(factor, generator), extension, big_endian=big_endian)
            for factor in (1, 2, 3, 5, 2 * OTHER_FACTOR)
        )
        encoded.append((two, three))
        costs = BLS12_381_COSTS[extension]
        operands = (three, two, scalar(OTHER_FACTOR, big_endian=big_endian), five, one, product)
        yield from _group(f"G{extension} {order}", curve | high, costs, operands)
        yield Call(
            f"G{extension} {order} decompress",
            "sol_curve_decompress",
            (curve | high, FIRST, RESULT),
            {FIRST: bls12_381_compressed(multiply(5, generator), extension, big_endian=big_endian)},
            (Pointer(1, len(one) // 2), Pointer(2, len(one), writes=True)),
            costs[4],
            five,
        )
    (first, other_first), (second, other_second) = encoded
    yield Call(
        f"BLS12-381 {order} pairing",
        "sol_curve_pairing_map",
        (4 | high, 2, FIRST, SECOND, RESULT),
        {FIRST: first + other_first, SECOND: second + other_second},
        (Pointer(2, 2 * 96), Pointer(3, 2 * 192), Pointer(4, 576, writes=True)),
        25_445 + 13_023,
        None,
    )


def _alt_bn128(*, big_endian: bool) -> Iterator[Call]:
    order = ENDIANNESSES[big_endian]

    def encoded(*points: Point) -> bytes:
        return b"".join(bn254(point, big_endian=big_endian) for point in points)

    def call(name: str, code: int, content: bytes, cost: int, answer: bytes) -> Call:
        syscall = "sol_alt_bn128_compression" if "compress" in name else "sol_alt_bn128_group_op"
        return Call(
            f"alt_bn128 {name} {order}",
            syscall,
            (code | (0 if big_endian else 0x80), FIRST, len(content), RESULT),
            {FIRST: content},
            (Pointer(3, len(answer), writes=True), Pointer(1, len(content))),
            cost,
            answer,
        )

    factor = scalar(OTHER_FACTOR, big_endian=big_endian)
    costs = [(0, 334, 2, 3_840), (4, 535, 6, 15_670)]
    compression_costs = [(0, 30, 1, 398), (2, 86, 3, 13_610)]
    for group, generator in enumerate((BN254_G1, BN254_G2)):
        two, three = multiply(2, generator), multiply(3, generator)
        sum_code, sum_cost, product_code, product_cost = costs[group]
        yield call(f"G{group + 1} add", sum_code, encoded(two, three), sum_cost, encoded(add(two, three)))
        product = encoded(multiply(3 * OTHER_FACTOR, generator))
        yield call(f"G{group + 1} multiply", product_code, encoded(three) + factor, product_cost, product)
        code, cost, inverse_code, inverse_cost = compression_costs[group]
        compressed = bn254_compressed(three, big_endian=big_endian)
        yield call(f"G{group + 1} compress", code, encoded(three), 100 + cost, compressed)
        yield call(f"G{group + 1} decompress", inverse_code, compressed, 100 + inverse_cost, encoded(three))
    # e(2 P, 3 Q) e(-6 P, Q) = 1
    pairs = encoded(multiply(2, BN254_G1), multiply(3, BN254_G2), negate(multiply(6, BN254_G1)), BN254_G2)
    cost = 36_364 + 12_121 + 85 + 384 + 32
    yield call("pairing", 3, pairs, cost, scalar(1, big_endian=big_endian))


POSEIDON_OF_1_AND_2 = 7853200120776062878684798364095072458815029376092732009249414926327459813530
"""The value from circomlib's tests."""


def _poseidon(*, big_endian: bool) -> Call:
    elements = scalar(1, big_endian=big_endian), scalar(2, big_endian=big_endian)
    return Call(
        f"poseidon {ENDIANNESSES[big_endian]}",
        "sol_poseidon",
        (0, 0 if big_endian else 1, THIRD, 2, RESULT),
        {FIRST: elements[0], SECOND: elements[1], THIRD: slices((FIRST, 32), (SECOND, 32))},
        (Pointer(4, 32, writes=True), Pointer(2, 32, alignment=8)),
        61 * 4 + 542,
        scalar(POSEIDON_OF_1_AND_2, big_endian=big_endian),
    )


def _big_mod_exp() -> Call:
    base, exponent, modulus = (b"\x12\x34" * 20, b"\x01\x00\x01", b"\xff" * 37 + b"\x05")
    ranges = ((FIRST, 40), (FIRST + 64, 3), (SECOND, 38))
    answer = pow(*(int.from_bytes(number, "big") for number in (base, exponent, modulus)))
    return Call(
        "big_mod_exp",
        "sol_big_mod_exp",
        (THIRD, RESULT),
        {FIRST: base, FIRST + 64: exponent, SECOND: modulus, THIRD: slices(*ranges)},
        (Pointer(0, 48, alignment=8), Pointer(1, 38, writes=True)),
        100 + 190 + 40 * 40 // 2,
        answer.to_bytes(38, "big"),
        WITH_BIG_MOD_EXP,
    )


def _calls() -> Iterator[Call]:
    yield _recover()
    yield from _curve25519()
    for big_endian in (True, False):
        yield from _bls12_381(big_endian=big_endian)
        yield from _alt_bn128(big_endian=big_endian)
        yield _poseidon(big_endian=big_endian)
    yield _big_mod_exp()


CALLS = {call.title: call for call in _calls()}
