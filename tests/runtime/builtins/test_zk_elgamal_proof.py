"""The ZK ElGamal proof program, compared with LiteSVM."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache

import pytest
from solders.instruction import Instruction
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof._native import primitives
from solproof.execution.execute import execute
from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import MAXIMUM_LAMPORTS, Account, InstructionAccount
from solproof.runtime.builtins.zk_elgamal_proof import DISABLED, ENABLED, ENABLED_AGAIN, KINDS, Kind
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import COMPUTE_BUDGET, NATIVE_LOADER, ZK_ELGAMAL_PROOF
from tests.support.calling_programs import caller
from tests.support.known_proofs import KNOWN_PROOFS
from tests.support.litesvm_transactions import PAYER_KEY, Sent, instruction, litesvm, signed, store, stored
from tests.support.syscall_harness import replay
from tests.support.system_data import (
    ALICE_KEY,
    BOB_KEY,
    CAROL_KEY,
    Mention,
    data,
    signers_of,
    system_account,
    system_instruction,
)
from tests.support.transaction_oracle import assert_like_litesvm

NUMBERS = {kind.name: number for number, kind in enumerate(KINDS, start=1)}
PUBKEY = next(kind for kind in KINDS if kind.name == "PubkeyValidity")
PROOF_KEY = b"account of a proof".ljust(32, b"\1")
CALLER_KEY = b"a program".ljust(32, b"\1")
STATE_KEY = b"context state".ljust(32, b"\1")
STATE, AUTHORITY, RECEIVER = Mention(STATE_KEY), Mention(ALICE_KEY, is_writable=False), Mention(BOB_KEY)
PROOF = Mention(PROOF_KEY, is_writable=False)
AUTHORITY_SIGNS = Mention(ALICE_KEY, True, False)
LAMPORTS = 10**9
BUDGET_UNITS = 150
LIMIT = instruction(COMPUTE_BUDGET, b"\2" + struct.pack("<I", 1_400_000))
CLOSE = b"\0"


def failed(name: str) -> dict[str, list[object]]:
    """The error of the instruction after the one for the budget."""
    return {"InstructionError": [1, name]}


@cache
def machine_without(*features: str) -> LiteSVM:
    """A machine without some features of mainnet. All tests with the same features use one."""
    return litesvm(deactivate=features)


def call(content: bytes, mentions: Sequence[Mention] = ()) -> Instruction:
    """An instruction of the program."""
    accounts = [(mention.key, mention.signs, mention.is_writable) for mention in mentions]
    return instruction(ZK_ELGAMAL_PROOF, content, accounts)


def check(
    content: bytes,
    mentions: Sequence[Mention] = (),
    *accounts: Account,
    deactivate: Sequence[str] = (),
    before: Sequence[Instruction] = (LIMIT,),
    after: Sequence[Instruction] = (),
) -> Sent:
    """Run an instruction like LiteSVM. The accounts of the authority and of the receiver exist."""
    machine = machine_without(*deactivate)
    for account in (system_account(PAYER_KEY, 10**12), *map(system_account, (ALICE_KEY, BOB_KEY)), *accounts):
        store(machine, account)
    instructions = [*before, call(content, mentions), *after]
    features = MAINNET.changed(deactivate=deactivate)
    return assert_like_litesvm(machine, instructions, signers_of(*instructions), features)


def owned(content: bytes, lamports: int = LAMPORTS) -> Account:
    """The context state account with other data."""
    return Account(STATE_KEY, ZK_ELGAMAL_PROOF, lamports, content)


def empty(kind: Kind, change: int = 0) -> Account:
    """A context state account for a kind of proof, whose length is right if nothing changes it."""
    return owned(bytes(33 + kind.statement_length + change))


def written(kind: Kind, authority: bytes = ALICE_KEY) -> bytes:
    """The content of a context state account."""
    statement = KNOWN_PROOFS[kind.name][: kind.statement_length]
    return authority + bytes([NUMBERS[kind.name]]) + statement


def with_proof(kind: Kind) -> bytes:
    """Instruction data that hold the proof."""
    return bytes([NUMBERS[kind.name]]) + KNOWN_PROOFS[kind.name]


def with_offset(kind: Kind, offset: int) -> bytes:
    """Instruction data that say where the proof is in an account."""
    return bytes([NUMBERS[kind.name]]) + struct.pack("<I", offset)


def proof_account(kind: Kind, offset: int = 0, after: int = 0) -> Account:
    """An account with bytes before and after a proof."""
    return system_account(PROOF_KEY, LAMPORTS, b"\7" * offset + KNOWN_PROOFS[kind.name] + b"\7" * after)


def check_proof(
    number: int,
    proven: bytes,
    mentions: Sequence[Mention] = (),
    *accounts: Account,
    before: Sequence[Instruction] = (LIMIT,),
) -> Sent:
    """Run the instruction of a kind like LiteSVM. A proof of more than 900 bytes is in an account.

    No transaction has space for the instruction data of BatchedRangeProofU256.
    """
    if len(proven) <= 900:
        return check(bytes([number]) + proven, mentions, *accounts, before=before)
    content = bytes([number]) + bytes(4)
    given = system_account(PROOF_KEY, LAMPORTS, proven)
    return check(content, [PROOF, *mentions], given, *accounts, before=before)


def name_of(kind: Kind) -> str:
    """The name of a test's case."""
    return kind.name


