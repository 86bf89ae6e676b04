"""Instructions that solders encodes, and nonce accounts that the system program makes."""

from __future__ import annotations

import pytest
from solders import compute_budget, system_program
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from solproof.interfaces.registry import BUILTIN, KNOWN
from solproof.runtime.nonce_state import NonceData, NonceState
from solproof.runtime.program_ids import COMPUTE_BUDGET, ED25519, LOADER_V3, SYSTEM_PROGRAM

A, B, C = (Pubkey(bytes([number]) * 32) for number in (1, 2, 3))
SEEDED = {"base": str(C), "seed": "a seed"}
ENCODED: list[tuple[Instruction, str, dict[str, object]]] = [
    (
        system_program.create_account(
            system_program.CreateAccountParams(from_pubkey=A, to_pubkey=B, lamports=5, space=6, owner=C)
        ),
        "CreateAccount",
        {"lamports": 5, "space": 6, "owner": str(C)},
    ),
    (
        system_program.transfer(system_program.TransferParams(from_pubkey=A, to_pubkey=B, lamports=7)),
        "Transfer",
        {"lamports": 7},
    ),
    (
        system_program.assign(system_program.AssignParams(pubkey=A, owner=B)),
        "Assign",
        {"owner": str(B)},
    ),
    (
        system_program.allocate(system_program.AllocateParams(pubkey=A, space=9)),
        "Allocate",
        {"space": 9},
    ),
    (
        system_program.create_account_with_seed(
            system_program.CreateAccountWithSeedParams(
                from_pubkey=A, to_pubkey=B, base=C, seed="a seed", lamports=5, space=6, owner=B
            )
        ),
        "CreateAccountWithSeed",
        {**SEEDED, "lamports": 5, "space": 6, "owner": str(B)},
    ),
    (
        system_program.allocate_with_seed(
            system_program.AllocateWithSeedParams(address=A, base=C, seed="a seed", space=4, owner=B)
        ),
        "AllocateWithSeed",
        {**SEEDED, "space": 4, "owner": str(B)},
    ),
    (
        system_program.assign_with_seed(
            system_program.AssignWithSeedParams(address=A, base=C, seed="a seed", owner=B)
        ),
        "AssignWithSeed",
        {**SEEDED, "owner": str(B)},
    ),
    (
        system_program.transfer_with_seed(
            system_program.TransferWithSeedParams(
                from_pubkey=A, from_base=C, from_seed="a seed", from_owner=B, to_pubkey=B, lamports=4
            )
        ),
        "TransferWithSeed",
        {"lamports": 4, "seed": "a seed", "owner": str(B)},
    ),
    (
        system_program.initialize_nonce_account(
            system_program.InitializeNonceAccountParams(nonce_pubkey=A, authority=B)
        ),
        "InitializeNonceAccount",
        {"authority": str(B)},
    ),
    (
        system_program.advance_nonce_account(
            system_program.AdvanceNonceAccountParams(nonce_pubkey=A, authorized_pubkey=B)
        ),
        "AdvanceNonceAccount",
        {},
    ),
    (
        system_program.withdraw_nonce_account(
            system_program.WithdrawNonceAccountParams(
                nonce_pubkey=A, authorized_pubkey=B, to_pubkey=C, lamports=8
            )
        ),
        "WithdrawNonceAccount",
        {"lamports": 8},
    ),
    (
        system_program.authorize_nonce_account(
            system_program.AuthorizeNonceAccountParams(nonce_pubkey=A, authorized_pubkey=B, new_authority=C)
        ),
        "AuthorizeNonceAccount",
        {"new_authority": str(C)},
    ),
    (compute_budget.request_heap_frame(2**16), "RequestHeapFrame", {"bytes": 2**16}),
    (compute_budget.set_compute_unit_limit(300), "SetComputeUnitLimit", {"units": 300}),
    (compute_budget.set_compute_unit_price(2**40), "SetComputeUnitPrice", {"micro_lamports": 2**40}),
]


@pytest.mark.parametrize(("encoded", "name", "values"), ENCODED)
def test_instructions_of_solders(encoded: Instruction, name: str, values: dict[str, object]) -> None:
    program, data = bytes(encoded.program_id), bytes(encoded.data)
    keys = [bytes(meta.pubkey) for meta in encoded.accounts]
    decoded = KNOWN.decode_instruction(program, data, keys)
    assert decoded is not None
    assert (decoded.name, decoded.values) == (name, values)
    interface = KNOWN.of(program)
    assert interface is not None
    known = interface.instruction(name)
    assert known.encode(values) == data
    if name != "CreateAccountWithSeed":  # solders leaves out an account that is the payer itself
        assert [(role.is_signer, role.is_writable) for role in known.accounts] == [
            (meta.is_signer, meta.is_writable) for meta in encoded.accounts
        ]


@pytest.mark.parametrize(
    ("program", "number", "name"),
    [
        (SYSTEM_PROGRAM, 12, "UpgradeNonceAccount"),
        (SYSTEM_PROGRAM, 14, None),
        (LOADER_V3, 0, "InitializeBuffer"),
        (LOADER_V3, 3, "Upgrade"),
        (LOADER_V3, 7, "SetAuthorityChecked"),
        (LOADER_V3, 8, None),
    ],
)
def test_numbers_of_variants(program: bytes, number: int, name: str | None) -> None:
    decoded = BUILTIN.decode_instruction(program, number.to_bytes(4, "little"))
    assert (None if decoded is None else decoded.name) == name


def test_data_that_end_too_early() -> None:
    assert BUILTIN.decode_instruction(SYSTEM_PROGRAM, b"\2\0\0") is None
    assert BUILTIN.decode_instruction(COMPUTE_BUDGET, b"") is None


def test_a_precompile_has_one_instruction() -> None:
    decoded = BUILTIN.decode_instruction(ED25519, b"")
    assert decoded is not None
    assert (decoded.program, decoded.name) == ("ed25519 precompile", "VerifySignatures")


def test_a_nonce_account() -> None:
    data = NonceData(bytes(A), bytes(B), 5_000)
    decoded = KNOWN.decode_account(SYSTEM_PROGRAM, NonceState(data).to_bytes())
    assert decoded is not None
    assert decoded.values == {
        "version": "Current",
        "state": {"Initialized": {"authority": str(A), "nonce": str(B), "lamports_per_signature": 5_000}},
    }
    assert KNOWN.decode_account(SYSTEM_PROGRAM, b"") is None


def test_errors() -> None:
    assert KNOWN.error_name(SYSTEM_PROGRAM, 1) == "ResultWithNegativeLamports"
    assert KNOWN.error_name(SYSTEM_PROGRAM, 8) == "NonceUnexpectedBlockhashValue"
    assert KNOWN.error_name(SYSTEM_PROGRAM, 9) is None
