"""Random calls of each syscall near the edges of memory, in the guest, in the machine and in LiteSVM."""

from __future__ import annotations

import pytest

from assurance.programs import raw
from solproof.execution.execute import execute
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.syscalls import SUPPORTED
from solproof.zisk.endings import REFUSALS, Refused
from tests.support.guest_agreement import assert_agrees, guest_outputs
from tests.support.random_calls import FEATURES, random_call

MISSING = {
    "sol_alt_bn128_compression",
    "sol_alt_bn128_group_op",
    "sol_big_mod_exp",
    "sol_blake3",
    "sol_curve_decompress",
    "sol_curve_group_op",
    "sol_curve_multiscalar_mul",
    "sol_curve_pairing_map",
    "sol_curve_validate_point",
    "sol_invoke_signed_c",
    "sol_invoke_signed_rust",
    "sol_poseidon",
    "sol_secp256k1_recover",
    "sol_sha512",
}
CALLS = 3


@pytest.mark.parametrize("seed", range(CALLS))
@pytest.mark.parametrize("name", sorted(set(SUPPORTED) - MISSING))
def test_random_calls(name: str, seed: int) -> None:
    assert_agrees(random_call(name, seed))


@pytest.mark.parametrize("name", sorted(MISSING))
def test_what_the_guest_does_not_have_is_named(name: str) -> None:
    parameters = Parameters(features=FEATURES)
    outputs = guest_outputs(
        ExecutionInput(raw(f"syscall {name}; exit"), bytes(32), (), b"", parameters, RawFormat())
    )
    assert not outputs.success
    assert not outputs.is_complete
    assert outputs.refusal == f"{REFUSALS[Refused.SYSCALL]}: {name}"


def test_a_syscall_behind_a_closed_gate_does_not_exist() -> None:
    outputs = guest_outputs(
        ExecutionInput(raw("syscall sol_blake3; exit"), bytes(32), (), b"", program_format=RawFormat())
    )
    assert (outputs.refusal, outputs.fault) == (None, "UnsupportedInstruction")


@pytest.mark.parametrize("seed", range(6))
def test_addresses_of_many_seeds(seed: int) -> None:
    """The guest decides correctly whether each hash is a point of the curve."""
    heap = 3 << 32
    source = f"""
        lddw r6, {heap}
        lddw r7, {heap + 64}
        stxdw [r6], r7
        stdw [r6+8], 8
        stdw [r6+64], {seed}
        mov64 r8, 0
        mov64 r9, 0
    again:
        lddw r1, {heap}; lddw r2, 1; lddw r3, {heap + 64}; lddw r4, {heap + 128}
        syscall sol_create_program_address
        add64 r8, r0
        lsh64 r8, 1
        ldxdw r1, [r6+64]
        add64 r1, 1
        stxdw [r6+64], r1
        add64 r9, 1
        jne r9, 24, again
        mov64 r0, r8
        exit
    """
    given = ExecutionInput(raw(source, 3), bytes(32), (), b"", program_format=RawFormat(3))
    assert assert_agrees(execute(given)).exit_code not in (0, None)
