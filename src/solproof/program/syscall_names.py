"""Names and hashes of the syscalls. The hash is murmur3 with 32 bits and seed 0 over the bytes of the name.

The list has all syscalls of Agave 4.1 (crate solana-syscalls), including those behind features that are off
on mainnet. Whether a program may use a syscall is decided when the program runs.
"""

from __future__ import annotations

from difflib import get_close_matches

import mmh3

NAMES = (
    "abort",
    "sol_panic_",
    "sol_log_",
    "sol_log_64_",
    "sol_log_pubkey",
    "sol_log_compute_units_",
    "sol_log_data",
    "sol_create_program_address",
    "sol_try_find_program_address",
    "sol_sha256",
    "sol_keccak256",
    "sol_blake3",
    "sol_sha512",
    "sol_secp256k1_recover",
    "sol_curve_validate_point",
    "sol_curve_group_op",
    "sol_curve_multiscalar_mul",
    "sol_curve_decompress",
    "sol_curve_pairing_map",
    "sol_get_clock_sysvar",
    "sol_get_epoch_schedule_sysvar",
    "sol_get_fees_sysvar",
    "sol_get_rent_sysvar",
    "sol_get_last_restart_slot",
    "sol_get_epoch_rewards_sysvar",
    "sol_get_sysvar",
    "sol_get_epoch_stake",
    "sol_memcpy_",
    "sol_memmove_",
    "sol_memset_",
    "sol_memcmp_",
    "sol_get_processed_sibling_instruction",
    "sol_get_stack_height",
    "sol_set_return_data",
    "sol_get_return_data",
    "sol_invoke_signed_c",
    "sol_invoke_signed_rust",
    "sol_alloc_free_",
    "sol_alt_bn128_group_op",
    "sol_alt_bn128_compression",
    "sol_big_mod_exp",
    "sol_poseidon",
    "sol_remaining_compute_units",
)


def symbol_hash(name: bytes) -> int:
    """The unsigned 32-bit call key of a symbol name (solana-sbpf 0.21.0, `hash_symbol_name`)."""
    return mmh3.hash(name, 0, signed=False)


def function_hash(pc: int) -> int:
    """The call key of the function at slot `pc`: the hash of the pc as 8 little-endian bytes."""
    return symbol_hash(pc.to_bytes(8, "little"))


ENTRYPOINT_HASH = symbol_hash(b"entrypoint")

SYSCALL_HASHES = {name: symbol_hash(name.encode()) for name in NAMES}
SYSCALL_NAMES = {key: name for name, key in SYSCALL_HASHES.items()}


def similar_syscall(name: str) -> str:
    """A question for errors about an unknown name, such as "; did you mean sol_log_?", or an empty text."""
    found = get_close_matches(name, NAMES, n=1)
    return f"; did you mean {found[0]}?" if found else ""
