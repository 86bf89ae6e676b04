"""Syscall hashes, compared with the values that Agave registers."""

from __future__ import annotations

from solproof.program.syscall_names import (
    ENTRYPOINT_HASH,
    NAMES,
    SYSCALL_HASHES,
    SYSCALL_NAMES,
    function_hash,
    symbol_hash,
)

LISTED = """
abort b6fc1a11, sol_panic_ 686093bb, sol_log_ 207559bd, sol_log_64_ 5c2a3178, sol_log_pubkey 7ef088ca,
sol_log_compute_units_ 52ba5096, sol_log_data 7317b434, sol_create_program_address 9377323c,
sol_try_find_program_address 48504a38, sol_sha256 11f49d86, sol_keccak256 d7793abb, sol_blake3 174c5122,
sol_sha512 9229cdcc, sol_secp256k1_recover 17e40350, sol_curve_validate_point aa2607ca,
sol_curve_group_op dd1c41a6, sol_curve_multiscalar_mul 60a40880, sol_curve_decompress 080c98b0,
sol_curve_pairing_map f111a47e, sol_get_clock_sysvar d56b5fe9, sol_get_epoch_schedule_sysvar 23a29a61,
sol_get_fees_sysvar 3b97b73c, sol_get_rent_sysvar bf7188f6, sol_get_last_restart_slot 188a0031,
sol_get_epoch_rewards_sysvar fdba2b3b, sol_get_sysvar 13c1b505, sol_get_epoch_stake 5be92f4a,
sol_memcpy_ 717cc4a3, sol_memmove_ 434371f8, sol_memset_ 3770fb22, sol_memcmp_ 5fdcde31,
sol_get_processed_sibling_instruction adb8efc8, sol_get_stack_height 85532d94, sol_set_return_data a226d3eb,
sol_get_return_data 5d2245e4, sol_invoke_signed_c a22b9c85, sol_invoke_signed_rust d7449092,
sol_alloc_free_ 83f00e8f, sol_alt_bn128_group_op ae0c318b, sol_alt_bn128_compression 334fd5ed,
sol_big_mod_exp 780e4c15, sol_poseidon c4947c21, sol_remaining_compute_units edef5aee
"""


def test_listed_hashes() -> None:
    listed = dict(entry.split() for entry in LISTED.replace("\n", " ").split(","))
    assert {name: f"{key:08x}" for name, key in SYSCALL_HASHES.items()} == listed
    assert len(NAMES) == len(SYSCALL_NAMES) == 43


def test_hashes_lead_back_to_names() -> None:
    assert all(SYSCALL_NAMES[symbol_hash(name.encode())] == name for name in NAMES)


def test_functions() -> None:
    assert ENTRYPOINT_HASH == 0x71E3CF81
    assert function_hash(0) == 0x63852AFC


def test_no_function_of_the_largest_program_has_a_reserved_hash() -> None:
    # Therefore the features, which decide which syscalls exist, cannot decide whether a program loads.
    reserved = {ENTRYPOINT_HASH, *SYSCALL_NAMES}
    slots = 10 * 1024 * 1024 // 8
    assert not any(function_hash(pc) in reserved for pc in range(slots))