every_kind = pytest.mark.parametrize("kind", KINDS, ids=name_of)


# VALID PROOFS


@every_kind
def test_a_valid_proof(kind: Kind) -> None:
    sent = check_proof(NUMBERS[kind.name], KNOWN_PROOFS[kind.name])
    assert sent.error is None
    assert sent.compute_units == BUDGET_UNITS + kind.compute_units
    assert f"Verify{kind.name}" in sent.logs


@every_kind
def test_a_statement_is_kept(kind: Kind) -> None:
    sent = check_proof(NUMBERS[kind.name], KNOWN_PROOFS[kind.name], [STATE, AUTHORITY], empty(kind))
    assert sent.error is None
    assert stored(machine_without(), STATE_KEY) == owned(written(kind))


@every_kind
@pytest.mark.parametrize(("offset", "after"), [(0, 0), (0, 1), (77, 0), (1_000, 3)])
def test_a_proof_in_an_account(kind: Kind, offset: int, after: int) -> None:
    accounts = proof_account(kind, offset, after), empty(kind)
    assert check(with_offset(kind, offset), [PROOF], *accounts).error is None
    assert check(with_offset(kind, offset), [PROOF, STATE], *accounts).error is None
    assert stored(machine_without(), STATE_KEY) == empty(kind)
    assert check(with_offset(kind, offset), [PROOF, STATE, AUTHORITY], *accounts).error is None
    assert stored(machine_without(), STATE_KEY) == owned(written(kind))


def test_one_more_account_says_nothing() -> None:
    assert check(with_proof(PUBKEY), [STATE], empty(PUBKEY)).error is None
    assert stored(machine_without(), STATE_KEY) == empty(PUBKEY)


def test_more_accounts_are_not_used() -> None:
    assert check(with_proof(PUBKEY), [STATE, AUTHORITY, RECEIVER, STATE], empty(PUBKEY)).error is None


def test_the_authority_may_be_the_account_itself() -> None:
    assert check(with_proof(PUBKEY), [STATE, STATE], empty(PUBKEY)).error is None
    assert stored(machine_without(), STATE_KEY) == owned(written(PUBKEY, STATE_KEY))


def test_a_proof_may_be_in_the_context_state_account() -> None:
    """The proof would lie behind what is written, but the account then is too long."""
    content = bytes(33 + PUBKEY.statement_length) + KNOWN_PROOFS[PUBKEY.name]
    sent = check(with_offset(PUBKEY, 65), [STATE, STATE, AUTHORITY], owned(content))
    assert sent.error == failed("InvalidAccountData")


@every_kind
def test_another_program_calls_the_program(kind: Kind) -> None:
    machine = litesvm()
    machine.add_program(Pubkey(CALLER_KEY), caller(ZK_ELGAMAL_PROOF, with_proof(kind)))
    calling = instruction(CALLER_KEY, b"", [(ZK_ELGAMAL_PROOF, False, False)])
    sent = assert_like_litesvm(machine, [LIMIT, calling])
    assert sent.error is None
    assert f"Verify{kind.name}" in sent.logs


