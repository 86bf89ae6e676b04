"""The syscall that computes powers of big integers: sol_big_mod_exp. Mainnet does not have it.

Source: solana-syscalls 4.1, lib.rs (`SyscallBigModExp`); solana-big-mod-exp 3.0.0.
"""

from __future__ import annotations

from solproof._native import primitives
from solproof.runtime.budget import (
    MODULAR_POWER_BASE_COST,
    MODULAR_POWER_SQUARED_BYTES_PER_UNIT,
    SYSCALL_BASE_COST,
)
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, read_range, read_slices

LONGEST_NUMBER = 512


def big_mod_exp(context: SyscallContext, parameters: int, result: int, _3: int, _4: int, _5: int) -> int:
    """Write base^exponent modulo the modulus; the result is as long as the modulus.

    `parameters` is the address of three slices: base, exponent and modulus, each big-endian. Reading the
    slices is free.
    """
    slices = read_slices(context, parameters, 3)
    longest = max(length for _, length in slices)
    if longest > LONGEST_NUMBER:
        raise syscall_fault("InvalidLength")
    context.consume(
        SYSCALL_BASE_COST + MODULAR_POWER_BASE_COST + longest**2 // MODULAR_POWER_SQUARED_BYTES_PER_UNIT
    )
    base, exponent, modulus = (read_range(context, start, length) for start, length in slices)
    power = primitives.modular_power(base, exponent, modulus)
    check_range(context, result, len(power), write=True)
    if power:
        context.memory.write(result, power)
    return 0


SYSCALLS = (
    Syscall(
        "sol_big_mod_exp",
        big_mod_exp,
        "SYSCALL_BASE_COST + MODULAR_POWER_BASE_COST + "
        "max(sizes) ** 2 // MODULAR_POWER_SQUARED_BYTES_PER_UNIT",
        (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength"),
    ),
)
