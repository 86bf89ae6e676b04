"""The syscalls of the runtime, by the hash that a program's call instruction carries.

`REGISTRY` holds every syscall that mainnet's runtime registers (solana-syscalls 4.1 with the features active
there); those that solproof does not run yet refuse by name. A hash that is not in it is no syscall.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from solproof.errors import UnsupportedError
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.svm.syscalls import abort, allocation, logging, memory, return_data, sysvar
from solproof.svm.syscalls.context import Execute, Syscall, SyscallContext

__all__ = ["INACTIVE_ON_MAINNET", "REGISTRY", "SUPPORTED", "Syscall", "SyscallContext"]

INACTIVE_ON_MAINNET = frozenset(
    {"sol_blake3", "sol_sha512", "sol_get_fees_sysvar", "sol_big_mod_exp", "sol_remaining_compute_units"}
)
"""Syscalls behind features that are off: to the machine their hashes are unknown, like any others."""


def _refuse(name: str) -> Execute:
    def execute(_context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
        raise UnsupportedError(f"syscall {name} is not supported yet")

    return execute


_MODULES = (abort, allocation, logging, memory, sysvar, return_data)
SUPPORTED: Mapping[str, Syscall] = MappingProxyType(
    {syscall.name: syscall for module in _MODULES for syscall in module.SYSCALLS}
)
"""The syscalls that solproof runs, by name."""


def _registry() -> dict[int, Syscall]:
    return {
        key: SUPPORTED.get(name) or Syscall(name, _refuse(name))
        for name, key in SYSCALL_HASHES.items()
        if name not in INACTIVE_ON_MAINNET
    }


REGISTRY: Mapping[int, Syscall] = MappingProxyType(_registry())