def test_a_call_of_the_program_can_be_replayed() -> None:
    """The verifier of a run checks the zero-knowledge proof again."""
    account = Account(ZK_ELGAMAL_PROOF, NATIVE_LOADER, 1, b"zk_elgamal_proof_program", executable=True)
    for content in (with_proof(PUBKEY), with_proof(PUBKEY)[:-1] + b"\0"):
        calling = caller(ZK_ELGAMAL_PROOF, content)
        given = ExecutionInput(calling, CALLER_KEY, (InstructionAccount(account),), b"")
        execution = execute(given)
        assert "VerifyPubkeyValidity" in execution.output.logs
        assert execution.output.success == (content == with_proof(PUBKEY))
        replay(execution)


# INVALID PROOFS


@every_kind
@pytest.mark.parametrize("put", [None, bytes(32), b"\xff" * 32], ids=["changed", "zeros", "ones"])
def test_an_invalid_proof(kind: Kind, put: bytes | None) -> None:
    """Each point, scalar or list of lengths is another one."""
    known = KNOWN_PROOFS[kind.name]
    refused = set[str]()
    for start in range(0, len(known), 32):
        part = known[start : start + 32]
        other = bytes([part[0] ^ 1]) + part[1:] if put is None else put[: len(part)]
        if other == part:
            continue
        sent = check_proof(NUMBERS[kind.name], known[:start] + other + known[start + 32 :])
        assert sent.error == failed("InvalidInstructionData")
        assert sent.compute_units == BUDGET_UNITS + kind.compute_units
        refused.add(sent.logs[4])
    assert all(line.startswith("proof verification failed: ") for line in refused), refused
    assert len(refused) > 1 or put == bytes(32), refused


RANGES = [kind for kind in KINDS if kind.name.startswith("BatchedRangeProof")]


@pytest.mark.parametrize("kind", RANGES, ids=name_of)
@pytest.mark.parametrize(
    "lengths",
    [
        [],
        [64],
        [128],
        [255] * 8,
        [0, 64],
        [1] * 8,
        [16, 48],
        [48, 16],
        [64, 0, 64],
        [64, 64],
        [32] * 8,
        [3, 61],
        [64] * 4,
    ],
)
def test_other_lengths_of_ranges(kind: Kind, lengths: list[int]) -> None:
    """The statement has 8 commitments, and then how many bits each amount has."""
    known = KNOWN_PROOFS[kind.name]
    changed = known[:256] + bytes(lengths).ljust(8, b"\0") + known[264:]
    sent = check_proof(NUMBERS[kind.name], changed)
    assert sent.error == (None if changed == known else failed("InvalidInstructionData"))


@every_kind
def test_a_proof_of_another_kind(kind: Kind) -> None:
    """Some kinds have the same length."""
    for other in KINDS:
        if other != kind:
            sent = check_proof(NUMBERS[other.name], KNOWN_PROOFS[kind.name])
            assert sent.error is not None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if len(with_proof(kind)) < 1_000], ids=name_of)
@pytest.mark.parametrize("change", [-1, 1, 32])
def test_a_length_that_is_wrong(kind: Kind, change: int) -> None:
    content = with_proof(kind)
    content = content[:change] if change < 0 else content.ljust(len(content) + change, b"\0")
    sent = check(content)
    assert sent.error == failed("InvalidInstructionData")
    assert sent.logs[4] == "invalid proof data"


@pytest.mark.parametrize("content", [b"", b"\x0d", b"\xff", bytes([13]) + bytes(96)])
def test_no_such_instruction(content: bytes) -> None:
    sent = check(content)
    assert sent.error == failed("InvalidInstructionData")
    assert sent.compute_units == BUDGET_UNITS


@pytest.mark.parametrize(
    ("content", "mentions", "error"),
    [
        (with_proof(PUBKEY)[:1], [], "InvalidInstructionData"),
        (with_proof(PUBKEY)[:4], [PROOF], "InvalidInstructionData"),
        (with_proof(PUBKEY)[:6], [PROOF], "InvalidInstructionData"),
        (with_offset(PUBKEY, 0), [], "MissingAccount"),
        (with_offset(PUBKEY, 4), [PROOF], "InvalidAccountData"),
        (with_offset(PUBKEY, 2**32 - 1), [PROOF], "InvalidAccountData"),
        (with_offset(PUBKEY, 2), [PROOF], "InvalidInstructionData"),
        (with_offset(PUBKEY, 0), [Mention(CAROL_KEY)], "InvalidAccountData"),
    ],
)
def test_no_valid_proof_is_there(content: bytes, mentions: Sequence[Mention], error: str) -> None:
    assert check(content, mentions, proof_account(PUBKEY, 3)).error == failed(error)


