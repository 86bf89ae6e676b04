from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from tests.support.litesvm_transactions import Sent, instruction
from tests.support.system_data import MARKED_OWNER, OWNER, Mention, data, derived
from tests.support.vote_data import (
    AUTHORIZE,
    AUTHORIZE_CHECKED,
    AUTHORIZE_CHECKED_WITH_SEED,
    AUTHORIZE_WITH_SEED,
    BLS_KEY,
    NODE,
    ROLES,
    V1_14_11,
    V3,
    V4,
    VOTER,
    WITHDRAWER,
    State,
    encoded,
)
from tests.support.vote_machine import ACCOUNT, CLOCK, EPOCH, RENT, check, machine_of, set_clock, vote_account

NEW = b"new authority".ljust(32, b"\1")
SEED = "seed"
BLS_KEYS = "bls_pubkey_management_in_vote_account"
TOO_SOON = {"InstructionError": [0, {"Custom": 5}]}
UNITS_OF_PROOF = 34_500
BUDGET = bytes.fromhex("0306466fe5211732ffecadba72c39be7bc8ce5bbc5f7126b2c439b3a40000000")

VOTER_SIGNS, WITHDRAWER_SIGNS, NODE_SIGNS = (Mention(key, True) for key in (VOTER, WITHDRAWER, NODE))


def failed(name: str) -> dict[str, list[object]]:
    return {"InstructionError": [0, name]}


def authorize(
    role: str,
    mentions: Sequence[Mention],
    state: State | Account = State(),  # noqa: B008
    machine: LiteSVM | None = None,
    deactivate: Sequence[str] = (),
) -> Sent:
    """Give a role to a new key like LiteSVM."""
    account = state if isinstance(state, Account) else vote_account(state)
    content = encoded(AUTHORIZE, NEW, ROLES[role])
    return check(content, mentions, account, machine=machine, deactivate=deactivate)


@pytest.mark.parametrize("version", [V1_14_11, V3, V4])
@pytest.mark.parametrize(
    ("role", "signer", "error"),
    [
        ("voter", VOTER_SIGNS, None),
        ("voter", WITHDRAWER_SIGNS, None),
        ("voter", NODE_SIGNS, failed("MissingRequiredSignature")),
        ("voter", Mention(VOTER), failed("MissingRequiredSignature")),
        ("withdrawer", WITHDRAWER_SIGNS, None),
        ("withdrawer", VOTER_SIGNS, failed("MissingRequiredSignature")),
        ("withdrawer", Mention(WITHDRAWER), failed("MissingRequiredSignature")),
    ],
)
def test_authorize(version: int, role: str, signer: Mention, error: object) -> None:
    assert authorize(role, [ACCOUNT, CLOCK, signer], State(version)).error == error


@pytest.mark.parametrize("role", ["voter", "withdrawer"])
@pytest.mark.parametrize(
    ("mentions", "state", "error"),
    [
        ([ACCOUNT], State(), "MissingAccount"),
        ([ACCOUNT, RENT, WITHDRAWER_SIGNS], State(), "InvalidArgument"),
        ([ACCOUNT, WITHDRAWER_SIGNS, CLOCK], State(), "InvalidArgument"),
        ([ACCOUNT, CLOCK, WITHDRAWER_SIGNS], vote_account(bytes(3_762)), "InvalidAccountData"),
        ([ACCOUNT, CLOCK, WITHDRAWER_SIGNS], State(V3, voters={}), "UninitializedAccount"),
        (
            [Mention(ACCOUNT.key, is_writable=False), CLOCK, WITHDRAWER_SIGNS],
            State(),
            "ReadonlyDataModified",
        ),
    ],
)
def test_refused(role: str, mentions: Sequence[Mention], state: State | Account, error: str) -> None:
    assert authorize(role, mentions, state).error == failed(error)


@pytest.mark.parametrize("content", [encoded(AUTHORIZE, NEW), encoded(AUTHORIZE, NEW, b"\3" + bytes(200))])
def test_roles(content: bytes) -> None:
    assert check(content, [ACCOUNT], vote_account(State())).error == failed("InvalidInstructionData")


