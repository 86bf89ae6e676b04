"""Which programs and accounts an instruction may pass on, compared with LiteSVM."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from solders.pubkey import Pubkey

from solproof.runtime.accounts import address_bytes
from solproof.runtime.cross_program import may_be_invoked
from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_error import TEXTS
from tests.support.puppet.invocation import Meta
from tests.support.puppet.script import Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    CHAIN,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    NOWHERE,
    PAYER,
    Frame,
    Mention,
    data_lines,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

FIRST, SECOND, STRANGER = (bytes([number]) * 32 for number in (7, 8, 9))
ACCOUNTS = {
    FIRST: owned(CALLEE.key, bytes(8)),
    SECOND: owned(CALLEE.key, bytes(8)),
    STRANGER: owned(bytes(32)),
}
SYSTEM = bytes(32)
COMPUTE_BUDGET = address_bytes("ComputeBudget111111111111111111111111111111")
NATIVE_LOADER = address_bytes("NativeLoader1111111111111111111111111111111")
PRECOMPILES = [
    address_bytes("Ed25519SigVerify111111111111111111111111111"),
    address_bytes("KeccakSecp256k11111111111111111111111111111"),
    address_bytes("Secp256r1SigVerify1111111111111111111111111"),
]
AUTHORITY_UNCHECKED = MAINNET.changed(deactivate=["enable_bpf_loader_set_authority_checked_ix"])
NOTHING = inline(Script())


def frame(*mentions: Mention) -> Frame:
    return stage().frame(CALLER, [*mentions, Mention(CALLEE.key, is_writable=False)], ACCOUNTS)


def run(caller: Frame) -> TransactionResult:
    return stage().run(ACCOUNTS, caller)


def error_of(result: TransactionResult) -> object:
    return None if result.error is None else result.error["InstructionError"][1]


# PROGRAMS


@pytest.mark.parametrize(
    "program", [NATIVE_LOADER, LOADER_V1, LOADER_V2, *PRECOMPILES], ids=lambda key: str(Pubkey(key))
)
@pytest.mark.parametrize("data", [b"", b"\x03\0\0\0", b"\x05"])
def test_programs_that_are_never_invoked(program: bytes, data: bytes) -> None:
    """They are refused before the accounts are looked at."""
    for mentions in ((), (Mention(program, is_writable=False),)):
        given = frame(*mentions)
        given.invoke(program, [Meta(STRANGER, 1, 1)], data, infos=NOWHERE, info_count=1)
        result = run(given)
        assert ending(result) == f"Program {Pubkey(program)} not supported by inner instructions"
        assert error_of(result) == "ProgramFailedToComplete"


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("tag", [None, *range(11), 255])
def test_instructions_of_loader_v3(tag: int | None, checked: bool) -> None:
    """Only four kinds may be invoked, and which they are is decided by the first byte."""
    features = MAINNET if checked else AUTHORITY_UNCHECKED
    data = b"" if tag is None else bytes([tag, 9])
    given = frame()
    given.invoke(LOADER_V3, [], data)
    result = stage(features).run(ACCOUNTS, given)
    refused = f"Program {Pubkey(LOADER_V3)} not supported by inner instructions"
    allowed = (3, 4, 5, 7) if checked else (3, 4, 5)
    assert ending(result) == (TEXTS["MissingAccount"] if tag in allowed else refused)
    assert may_be_invoked(LOADER_V3, data, features) is (tag in allowed)


@pytest.mark.parametrize("tag", [3, 4, 5, 7])
@pytest.mark.parametrize("rest", [b"", b"\0\0\0", bytes(40)])
def test_loader_v3_runs(tag: int, rest: bytes) -> None:
    """It takes its units before it reads its data or accounts."""
    given = frame(Mention(FIRST), Mention(SECOND), Mention(LOADER_V3, is_writable=False))
    given.invoke(LOADER_V3, [Meta(FIRST, 0, 1), Meta(SECOND)], bytes([tag]) + rest)
    result = run(given)
    assert f"Program {Pubkey(LOADER_V3)} invoke [2]" in result.logs
    assert result.error is not None
    assert result.compute_units > 2_370


@pytest.mark.parametrize(
    "program",
    [STRANGER, b"?" * 32, SYSTEM, CHAIN[1].key, COMPUTE_BUDGET],
    ids=["account", "absent", "system", "puppet", "budget"],
)
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_program_that_the_caller_does_not_have(program: bytes, elsewhere: bool) -> None:
    """It is unknown, even if another instruction of the transaction names it."""
    given = frame()
    given.invoke(program, [], NOTHING)
    other = stage().frame(CHAIN[2], [Mention(program, is_writable=False)] if elsewhere else [], ACCOUNTS)
    result = stage().run(ACCOUNTS, given, other)
    assert f"Unknown program {Pubkey(program)}" in result.logs
    assert error_of(result) == "MissingAccount"


@pytest.mark.parametrize("program", [STRANGER, b"?" * 32], ids=["account", "absent"])
def test_an_account_that_is_no_program(program: bytes) -> None:
    """It has no line of its own, because the invocation does not begin."""
    given = frame(Mention(program, is_writable=False))
    given.invoke(program, [], NOTHING)
    result = run(given)
    assert error_of(result) == "UnsupportedProgramId"
    assert not any("[2]" in line for line in result.logs)


def test_an_account_of_the_native_loader_that_is_no_builtin() -> None:
    accounts = {STRANGER: owned(NATIVE_LOADER, b"name")}
    given = stage().frame(CALLER, [Mention(STRANGER, is_writable=False)], accounts)
    given.invoke(STRANGER, [], NOTHING)
    result = stage().run(accounts, given)
    assert error_of(result) == "UnsupportedProgramId"
    assert not any("[2]" in line for line in result.logs)


@pytest.mark.parametrize("data", [b"", b"\x02" + bytes(4), b"\x09" * 40])
def test_the_compute_budget_program(data: bytes) -> None:
    """It takes 150 units and does nothing."""
    given = frame(Mention(COMPUTE_BUDGET, is_writable=False))
    given.invoke(COMPUTE_BUDGET, [], data)
    result = run(given)
    assert f"Program {Pubkey(COMPUTE_BUDGET)} success" in result.logs
    assert result.error is None


def test_the_system_program_by_a_derived_address() -> None:
    """A caller signs for its address, and the system program takes lamports from it."""
    key, bump = Pubkey.find_program_address([b"vault"], Pubkey(CALLER.key))
    vault = bytes(key)
    accounts = {vault: owned(SYSTEM), SECOND: owned(SYSTEM)}
    mentions = [Mention(vault), Mention(SECOND), Mention(SYSTEM, is_writable=False)]
    given = stage().frame(CALLER, mentions, accounts)
    data = (2).to_bytes(4, "little") + (1000).to_bytes(8, "little")
    given.invoke(SYSTEM, [Meta(vault, 1, 1), Meta(SECOND, 0, 1)], data, seeds=[[b"vault", bytes([bump])]])
    given.script.log_data(*((given.layout.accounts[each].lamports, 8) for each in (vault, SECOND)))
    ((from_left, to_left),) = data_lines(stage().run(accounts, given))
    assert int.from_bytes(to_left, "little") - int.from_bytes(from_left, "little") == 2000


# ACCOUNTS


def test_an_account_outside_the_transaction() -> None:
    given = frame(Mention(FIRST))
    given.invoke(CALLEE.key, [Meta(FIRST), Meta(b"?" * 32), Meta(b"!" * 32)], NOTHING)
    result = run(given)
    assert f"Instruction references an unknown account {Pubkey(b'?' * 32)}" in result.logs
    assert error_of(result) == "MissingAccount"


@pytest.mark.parametrize("key", [STRANGER, bytes(PAYER)], ids=["other", "payer"])
def test_an_account_of_another_instruction(key: bytes) -> None:
    """There is no line for an account that the transaction has and the caller has not."""
    given = frame(Mention(FIRST))
    given.invoke(CALLEE.key, [Meta(FIRST), Meta(key)], NOTHING)
    other = stage().frame(CHAIN[2], [Mention(STRANGER)], ACCOUNTS)
    result = stage().run(ACCOUNTS, given, other)
    assert error_of(result) == "MissingAccount"
    assert not any("unknown" in line.lower() for line in result.logs)


@pytest.mark.parametrize(
    ("metas", "line"),
    [
        # An account outside the transaction comes before every other account.
        ([Meta(FIRST, 1, 1), Meta(b"?" * 32)], "unknown account"),
        ([Meta(STRANGER), Meta(b"?" * 32)], "unknown account"),
        # Then the accounts in order, and writing before signing.
        ([Meta(STRANGER), Meta(FIRST, 1, 1)], None),
        ([Meta(FIRST, 0, 1), Meta(STRANGER)], f"{Pubkey(FIRST)}'s writable privilege escalated"),
        ([Meta(FIRST, 1, 0), Meta(SECOND, 1, 0)], f"{Pubkey(FIRST)}'s signer privilege escalated"),
        ([Meta(FIRST, 1, 1)], f"{Pubkey(FIRST)}'s writable privilege escalated"),
        ([Meta(SECOND, 1, 1)], f"{Pubkey(SECOND)}'s signer privilege escalated"),
        # All mentions of an account count at its first one.
        ([Meta(FIRST), Meta(STRANGER), Meta(FIRST, 0, 1)], f"{Pubkey(FIRST)}'s writable privilege escalated"),
        (
            [Meta(SECOND), Meta(FIRST, 0, 1), Meta(SECOND, 1)],
            f"{Pubkey(SECOND)}'s signer privilege escalated",
        ),
    ],
)
def test_privileges_in_order(metas: Sequence[Meta], line: str | None) -> None:
    given = frame(Mention(FIRST, is_writable=False), Mention(SECOND))
    given.invoke(b"?" * 32, metas, NOTHING)
    other = stage().frame(CHAIN[2], [Mention(STRANGER)], ACCOUNTS)
    result = stage().run(ACCOUNTS, given, other)
    assert (line is None) is (len(result.logs) == 3)
    assert line is None or line in result.logs[1]


@pytest.mark.parametrize("is_writable", [True, False])
@pytest.mark.parametrize("is_signer", [True, False])
@pytest.mark.parametrize("flags", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_privileges_of_the_caller(is_writable: bool, is_signer: bool, flags: tuple[int, int]) -> None:
    given = frame(Mention(FIRST, is_writable, is_signer))
    given.invoke(CALLEE.key, [Meta(FIRST, *flags)], NOTHING)
    allowed = flags[0] <= is_signer and flags[1] <= is_writable
    assert error_of(run(given)) == (None if allowed else "PrivilegeEscalation")


def test_privileges_are_lost_on_the_way_down() -> None:
    """A frame cannot pass on what it was not given, even if the transaction has it."""
    mentions = [Mention(FIRST, is_signer=True), *(Mention(each.key, is_writable=False) for each in CHAIN[:2])]
    for flags, error in (((1, 1), None), ((0, 1), "PrivilegeEscalation"), ((1, 0), "PrivilegeEscalation")):
        top = stage().frame(CALLER, mentions, ACCOUNTS)
        middle = stage().frame(CHAIN[0], mentions, ACCOUNTS)
        middle.invoke(CHAIN[1].key, [Meta(FIRST, 1, 1)], NOTHING)
        metas = [Meta(FIRST, *flags), *(Meta(each.key) for each in CHAIN[:2])]
        top.invoke(CHAIN[0].key, metas, inline(middle.script))
        assert error_of(run(top)) == error


def test_mentions_of_an_account_are_merged() -> None:
    """Each of them has the privileges of all. A later mention is a duplicate of the first."""
    given = frame(Mention(FIRST, is_signer=True), Mention(SECOND))
    metas = [Meta(FIRST), Meta(SECOND, 0, 1), Meta(FIRST, 1, 0), Meta(SECOND), Meta(FIRST, 0, 1)]
    callee = stage().frame(CALLEE, [Mention(meta.key) for meta in metas], ACCOUNTS)
    callee.script.log_data(*((callee.layout.accounts[key].key - 8, 3) for key in (FIRST, SECOND)))
    given.invoke(CALLEE.key, metas, inline(callee.script))
    result = run(given)
    assert data_lines(result) == [[b"\xff\x01\x01", b"\xff\x00\x01"]]
    assert result.invoked[0].accounts == (FIRST, SECOND, FIRST, SECOND, FIRST)


def test_a_duplicate_in_the_caller_has_one_state() -> None:
    given = stage().frame(
        CALLER, [Mention(FIRST), Mention(CALLEE.key, is_writable=False), Mention(FIRST)], ACCOUNTS
    )
    callee = stage().frame(CALLEE, [Mention(FIRST)], ACCOUNTS)
    callee.script.store(callee.layout.accounts[FIRST].data, 77)
    given.call(callee)
    given.script.log_data((given.layout.accounts[FIRST].data, 1))
    assert data_lines(run(given)) == [[b"M"]]


def test_the_program_is_looked_for_last() -> None:
    given = frame(Mention(FIRST, is_writable=False))
    given.invoke(b"?" * 32, [Meta(FIRST, 0, 1)], NOTHING)
    assert error_of(run(given)) == "PrivilegeEscalation"


def test_the_program_comes_before_the_infos() -> None:
    given = frame()
    given.invoke(b"?" * 32, (), NOTHING, infos=NOWHERE, info_count=300)
    assert f"Unknown program {Pubkey(b'?' * 32)}" in run(given).logs