@every_kind
def test_too_few_compute_units(kind: Kind) -> None:
    limit = instruction(COMPUTE_BUDGET, b"\2" + struct.pack("<I", BUDGET_UNITS + kind.compute_units - 1))
    sent = check_proof(NUMBERS[kind.name], KNOWN_PROOFS[kind.name], before=[limit])
    assert sent.error == failed("ComputationalBudgetExceeded")
    assert sent.compute_units == BUDGET_UNITS + kind.compute_units - 1


# CONTEXT STATE ACCOUNTS


READ_ONLY = Mention(STATE_KEY, is_writable=False)


@pytest.mark.parametrize(
    ("account", "state", "error"),
    [
        (system_account(STATE_KEY, LAMPORTS, bytes(65)), STATE, "InvalidAccountOwner"),
        (owned(b""), STATE, "InvalidAccountData"),
        (owned(bytes(32)), STATE, "InvalidAccountData"),
        (owned(bytes(33)), STATE, "InvalidAccountData"),
        (empty(PUBKEY, -1), STATE, "InvalidAccountData"),
        (empty(PUBKEY, 1), STATE, "InvalidAccountData"),
        (owned(written(PUBKEY)), STATE, "AccountAlreadyInitialized"),
        (owned(bytes(32) + b"\xff"), STATE, "AccountAlreadyInitialized"),
        (owned(b"\1" * 32 + bytes(33)), STATE, None),
        (owned(bytes(33) + b"\1" * 32), STATE, None),
        (empty(PUBKEY), READ_ONLY, "ReadonlyDataModified"),
        (system_account(STATE_KEY, LAMPORTS, bytes(65)), READ_ONLY, "InvalidAccountOwner"),
    ],
)
def test_context_state_accounts(account: Account, state: Mention, error: str | None) -> None:
    expected = None if error is None else failed(error)
    assert check(with_proof(PUBKEY), [state, AUTHORITY], account).error == expected
    mentions = [PROOF, state, AUTHORITY]
    assert check(with_offset(PUBKEY, 0), mentions, account, proof_account(PUBKEY)).error == expected


def test_an_invalid_proof_is_reported_first() -> None:
    sent = check(with_proof(PUBKEY)[:-1] + b"\0", [STATE, AUTHORITY], system_account(STATE_KEY))
    assert sent.error == failed("InvalidInstructionData")


@every_kind
def test_close(kind: Kind) -> None:
    sent = check(CLOSE, [STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(kind)))
    assert sent.error is None
    assert sent.compute_units == BUDGET_UNITS + 3_300
    assert "CloseContextState" in sent.logs
    assert stored(machine_without(), STATE_KEY) is None
    assert stored(machine_without(), BOB_KEY) == system_account(BOB_KEY, 10**9 + LAMPORTS)


def test_close_in_the_transaction_of_the_proof() -> None:
    create = data(0, LAMPORTS, 65, ZK_ELGAMAL_PROOF)
    before = [LIMIT, system_instruction(create, [Mention(ALICE_KEY, True), Mention(CAROL_KEY, True)])]
    mentions = [Mention(CAROL_KEY), AUTHORITY]
    closing = [Mention(CAROL_KEY), RECEIVER, AUTHORITY_SIGNS]
    nothing = system_account(CAROL_KEY, 0)
    sent = check(with_proof(PUBKEY), mentions, nothing, before=before, after=[call(CLOSE, closing)])
    assert sent.error is None


def test_data_after_the_number_of_close_are_ignored() -> None:
    sent = check(CLOSE + bytes(40), [STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY)))
    assert sent.error is None