@pytest.mark.parametrize(
    ("voters", "epoch", "leaders", "error"),
    [
        ({0: VOTER}, EPOCH, EPOCH + 1, None),
        ({0: VOTER}, 0, 0, None),
        ({0: VOTER}, 0, 2**64 - 2, None),
        ({0: VOTER}, EPOCH, 2**64 - 1, failed("InvalidAccountData")),
        ({0: VOTER}, EPOCH, EPOCH - 1, TOO_SOON),
        ({0: VOTER, EPOCH + 2: NODE}, EPOCH, EPOCH + 1, TOO_SOON),
        ({0: VOTER, EPOCH + 2: NODE}, EPOCH, EPOCH, None),
        ({0: NODE, EPOCH: VOTER}, EPOCH, EPOCH + 1, None),
        ({0: VOTER, EPOCH: NODE}, EPOCH, EPOCH + 1, failed("MissingRequiredSignature")),
        ({EPOCH + 1: VOTER}, EPOCH, EPOCH + 1, failed("InvalidAccountData")),
        ({EPOCH - 2: NODE, EPOCH - 1: VOTER, EPOCH + 7: NODE}, EPOCH, EPOCH + 1, None),
        ({3: VOTER, 1: NODE, 2: NODE}, EPOCH, EPOCH + 1, None),
    ],
)
def test_epochs(voters: dict[int, bytes], epoch: int, leaders: int, error: object) -> None:
    machine = machine_of()
    set_clock(machine, epoch=epoch, leader_schedule_epoch=leaders)
    assert authorize("voter", [ACCOUNT, CLOCK, VOTER_SIGNS], State(voters=voters), machine).error == error


def test_checked() -> None:
    new = [Mention(NODE, True), Mention(NODE)]
    for role in ("voter", "withdrawer"):
        content = encoded(AUTHORIZE_CHECKED, ROLES[role])
        mentions = [ACCOUNT, CLOCK, WITHDRAWER_SIGNS]
        account = vote_account(State())
        assert check(content, [*mentions, new[0]], account).error is None
        assert check(content, [*mentions, new[1]], account).error == failed("MissingRequiredSignature")
        assert check(content, mentions, account).error == failed("MissingAccount")
        unchecked = [ACCOUNT, RENT, WITHDRAWER_SIGNS, new[0]]
        assert check(content, unchecked, account).error == failed("InvalidArgument")
        assert check(content[:-1], [*mentions, new[0]], account).error == failed("InvalidInstructionData")


def with_seed(role: str, seed: str = SEED, owner: bytes = OWNER, *, checked: bool = False) -> bytes:
    """Instruction data. `NODE` is the key that the authority is derived from."""
    tag = AUTHORIZE_CHECKED_WITH_SEED if checked else AUTHORIZE_WITH_SEED
    return data(tag, ROLES[role], owner, seed, b"" if checked else NEW)


DERIVED = State(withdrawer=derived(NODE, SEED, OWNER), voters={0: derived(NODE, SEED, OWNER)})
DERIVED_VOTER = State(voters={0: derived(NODE, SEED, OWNER)})


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("role", ["voter", "withdrawer"])
@pytest.mark.parametrize(
    ("state", "base", "clock", "error"),
    [
        (DERIVED, NODE_SIGNS, CLOCK, None),
        (DERIVED, Mention(NODE), CLOCK, failed("MissingRequiredSignature")),
        (DERIVED, VOTER_SIGNS, CLOCK, failed("MissingRequiredSignature")),
        (State(), WITHDRAWER_SIGNS, CLOCK, failed("MissingRequiredSignature")),
        (DERIVED, NODE_SIGNS, RENT, failed("InvalidArgument")),
        (State(V3, voters={}), NODE_SIGNS, CLOCK, failed("UninitializedAccount")),
    ],
)
def test_with_seed(
    checked: bool, role: str, state: State, base: Mention, clock: Mention, error: object
) -> None:
    mentions = [ACCOUNT, clock, base, *([Mention(VOTER, True)] if checked else [])]
    assert check(with_seed(role, checked=checked), mentions, vote_account(state)).error == error


