"""The associated token program with all three token programs: p-token, SPL Token and Token-2022."""

from __future__ import annotations

import struct

import pytest
from solders.litesvm import LiteSVM

from solproof.oracle.litesvm import P_TOKEN_FEATURE
from tests.support.ledger import Ledger
from tests.support.token_calls import (
    CREATE_IDEMPOTENT,
    RECOVER_NESTED,
    balance,
    create_associated,
    create_mint,
    derive_associated,
    mint_to,
    transfer_checked,
)

NOT_THE_OWNER = 4
INSUFFICIENT = 1
NESTED = 1_000


def p_token() -> tuple[Ledger, str]:
    return Ledger(), "token"


def classic() -> tuple[Ledger, str]:
    features = LiteSVM.mainnet_feature_set()
    features.deactivate(P_TOKEN_FEATURE)
    svm = (
        LiteSVM.default()
        .with_feature_set(features)
        .with_builtins()
        .with_lamports(10**15)
        .with_sysvars()
        .with_default_programs()
        .with_sigverify(True)
        .with_blockhash_check(True)
    )
    return Ledger(svm), "token"


def token_2022() -> tuple[Ledger, str]:
    return Ledger(), "token_2022"


MACHINES = {"p-token": p_token, "SPL Token": classic, "Token-2022": token_2022}


@pytest.fixture(params=list(MACHINES))
def machine(request: pytest.FixtureRequest) -> tuple[Ledger, str]:
    """A ledger with a mint, the name of the token program, and the associated account of `alice`."""
    ledger, token = MACHINES[request.param]()
    create_mint(ledger, token)
    derive_associated(ledger, "alice's", "alice", "mint", token)
    derive_associated(ledger, "bob's", "bob", "mint", token)
    return ledger, token


def test_create(machine: tuple[Ledger, str]) -> None:
    ledger, token = machine
    result = ledger.send(create_associated("alice's", "alice", "mint", token))
    assert result.heights() == [2, 2, 2, 2]
    ledger.fail(create_associated("alice's", "alice", "mint", token), error="IllegalOwner")
    ledger.send(create_associated("alice's", "alice", "mint", token, CREATE_IDEMPOTENT))
    ledger.send(create_associated("bob's", "bob", "mint", token, CREATE_IDEMPOTENT))


def test_create_with_lamports_before(machine: tuple[Ledger, str]) -> None:
    """The account has lamports, so it is not made by one instruction."""
    ledger, token = machine
    ledger.fund("alice's", 5)
    ledger.send(create_associated("alice's", "alice", "mint", token))
    derive_associated(ledger, "bob's", "bob", "mint", token)
    ledger.fund("bob's", 10**9)
    ledger.send(create_associated("bob's", "bob", "mint", token))


def test_create_refused(machine: tuple[Ledger, str]) -> None:
    ledger, token = machine
    ledger.fail(create_associated("alice's", "alice", "mint", "system"), error="InvalidSeeds")
    ledger.fail(create_associated("bob's", "alice", "mint", token), error="InvalidSeeds")
    derive_associated(ledger, "none's", "alice", "no_mint", token)
    ledger.fail(create_associated("none's", "alice", "no_mint", token), error="IncorrectProgramId")
    program, data, accounts = create_associated("alice's", "alice", "mint", token)
    ledger.fail((program, data, accounts.replace("payer*!", "poor*!")), error=INSUFFICIENT)
    ledger.fail((program, data, accounts.replace("system ", "")), error="NotEnoughAccountKeys")
    ledger.fail((program, b"\7", accounts), error="InvalidInstructionData")


def test_create_mint_and_transfer(machine: tuple[Ledger, str]) -> None:
    """Five instructions in one transaction."""
    ledger, token = machine
    ledger.send(
        create_associated("alice's", "alice", "mint", token),
        mint_to(token, "mint", "alice's", 1_000),
        create_associated("bob's", "bob", "mint", token, CREATE_IDEMPOTENT),
        transfer_checked(token, "alice's", "mint", "bob's", "alice", 400),
        create_associated("bob's", "bob", "mint", token, CREATE_IDEMPOTENT),
    )
    assert (balance(ledger, "alice's"), balance(ledger, "bob's")) == (600, 400)
    ledger.fail(
        transfer_checked(token, "alice's", "mint", "bob's", "alice", 600),
        transfer_checked(token, "alice's", "mint", "bob's", "alice", 1),
        error=INSUFFICIENT,
    )
    ledger.fail(transfer_checked(token, "alice's", "mint", "bob's", "bob", 1), error=NOT_THE_OWNER)
    ledger.send(
        transfer_checked(token, "alice's", "mint", "bob's", "alice", 600),
        (token, bytes([9]), "alice's! alice! alice*"),
    )
    assert ledger.lamports("alice's") == 0


def test_recover_nested(machine: tuple[Ledger, str]) -> None:
    """Tokens in an account that is associated with an associated account."""
    ledger, token = machine
    create_mint(ledger, token, "other_mint")
    derive_associated(ledger, "nested", "alice's", "other_mint", token)
    derive_associated(ledger, "target", "alice", "other_mint", token)
    ledger.send(
        create_associated("alice's", "alice", "mint", token),
        create_associated("nested", "alice's", "other_mint", token),
        create_associated("target", "alice", "other_mint", token),
        mint_to(token, "other_mint", "nested", NESTED),
    )
    accounts = f"nested! other_mint target! alice's mint alice*! {token}"
    ledger.name("other", ledger.key("other_mint"))
    accounts = accounts.replace("other_mint", "other")
    ledger.fail(
        ("associated_token", RECOVER_NESTED, accounts.replace("alice*!", "alice!")),
        error="MissingRequiredSignature",
    )
    ledger.fail(
        ("associated_token", RECOVER_NESTED, accounts.replace("target!", "bob's!")), error="InvalidSeeds"
    )
    ledger.send(("associated_token", RECOVER_NESTED, accounts))
    assert (balance(ledger, "target"), ledger.lamports("nested")) == (NESTED, 0)
    ledger.fail(("associated_token", RECOVER_NESTED, accounts), error="IllegalOwner")


def test_budgets(machine: tuple[Ledger, str]) -> None:
    """A creation whose units run out at some place, until they suffice."""
    ledger, token = machine
    limit = 1_000
    while ledger.lamports("alice's") == 0:
        budget = "budget", struct.pack("<BI", 2, limit), ""
        result = ledger.attempt(budget, create_associated("alice's", "alice", "mint", token))
        assert result.compute_units == limit or result.error is None
        limit += 1_900
    assert limit > 10_000