@pytest.mark.parametrize(
    ("mentions", "account", "error"),
    [
        ([], owned(written(PUBKEY)), "MissingAccount"),
        ([STATE], owned(written(PUBKEY)), "MissingAccount"),
        ([STATE, RECEIVER], owned(written(PUBKEY)), "MissingAccount"),
        ([STATE, RECEIVER, AUTHORITY], owned(written(PUBKEY)), "MissingRequiredSignature"),
        ([STATE, STATE, AUTHORITY], owned(written(PUBKEY)), "MissingRequiredSignature"),
        ([STATE, STATE, AUTHORITY_SIGNS], owned(written(PUBKEY)), "InvalidInstructionData"),
        ([STATE, STATE, AUTHORITY_SIGNS], system_account(STATE_KEY), "InvalidInstructionData"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], system_account(STATE_KEY), "InvalidAccountOwner"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY)[:32]), "InvalidAccountData"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], empty(PUBKEY), "UninitializedAccount"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(ALICE_KEY + bytes(33)), "UninitializedAccount"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY, BOB_KEY)), "InvalidAccountOwner"),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(ALICE_KEY + b"\xff"), None),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(ALICE_KEY + b"\1", 890_880), None),
        ([STATE, Mention(ALICE_KEY), AUTHORITY_SIGNS], owned(written(PUBKEY)), None),
        ([READ_ONLY, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY)), "ReadonlyLamportChange"),
        (
            [STATE, Mention(BOB_KEY, is_writable=False), AUTHORITY_SIGNS],
            owned(written(PUBKEY)),
            "ReadonlyLamportChange",
        ),
        ([STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY), MAXIMUM_LAMPORTS), "ArithmeticOverflow"),
    ],
)
def test_close_refused_or_not(mentions: Sequence[Mention], account: Account, error: str | None) -> None:
    assert check(CLOSE, mentions, account).error == (None if error is None else failed(error))


def test_closing_has_a_price() -> None:
    limit = instruction(COMPUTE_BUDGET, b"\2" + struct.pack("<I", BUDGET_UNITS + 3_299))
    sent = check(CLOSE, [STATE, RECEIVER, AUTHORITY_SIGNS], owned(written(PUBKEY)), before=[limit])
    assert sent.error == failed("ComputationalBudgetExceeded")


# FEATURES


@pytest.mark.parametrize(
    ("deactivate", "error"),
    [
        ((ENABLED_AGAIN,), failed("InvalidInstructionData")),
        ((DISABLED,), None),
        ((DISABLED, ENABLED_AGAIN), None),
    ],
)
def test_features(deactivate: Sequence[str], error: object) -> None:
    sent = check(with_proof(PUBKEY), deactivate=deactivate)
    assert sent.error == error


def test_without_the_feature_the_program_does_not_exist() -> None:
    """LiteSVM reports another error for a program that does not exist (`InvalidProgramForExecution`)."""
    machine = machine_without(ENABLED)
    assert stored(machine, ZK_ELGAMAL_PROOF) is None
    transaction = signed(machine, [call(with_proof(PUBKEY))])
    scene = scene_from_litesvm(machine, transaction, MAINNET.changed(deactivate=[ENABLED]))
    assert execute_transaction(scene).output.error == "ProgramAccountNotFound"


def test_a_disabled_program_says_so_at_once() -> None:
    sent = check(b"", deactivate=(ENABLED_AGAIN,))
    assert sent.error == failed("InvalidInstructionData")
    assert "zk-elgamal-proof program is temporarily disabled" in sent.logs


def test_an_account_without_its_program() -> None:
    """Somebody has stored the account of the program on a cluster that does not have the program."""
    account = Account(ZK_ELGAMAL_PROOF, NATIVE_LOADER, 1, b"", executable=True)
    sent = check(with_proof(PUBKEY), (), account, deactivate=[ENABLED, DISABLED])
    assert sent.error == failed("UnsupportedProgramId")


# THE PRIMITIVE


@every_kind
def test_the_primitive_names_the_length(kind: Kind) -> None:
    length = kind.statement_length + kind.proof_length
    with pytest.raises(ValueError, match=f"^proof: 3 bytes, expected {length}$"):
        primitives.zk_elgamal_verify(kind.name, bytes(3))
    assert primitives.zk_elgamal_verify(kind.name, KNOWN_PROOFS[kind.name]) is None


def test_the_primitive_knows_no_other_kind() -> None:
    with pytest.raises(ValueError, match=r'^kind of proof "Uninitialized" is not known$'):
        primitives.zk_elgamal_verify("Uninitialized", b"")  # type: ignore[arg-type]