@pytest.mark.parametrize(
    ("seed", "owner", "error"),
    [
        ("s" * 32, OWNER, "MissingRequiredSignature"),
        ("s" * 33, OWNER, {"Custom": 0}),
        (SEED, MARKED_OWNER, {"Custom": 2}),
        ("s" * 33, MARKED_OWNER, {"Custom": 0}),
    ],
)
def test_seeds_without_an_address(seed: str, owner: bytes, error: object) -> None:
    content = with_seed("voter", seed, owner)
    sent = check(content, [ACCOUNT, CLOCK, NODE_SIGNS], vote_account(DERIVED))
    assert sent.error == {"InstructionError": [0, error]}
    sent = check(content, [ACCOUNT, CLOCK, Mention(NODE)], vote_account(DERIVED))
    assert sent.error == failed("MissingRequiredSignature")


def test_accounts_with_seed() -> None:
    account = vote_account(DERIVED)
    assert check(with_seed("voter"), [ACCOUNT, CLOCK], account).error == failed("MissingAccount")
    content = with_seed("withdrawer", checked=True)
    assert check(content, [ACCOUNT, CLOCK, NODE_SIGNS], account).error == failed("MissingAccount")
    mentions = [ACCOUNT, CLOCK, NODE_SIGNS, Mention(VOTER)]
    assert check(content, mentions, account).error == failed("MissingRequiredSignature")
    assert check(with_seed("voter"), [ACCOUNT, CLOCK, NODE_SIGNS], vote_account(DERIVED_VOTER)).error is None
    invalid = with_seed("voter").replace(b"seed", b"\xff\xfe\xfd\xfc")
    assert check(invalid, [ACCOUNT, CLOCK, NODE_SIGNS], account).error == failed("InvalidInstructionData")


def test_the_voter_of_an_account_with_a_bls_key() -> None:
    state, mentions = State(bls_key=BLS_KEY), [ACCOUNT, CLOCK, WITHDRAWER_SIGNS]
    assert authorize("voter", mentions, state).error == failed("InvalidInstructionData")
    assert authorize("voter", mentions, state, deactivate=[BLS_KEYS]).error is None
    assert authorize("withdrawer", mentions, state).error is None


def test_bls_keys_without_the_feature() -> None:
    mentions = [ACCOUNT, CLOCK, WITHDRAWER_SIGNS]
    assert authorize("bls", mentions, deactivate=[BLS_KEYS]).error == failed("InvalidInstructionData")


def with_limit(limit: int, state: State | bytes) -> Sent:
    """Give a BLS key with a limit of compute units for the vote program."""
    budget = instruction(BUDGET, b"\2" + struct.pack("<I", 150 + limit))
    content = encoded(AUTHORIZE, NEW, ROLES["bls"])
    return check(content, [ACCOUNT, CLOCK, VOTER_SIGNS], vote_account(state), before=[budget])


def test_a_proof_of_a_bls_key_costs_units_before_anybody_must_sign() -> None:
    for state in (State(), State(voters={0: NODE})):
        sent = with_limit(2_100 + UNITS_OF_PROOF - 1, state)
        assert sent.error == {"InstructionError": [1, "ComputationalBudgetExceeded"]}
    sent = with_limit(2_100, bytes(3_762))
    assert sent.error == {"InstructionError": [1, "InvalidAccountData"]}
    sent = with_limit(2_099, State())
    assert sent.error == {"InstructionError": [1, "ComputationalBudgetExceeded"]}


def test_a_bls_key() -> None:
    sent = with_limit(2_100 + UNITS_OF_PROOF, State())
    assert sent.error is None
    assert sent.compute_units == 2_100 + UNITS_OF_PROOF + 150
    # A valid proof does not replace the signature, which is checked after it.
    sent = with_limit(2_100 + UNITS_OF_PROOF, State(voters={0: NODE}))
    assert sent.error == {"InstructionError": [1, "MissingRequiredSignature"]}


def test_a_bls_key_is_replaced() -> None:
    assert authorize("bls", [ACCOUNT, CLOCK, WITHDRAWER_SIGNS], State(bls_key=bytes(48))).error is None
