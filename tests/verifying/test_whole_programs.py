"""Programs of mainnet, proven and verified: they log, hash, derive addresses and read sysvars."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable

import pytest

from solproof.execution.execute import execute
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.proving.check import check_execution
from solproof.proving.prove import prove
from solproof.runtime.accounts import Account
from solproof.runtime.execution_input import ExecutionInput
from solproof.verifying.verify import verify
from tests.support import lookup_tables as tables
from tests.support import stakes
from tests.support import token_2022 as tokens
from tests.support.scene import SYSTEM_PROGRAM, Scene


def memo(program: str, content: bytes, accounts: str = "") -> ExecutionInput:
    return Scene(program).given(content, accounts.split())


def lookup_table(deactivated: int) -> Scene:
    scene = Scene("address_lookup_table", tables.sysvars())
    scene.make("table", tables.table(scene.key("authority"), 3, deactivated))
    return scene


def extend() -> ExecutionInput:
    return lookup_table(tables.ACTIVE).given(
        tables.extend(bytes(32), bytes([1]) * 32), ["table!", "authority*"]
    )


def close() -> ExecutionInput:
    return lookup_table(tables.SLOT - 513).given(struct.pack("<I", 4), ["table!", "authority*", "target!"])


def create() -> ExecutionInput:
    """The table's address does not come from authority and slot, so creation fails after its derivation."""
    scene = lookup_table(0)
    scene.accounts["table"] = Account(bytes([5]) * 32, SYSTEM_PROGRAM, 0, b"")
    data = struct.pack("<IQB", 0, tables.SLOT - 1, 255)
    return scene.given(data, ["table!", "authority", "payer*!", "system"])


def stake() -> Scene:
    scene = Scene("stake", stakes.sysvars())
    scene.make("stake", bytes(stakes.STAKE_LENGTH))
    scene.make("vote", stakes.vote_state(scene.key("node")), stakes.VOTE_PROGRAM)
    stakes.initialize(scene)
    return scene


def delegate() -> ExecutionInput:
    accounts = ["stake!", "vote", "clock", "stake_history", "config", "staker*"]
    return stake().given(struct.pack("<I", 2), accounts)


def authorize_with_seed() -> ExecutionInput:
    scene = stake()
    owner, seed = bytes([9]) * 32, b"seed"
    derived = stakes.seeded(scene.key("base"), seed, owner)
    scene.run(struct.pack("<I", 1) + derived + struct.pack("<I", stakes.STAKER), "stake! clock staker*")
    arguments = struct.pack("<IQ", stakes.STAKER, len(seed)) + seed + owner
    return scene.given(struct.pack("<I", 8) + scene.key("other") + arguments, ["stake!", "base*", "clock"])


def transfer_with_fee() -> ExecutionInput:
    keys = Scene("token_2022")
    authority = b"\1" + keys.key("authority")
    mint = tokens.Mint({"transfer fee": bytes([26, 0]) + 2 * authority + struct.pack("<HQ", 250, 5_000)})
    mint.initialize()
    mint.account("source")
    mint.account("target")
    mint.fund("source")
    data = struct.pack("<BQB", 12, 100_000, 6)
    return mint.scene.given(data, ["source!", "mint", "target!", "owner*"])


def memo_is_missing() -> ExecutionInput:
    mint = tokens.Mint({})
    mint.initialize()
    mint.account("source")
    mint.account("target", extra=5)
    mint.fund("source")
    mint.run(bytes([30, 0]), "target! owner*")
    return mint.scene.given(struct.pack("<BQB", 12, 5, 6), ["source!", "mint", "target!", "owner*"])


CASES: dict[str, tuple[Callable[[], ExecutionInput], str | None, str | None]] = {
    "Memo v1": (lambda: memo("memo_v1", b"hello, world"), None, None),
    "Memo v1, no text": (lambda: memo("memo_v1", b"\xff"), "InvalidInstructionData", None),
    "Memo v3": (lambda: memo("memo_v3", b"hello, world"), None, "sol_log_"),
    "Memo v3, one signer": (lambda: memo("memo_v3", b"hello, world", "signer*"), None, "sol_log_pubkey"),
    "Memo v3, no text": (lambda: memo("memo_v3", b"\xff"), "ProgramFailedToComplete", "sol_log_"),
    "Extend a table": (extend, None, "sol_get_clock_sysvar"),
    "Close a table": (close, None, "sol_get_sysvar"),
    "Create a table elsewhere": (create, "InvalidArgument", "sol_create_program_address"),
    "Delegate a stake": (delegate, None, "sol_get_clock_sysvar"),
    "Authorize with a seed": (authorize_with_seed, None, "sol_sha256"),
    "Transfer with a fee": (transfer_with_fee, None, "sol_get_clock_sysvar"),
    "Transfer without a memo": (memo_is_missing, "Custom(36)", "sol_get_processed_sibling_instruction"),
}


@pytest.mark.parametrize("name", CASES)
def test_proven(name: str) -> None:
    """Each instruction calls the syscall for which it was chosen."""
    make, error, syscall = CASES[name]
    given = make()
    execution = execute(given)
    assert execution.output.error == error
    called = Counter(SYSCALL_NAMES[event.key] for event in execution.run.trace.events)
    assert syscall is None or called[syscall]
    assert check_execution(execution) == []
    proof = prove(given)
    verdict = verify(proof.data, given)
    assert verdict.output == proof.output == execution.output
    memory_calls = ("sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_")
    assert verdict.events == called.total() - sum(called[memory_call] for memory_call in memory_calls)
    if name == "Memo v3, one signer":
        assert verdict.output.compute_units == 513
