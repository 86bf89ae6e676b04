"""Instructions by name: the same as those that solders builds, and the errors for all others."""

from __future__ import annotations

from typing import Any

import pytest
from solders import compute_budget, system_program
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats.readable_instructions import LAYOUTS, readable_instruction

A, B, C, D = (Pubkey(bytes([number]) * 32) for number in (1, 2, 3, 4))
SEED_TEXT = "sécret"
SEEDED = {"base": C, "seed": SEED_TEXT, "owner": D}

CASES: dict[tuple[str, str], tuple[dict[str, Any], Instruction]] = {
    ("system", "CreateAccount"): (
        {"from": A, "to": B, "lamports": 2**64 - 1, "space": 7, "owner": C},
        system_program.create_account(
            {"from_pubkey": A, "to_pubkey": B, "lamports": 2**64 - 1, "space": 7, "owner": C}
        ),
    ),
    ("system", "Assign"): (
        {"account": A, "owner": B},
        system_program.assign({"pubkey": A, "owner": B}),
    ),
    ("system", "Transfer"): (
        {"from": A, "to": B, "lamports": 5},
        system_program.transfer({"from_pubkey": A, "to_pubkey": B, "lamports": 5}),
    ),
    ("system", "CreateAccountWithSeed"): (
        {"from": A, "to": B, "lamports": 5, "space": 6, **SEEDED},
        system_program.create_account_with_seed(
            {
                "from_pubkey": A,
                "to_pubkey": B,
                "lamports": 5,
                "space": 6,
                "base": C,
                "seed": SEED_TEXT,
                "owner": D,
            }
        ),
    ),
    ("system", "AdvanceNonceAccount"): (
        {"nonce": A, "authority": B},
        system_program.advance_nonce_account({"nonce_pubkey": A, "authorized_pubkey": B}),
    ),
    ("system", "WithdrawNonceAccount"): (
        {"nonce": A, "to": C, "authority": B, "lamports": 9},
        system_program.withdraw_nonce_account(
            {"nonce_pubkey": A, "authorized_pubkey": B, "to_pubkey": C, "lamports": 9}
        ),
    ),
    ("system", "InitializeNonceAccount"): (
        {"nonce": A, "authority": B},
        system_program.initialize_nonce_account({"nonce_pubkey": A, "authority": B}),
    ),
    ("system", "AuthorizeNonceAccount"): (
        {"nonce": A, "authority": B, "new_authority": C},
        system_program.authorize_nonce_account(
            {"nonce_pubkey": A, "authorized_pubkey": B, "new_authority": C}
        ),
    ),
    ("system", "Allocate"): (
        {"account": A, "space": 8},
        system_program.allocate({"pubkey": A, "space": 8}),
    ),
    ("system", "AllocateWithSeed"): (
        {"account": A, "space": 8, **SEEDED},
        system_program.allocate_with_seed(
            {"address": A, "space": 8, "base": C, "seed": SEED_TEXT, "owner": D}
        ),
    ),
    ("system", "AssignWithSeed"): (
        {"account": A, **SEEDED},
        system_program.assign_with_seed({"address": A, "base": C, "seed": SEED_TEXT, "owner": D}),
    ),
    ("system", "TransferWithSeed"): (
        {"from": A, "to": B, "lamports": 3, **SEEDED},
        system_program.transfer_with_seed(
            {
                "from_pubkey": A,
                "from_base": C,
                "from_seed": SEED_TEXT,
                "from_owner": D,
                "to_pubkey": B,
                "lamports": 3,
            }
        ),
    ),
    ("system", "UpgradeNonceAccount"): (
        {"nonce": A},
        system_program.upgrade_nonce_account({"nonce_pubkey": A}),
    ),
    ("system", "CreateAccountAllowPrefund"): (
        {"from": A, "to": B, "lamports": 1, "space": 2, "owner": C},
        system_program.create_account_allow_prefund(
            {"new_account": B, "payer": A, "lamports": 1, "space": 2, "owner": C}
        ),
    ),
    ("compute_budget", "RequestHeapFrame"): ({"bytes": 65_536}, compute_budget.request_heap_frame(65_536)),
    ("compute_budget", "SetComputeUnitLimit"): (
        {"units": 2**32 - 1},
        compute_budget.set_compute_unit_limit(2**32 - 1),
    ),
    ("compute_budget", "SetComputeUnitPrice"): (
        {"micro_lamports": 2**63},
        compute_budget.set_compute_unit_price(2**63),
    ),
    ("compute_budget", "SetLoadedAccountsDataSizeLimit"): (
        {"bytes": 1},
        compute_budget.set_loaded_accounts_data_size_limit(1),
    ),
}


def described(program: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    values = {field: str(value) if isinstance(value, Pubkey) else value for field, value in fields.items()}
    return {"program": program, "instruction": name, **values}


def test_every_layout_has_a_case() -> None:
    assert set(CASES) == {(program, name) for program, layouts in LAYOUTS.items() for name in layouts}


@pytest.mark.parametrize(("program", "name"), CASES)
def test_instructions_are_those_of_solders(program: str, name: str) -> None:
    fields, expected = CASES[program, name]
    assert readable_instruction(described(program, name, fields), "instructions[0]") == expected


@pytest.mark.parametrize(("program", "name"), CASES)
def test_every_field_is_needed(program: str, name: str) -> None:
    fields, _ = CASES[program, name]
    for missing in fields:
        others = {field: value for field, value in fields.items() if field != missing}
        with pytest.raises(InputError) as raised:
            readable_instruction(described(program, name, others), "i")
        assert str(raised.value) == f"i.{missing}: missing"


TRANSFER = described("system", "Transfer", CASES["system", "Transfer"][0])
SEED = described("system", "AssignWithSeed", CASES["system", "AssignWithSeed"][0])


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ({"instruction": "Transfer"}, "i.program: missing"),
        (TRANSFER | {"program": "vote"}, 'i.program: expected "system" or "compute_budget", got "vote"'),
        (
            TRANSFER | {"program": ["system"]},
            'i.program: expected "system" or "compute_budget", got ["system"]',
        ),
        (
            TRANSFER | {"program": "compute_budget"},
            'i.instruction: expected "RequestHeapFrame" or "SetComputeUnitLimit" or "SetComputeUnitPrice" or '
            '"SetLoadedAccountsDataSizeLimit", got "Transfer"',
        ),
        (
            TRANSFER | {"owner": 1},
            "i: unknown field 'owner', expected program, instruction, from, to, lamports",
        ),
        (TRANSFER | {"from": 1}, "i.from: expected a base58 address, got 1"),
        (
            TRANSFER | {"lamports": 2**64},
            "i.lamports: expected an integer from 0 to 18446744073709551615, got 18446744073709551616",
        ),
        (
            described("compute_budget", "RequestHeapFrame", {"bytes": 2**32}),
            "i.bytes: expected an integer from 0 to 4294967295, got 4294967296",
        ),
        (SEED | {"seed": 5}, "i.seed: expected a text, got 5"),
        (SEED | {"seed": "s" * 1025}, "i.seed: expected at most 1024 characters, got 1025"),
        (SEED | {"seed": "\ud800"}, 'i.seed: expected text in Unicode, got "\\ud800"'),
    ],
)
def test_refusals(instruction: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError) as raised:
        readable_instruction(instruction, "i")
    assert str(raised.value) == expected
