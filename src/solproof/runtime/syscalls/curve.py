"""Syscalls on elliptic curves: validation, group operations, sums, decompression and pairings.

These are sol_curve_validate_point, sol_curve_group_op, sol_curve_multiscalar_mul, sol_curve_decompress and
sol_curve_pairing_map. The first argument selects the curve. Curve25519 has Edwards points and Ristretto
points. BLS12-381 has the groups G1 and G2, each in two byte orders. The memory of a result is checked only
after the result is known.

Source: solana-syscalls 4.1, lib.rs (`SyscallCurvePointValidation`, `SyscallCurveGroupOps`,
`SyscallCurveMultiscalarMultiplication`, `SyscallCurveDecompress`, `SyscallCurvePairingMap`); SIMD-0388.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solproof._native import primitives
from solproof.runtime.budget import (
    BLS12_381_FIRST_PAIR_COST,
    BLS12_381_G1_COSTS,
    BLS12_381_G2_COSTS,
    BLS12_381_OTHER_PAIR_COST,
    EDWARDS_COSTS,
    RISTRETTO_COSTS,
    GroupCosts,
)
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, read_range
from solproof.vm.faults import Fault

SCALAR_LENGTH = 32
CURVE25519_POINT_LENGTH = 32
G1_POINT_LENGTH = 96
G2_POINT_LENGTH = 192
MOST_SUMMANDS = 512
REFUSED = 1


@dataclass(frozen=True, slots=True)
class Curve25519Group:
    """A form of Curve25519, under its name in the engine. The length of a point is in bytes."""

    name: Literal["edwards", "ristretto"]
    costs: GroupCosts
    point_length: int = CURVE25519_POINT_LENGTH


@dataclass(frozen=True, slots=True)
class Bls12381Group:
    """A group of BLS12-381 in one byte order, under its name in the engine.

    The length of a point is in bytes.
    """

    name: Literal["g1_little_endian", "g1_big_endian", "g2_little_endian", "g2_big_endian"]
    costs: GroupCosts
    point_length: int


BIG_ENDIAN = 0x80
GROUPS: dict[int, Curve25519Group | Bls12381Group] = {
    0: Curve25519Group("edwards", EDWARDS_COSTS),
    1: Curve25519Group("ristretto", RISTRETTO_COSTS),
    5: Bls12381Group("g1_little_endian", BLS12_381_G1_COSTS, G1_POINT_LENGTH),
    5 | BIG_ENDIAN: Bls12381Group("g1_big_endian", BLS12_381_G1_COSTS, G1_POINT_LENGTH),
    6: Bls12381Group("g2_little_endian", BLS12_381_G2_COSTS, G2_POINT_LENGTH),
    6 | BIG_ENDIAN: Bls12381Group("g2_big_endian", BLS12_381_G2_COSTS, G2_POINT_LENGTH),
}
PAIRINGS = {4: False, 4 | BIG_ENDIAN: True}
"""The curves with a pairing, and whether their points are big-endian."""


def validate_point(context: SyscallContext, curve: int, point: int, _3: int, _4: int, _5: int) -> int:
    """Check a point: r0 is 0 if the bytes at `point` are a point of the group, and 1 if not."""
    group = GROUPS.get(curve)
    _refuse_inactive(context, group)
    if group is None:
        return _unknown(context)
    context.consume(group.costs.validate)
    content = read_range(context, point, group.point_length)
    return 0 if primitives.curve_contains(group.name, content) else REFUSED


def group_operation(
    context: SyscallContext, curve: int, operation: int, left: int, right: int, result: int
) -> int:
    """Add, subtract or multiply; r0 is 1 if an operand is not valid.

    Writes left + right (operation 0), left - right (1), or the point on the right times the scalar on the
    left (2).
    """
    group = GROUPS.get(curve)
    _refuse_inactive(context, group)
    if group is None:
        return _unknown(context)
    costs = group.costs
    left_length = group.point_length
    name: Literal["add", "subtract", "multiply"]
    match operation:
        case 0:
            name, cost = "add", costs.add
        case 1:
            name, cost = "subtract", costs.subtract
        case 2:
            name, cost, left_length = "multiply", costs.multiply, SCALAR_LENGTH
        case _ if isinstance(group, Bls12381Group):
            raise invalid_attribute()
        case _:
            return _unknown(context)
    context.consume(cost)
    left_operand = read_range(context, left, left_length)
    right_operand = read_range(context, right, group.point_length)
    return _write(context, result, primitives.curve_operation(group.name, name, left_operand, right_operand))


def multiscalar_multiplication(
    context: SyscallContext, curve: int, scalars: int, points: int, count: int, result: int
) -> int:
    """Write the sum of `count` points of Curve25519, each times its scalar.

    r0 is 1 if a point or a scalar is not valid.
    """
    if count > MOST_SUMMANDS:
        raise syscall_fault("InvalidLength")
    group = GROUPS.get(curve)
    if not isinstance(group, Curve25519Group):
        return _unknown(context)
    context.consume(group.costs.first_of_sum + group.costs.other_of_sum * max(count - 1, 0))
    factors = read_range(context, scalars, count * SCALAR_LENGTH)
    summands = read_range(context, points, count * group.point_length)
    return _write(context, result, primitives.curve_multiscalar(group.name, factors, summands))


def decompress(context: SyscallContext, curve: int, point: int, result: int, _4: int, _5: int) -> int:
    """Write both coordinates of the compressed BLS12-381 point at `point`; r0 is 1 if it is not valid."""
    group = GROUPS.get(curve)
    if not isinstance(group, Bls12381Group):
        raise invalid_attribute()
    context.consume(group.costs.decompress)
    content = read_range(context, point, group.point_length // 2)
    return _write(context, result, primitives.curve_decompress(group.name, content))


def pairing_map(context: SyscallContext, curve: int, count: int, first: int, second: int, result: int) -> int:
    """Write the product of the pairings of `count` points of G1 with `count` points of G2.

    r0 is 1 if a point is not valid or if `count` is above 8.
    """
    big_endian = PAIRINGS.get(curve)
    if big_endian is None:
        raise invalid_attribute()
    context.consume(BLS12_381_FIRST_PAIR_COST + BLS12_381_OTHER_PAIR_COST * max(count - 1, 0))
    first_points = read_range(context, first, count * G1_POINT_LENGTH)
    second_points = read_range(context, second, count * G2_POINT_LENGTH)
    return _write(context, result, primitives.bls12_381_pairing(first_points, second_points, big_endian))


def invalid_attribute() -> Fault:
    """The fault for a curve or an operation that does not exist."""
    return syscall_fault("InvalidAttribute")


def _refuse_inactive(context: SyscallContext, group: Curve25519Group | Bls12381Group | None) -> None:
    if isinstance(group, Bls12381Group) and "enable_bls12_381_syscall" not in context.features:
        raise invalid_attribute()


def _unknown(context: SyscallContext) -> int:
    if "abort_on_invalid_curve" in context.features:
        raise invalid_attribute()
    return REFUSED


def _write(context: SyscallContext, result: int, content: bytes | None) -> int:
    if content is None:
        return REFUSED
    check_range(context, result, len(content), write=True)
    context.memory.write(result, content)
    return 0


SYSCALLS = (
    Syscall(
        "sol_curve_validate_point",
        validate_point,
        "group.validate",
        (BUDGET, *ACCESS, "InvalidAttribute"),
    ),
    Syscall(
        "sol_curve_group_op",
        group_operation,
        "{0: group.add, 1: group.subtract, 2: group.multiply}[operation]",
        (BUDGET, *ACCESS, "InvalidAttribute"),
    ),
    Syscall(
        "sol_curve_multiscalar_mul",
        multiscalar_multiplication,
        "group.first_of_sum + group.other_of_sum * max(count - 1, 0)",
        (BUDGET, *ACCESS, "InvalidAttribute", "InvalidLength"),
    ),
    Syscall("sol_curve_decompress", decompress, "group.decompress", (BUDGET, *ACCESS, "InvalidAttribute")),
    Syscall(
        "sol_curve_pairing_map",
        pairing_map,
        "BLS12_381_FIRST_PAIR_COST + BLS12_381_OTHER_PAIR_COST * max(count - 1, 0)",
        (BUDGET, *ACCESS, "InvalidAttribute"),
    ),
)
