"""The names of instructions are those of the interfaces, which solders encodes."""

from __future__ import annotations

import pytest
from solders import compute_budget, system_program
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from solproof.runtime.program_ids import COMPUTE_BUDGET, ED25519, LOADER_V3, SYSTEM_PROGRAM
from solproof.tracing.builtin_instructions import INTERFACES, UNKNOWN

A, B = Pubkey(b"\1" * 32), Pubkey(b"\2" * 32)
TRANSFER = system_program.TransferParams(from_pubkey=A, to_pubkey=B, lamports=1)
ALLOCATE = system_program.AllocateParams(pubkey=A, space=1)
ASSIGN = system_program.AssignParams(pubkey=A, owner=B)
NONCE = system_program.AdvanceNonceAccountParams(nonce_pubkey=A, authorized_pubkey=B)
WITHDRAW = system_program.WithdrawNonceAccountParams(
    nonce_pubkey=A, authorized_pubkey=B, to_pubkey=B, lamports=1
)
ENCODED: dict[str, Instruction] = {
    "Transfer": system_program.transfer(TRANSFER),
    "Allocate": system_program.allocate(ALLOCATE),
    "Assign": system_program.assign(ASSIGN),
    "AdvanceNonceAccount": system_program.advance_nonce_account(NONCE),
    "WithdrawNonceAccount": system_program.withdraw_nonce_account(WITHDRAW),
    "RequestHeapFrame": compute_budget.request_heap_frame(2**16),
    "SetComputeUnitLimit": compute_budget.set_compute_unit_limit(1),
    "SetComputeUnitPrice": compute_budget.set_compute_unit_price(1),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encoded_by_solders(name: str) -> None:
    encoded = ENCODED[name]
    assert INTERFACES[bytes(encoded.program_id)].operation(encoded.data) == name


@pytest.mark.parametrize(
    ("program", "number", "name"),
    [
        (SYSTEM_PROGRAM, 0, "CreateAccount"),
        (SYSTEM_PROGRAM, 11, "TransferWithSeed"),
        (SYSTEM_PROGRAM, 13, "CreateAccountAllowPrefund"),
        (SYSTEM_PROGRAM, 14, UNKNOWN),
        (LOADER_V3, 0, "InitializeBuffer"),
        (LOADER_V3, 3, "Upgrade"),
        (LOADER_V3, 7, "SetAuthorityChecked"),
        (LOADER_V3, 8, UNKNOWN),
    ],
)
def test_numbers_of_variants(program: bytes, number: int, name: str) -> None:
    assert INTERFACES[program].operation(number.to_bytes(4, "little")) == name


def test_data_that_end_too_early() -> None:
    assert INTERFACES[SYSTEM_PROGRAM].operation(b"\2\0\0") == UNKNOWN
    assert INTERFACES[COMPUTE_BUDGET].operation(b"") == UNKNOWN


def test_a_precompile_has_one_instruction() -> None:
    assert (INTERFACES[ED25519].name, INTERFACES[ED25519].operation(b"")) == (
        "ed25519 precompile",
        "VerifySignatures",
    )
