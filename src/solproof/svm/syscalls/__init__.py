"""The syscalls of the runtime, by the hash that a program's call instruction carries.

`REGISTRY` holds every syscall that mainnet's runtime registers (solana-syscalls 4.1 with the features active
there); those that solproof does not run yet refuse by name. A hash that is not in it is no syscall.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import mmh3

from solproof.errors import UnsupportedError
from solproof.svm.syscalls import abort, logging, memory, return_data, sysvar
from solproof.svm.syscalls.context import Execute, Syscall, SyscallContext

__all__ = ["REGISTRY", "UNSUPPORTED_NAMES", "Syscall", "SyscallContext", "syscall_hash"]

UNSUPPORTED_NAMES = (
    "sol_create_program_address",
    "sol_try_find_program_address",
    "sol_sha256",
    "sol_keccak256",
    "sol_secp256k1_recover",
    "sol_curve_validate_point",
    "sol_curve_group_op",
    "sol_curve_multiscalar_mul",
    "sol_curve_decompress",
    "sol_curve_pairing_map",
    "sol_get_epoch_stake",
    "sol_get_processed_sibling_instruction",
    "sol_get_stack_height",
    "sol_invoke_signed_c",
    "sol_invoke_signed_rust",
    "sol_alloc_free_",
    "sol_alt_bn128_group_op",
    "sol_alt_bn128_compression",
    "sol_poseidon",
)


def syscall_hash(name: str) -> int:
    """The key of a syscall: 32-bit MurmurHash3 of its name, seed 0 (solana-sbpf, `hash_symbol_name`)."""
    return mmh3.hash(name.encode("ascii"), seed=0, signed=False)


def _refuse(name: str) -> Execute:
    def execute(_context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
        raise UnsupportedError(f"syscall {name} is not supported yet")

    return execute


def _registry() -> dict[int, Syscall]:
    supported = (
        *abort.SYSCALLS,
        *logging.SYSCALLS,
        *memory.SYSCALLS,
        *sysvar.SYSCALLS,
        *return_data.SYSCALLS,
    )
    refused = (Syscall(name, _refuse(name)) for name in UNSUPPORTED_NAMES)
    return {syscall_hash(syscall.name): syscall for syscall in (*supported, *refused)}


REGISTRY: Mapping[int, Syscall] = MappingProxyType(_registry())
