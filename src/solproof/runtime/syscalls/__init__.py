"""The syscalls of the runtime, by the hash that a program's call instruction carries.

The features of the cluster decide which syscalls exist. `registry` returns those that the runtime registers
(`create_program_runtime_environment`, solana-syscalls 4.1). A hash that is not in the registry does not name
a syscall.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.features import FeatureSet
from solproof.runtime.syscalls import (
    abort,
    addresses,
    allocation,
    alt_bn128,
    big_mod_exp,
    curve,
    hashing,
    instructions,
    invoke,
    logging,
    memory,
    poseidon,
    return_data,
    secp256k1,
    sysvar,
)
from solproof.runtime.syscalls.context import Syscall, SyscallContext

__all__ = ["GATES", "MODULES", "SUPPORTED", "Gate", "Syscall", "SyscallContext", "registry"]

KEPT_REGISTRIES = 16


class Gate(NamedTuple):
    """A condition for a syscall to exist: a feature is active or, if `inverted`, is not active."""

    feature: str
    inverted: bool = False

    def is_open(self, features: FeatureSet) -> bool:
        """Whether the syscall exists with these features."""
        return (self.feature in features) != self.inverted


GATES: Mapping[str, Gate] = MappingProxyType(
    {
        "sol_alt_bn128_compression": Gate("enable_alt_bn128_compression_syscall"),
        "sol_alt_bn128_group_op": Gate("enable_alt_bn128_syscall"),
        "sol_big_mod_exp": Gate("enable_big_mod_exp_syscall"),
        "sol_blake3": Gate("blake3_syscall_enabled"),
        "sol_curve_decompress": Gate("enable_bls12_381_syscall"),
        "sol_curve_group_op": Gate("curve25519_syscall_enabled"),
        "sol_curve_multiscalar_mul": Gate("curve25519_syscall_enabled"),
        "sol_curve_pairing_map": Gate("enable_bls12_381_syscall"),
        "sol_curve_validate_point": Gate("curve25519_syscall_enabled"),
        "sol_get_epoch_stake": Gate("enable_get_epoch_stake_syscall"),
        "sol_get_fees_sysvar": Gate("disable_fees_sysvar", inverted=True),
        "sol_get_last_restart_slot": Gate("last_restart_slot_sysvar"),
        "sol_get_sysvar": Gate("get_sysvar_syscall_enabled"),
        "sol_poseidon": Gate("enable_poseidon_syscall"),
        "sol_remaining_compute_units": Gate("remaining_compute_units_syscall_enabled"),
        "sol_sha512": Gate("enable_sha512_syscall"),
    }
)
"""The syscalls that exist on some clusters only."""


MODULES = (
    abort,
    addresses,
    allocation,
    alt_bn128,
    big_mod_exp,
    curve,
    hashing,
    instructions,
    invoke,
    logging,
    memory,
    poseidon,
    return_data,
    secp256k1,
    sysvar,
)
SUPPORTED: Mapping[str, Syscall] = MappingProxyType(
    {syscall.name: syscall for module in MODULES for syscall in module.SYSCALLS}
)
"""The syscalls that solproof runs, by name."""


@lru_cache(maxsize=KEPT_REGISTRIES)
def registry(features: FeatureSet) -> Mapping[int, Syscall]:
    """The syscalls that exist with these features, by hash."""
    return MappingProxyType(
        {
            key: SUPPORTED[name]
            for name, key in SYSCALL_HASHES.items()
            if name not in GATES or GATES[name].is_open(features)
        }
    )
