"""Syscalls on the curve alt_bn128 (BN254): sol_alt_bn128_group_op, sol_alt_bn128_compression.

An operation with bit 0x80 set takes and returns little-endian numbers.

Source: solana-syscalls 4.1, lib.rs (`SyscallAltBn128`, `SyscallAltBn128Compression`); solana-bn254 3.2.1;
SIMD-0284, SIMD-0302.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from solproof._native import primitives
from solproof.runtime.budget import (
    ALT_BN128_COSTS,
    ALT_BN128_FIRST_PAIR_COST,
    ALT_BN128_OTHER_PAIR_COST,
    HASH_BASE_COST,
    SYSCALL_BASE_COST,
)
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.curve import REFUSED, invalid_attribute
from solproof.runtime.syscalls.translation import LARGEST_UNSIGNED, check_range, read_range

LITTLE_ENDIAN = 0x80
PAIR_LENGTH = 64 + 128

OperationName: TypeAlias = Literal[
    "g1_add",
    "g1_multiply",
    "g1_compress",
    "g1_decompress",
    "g2_add",
    "g2_multiply",
    "g2_compress",
    "g2_decompress",
    "pairing",
]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, under its name in the engine, with lengths in bytes.

    An input longer than `longest_input` is refused.
    """

    name: OperationName
    longest_input: int
    result_length: int


GROUP_OPERATIONS = {
    0: Operation("g1_add", 128, 64),
    2: Operation("g1_multiply", 96, 64),
    3: Operation("pairing", LARGEST_UNSIGNED, 32),
    4: Operation("g2_add", 256, 128),
    6: Operation("g2_multiply", 160, 128),
}
COMPRESSIONS = {
    0: Operation("g1_compress", 64, 32),
    1: Operation("g1_decompress", 32, 64),
    2: Operation("g2_compress", 128, 64),
    3: Operation("g2_decompress", 64, 128),
}


def group_operation(
    context: SyscallContext, code: int, address: int, length: int, result: int, _5: int
) -> int:
    """Compute with points of the groups G1 and G2; r0 is 1 if the input is not valid.

    The operands are the `length` bytes at `address`. Writes a sum (operation 0 in G1, 4 in G2), a point times
    a scalar (2 in G1, 6 in G2), or whether the product of pairings is 1 (3).
    """
    operation = GROUP_OPERATIONS.get(code & ~LITTLE_ENDIAN)
    if operation is None:
        raise invalid_attribute()
    if operation.name.startswith("g2"):
        _require(context, "enable_alt_bn128_g2_syscalls")
    elif code & LITTLE_ENDIAN:
        _require(context, "alt_bn128_little_endian")
    if operation.name == "pairing":
        others = max(length // PAIR_LENGTH - 1, 0)
        pairs = ALT_BN128_FIRST_PAIR_COST + ALT_BN128_OTHER_PAIR_COST * others
        context.consume(pairs + HASH_BASE_COST + length + operation.result_length)
    else:
        context.consume(ALT_BN128_COSTS[operation.name])
    return _run(context, operation, code, address, length, result)


def compression(context: SyscallContext, code: int, address: int, length: int, result: int, _5: int) -> int:
    """Compress or decompress the point at `address`; r0 is 1 if the input is not a valid point.

    Compresses with operation 0 in G1 and 2 in G2, and decompresses with 1 in G1 and 3 in G2.
    """
    operation = COMPRESSIONS.get(code & ~LITTLE_ENDIAN)
    if operation is None:
        raise invalid_attribute()
    if code & LITTLE_ENDIAN:
        _require(context, "alt_bn128_little_endian")
    context.consume(SYSCALL_BASE_COST + ALT_BN128_COSTS[operation.name])
    return _run(context, operation, code, address, length, result)


def _require(context: SyscallContext, feature: str) -> None:
    if feature not in context.features:
        raise invalid_attribute()


def _run(
    context: SyscallContext, operation: Operation, code: int, address: int, length: int, result: int
) -> int:
    check_range(context, result, operation.result_length, write=True)
    check_range(context, address, length)
    if length > operation.longest_input:
        # The program does not pay for these bytes. They stay unread, so that the proof need not carry them.
        return REFUSED
    content = read_range(context, address, length)
    answer = primitives.alt_bn128_operation(operation.name, content, not code & LITTLE_ENDIAN)
    if answer is None:
        return REFUSED
    context.memory.write(result, answer)
    return 0


SYSCALLS = (
    Syscall(
        "sol_alt_bn128_group_op",
        group_operation,
        "{0: g1_add, 2: g1_multiply, 3: ALT_BN128_FIRST_PAIR_COST + ALT_BN128_OTHER_PAIR_COST * "
        "max(length // 192 - 1, 0) + HASH_BASE_COST + length + 32, 4: g2_add, 6: g2_multiply}[code & 0x7F]",
        (BUDGET, *ACCESS, "InvalidAttribute", "InvalidLength"),
    ),
    Syscall(
        "sol_alt_bn128_compression",
        compression,
        "SYSCALL_BASE_COST + "
        "{0: g1_compress, 1: g1_decompress, 2: g2_compress, 3: g2_decompress}[code & 0x7F]",
        (BUDGET, *ACCESS, "InvalidAttribute", "InvalidLength"),
    ),
)
