"""Whole invocations: their cost, the order of their steps, and random ones, compared with LiteSVM."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random
from typing import Any

import pytest
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from assurance.programs import assembled
from solproof.program.elf_writer import write_elf
from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_error import TEXTS
from solproof.vm.limits import HEAP_START
from tests.support.puppet.invocation import Abi, Meta
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import syscall_code
from tests.support.puppet.random_invocations import RandomInvocation
from tests.support.puppet.script import Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CHAIN,
    LOADER_V2,
    LOADER_V3,
    NOWHERE,
    UNRESTRICTED,
    Mention,
    Puppet,
    consumption,
    ending,
    owned,
    stage,
)

ACCOUNT = bytes([7]) * 32
ACCOUNTS = {ACCOUNT: owned(CALLEE.key, bytes(24))}
NOTHING = inline(Script())
BATCH, BATCHES = 50, 8


def test_cost_of_an_invocation(caller: Puppet, abi: Abi) -> None:
    """946 units in both layouts. The puppet tests the numbers of its syscalls one by one."""
    given = stage().frame(caller, [Mention(CALLEE.key, is_writable=False)], {})
    given.script.syscall("sol_log_compute_units_")
    given.script.syscall("sol_log_compute_units_")
    given.invoke(CALLEE.key, [], b"", abi=abi)
    first, second, entry = consumption(stage().run({}, given))[:3]
    fewer_tests = syscall_code("sol_log_compute_units_") - syscall_code(abi.value)
    assert (second - entry) - (first - second) == 946 - 100 - fewer_tests


@pytest.mark.parametrize("abi", Abi, ids=lambda abi: abi.name)
def test_the_result_is_zero(abi: Abi) -> None:
    """Whatever r0 was before."""
    program, here = bytes([0x70]) * 32, stage()
    at = InputLayout.of([(CALLEE.key, 36)]).accounts[CALLEE.key]
    callee = [int.from_bytes(CALLEE.key[start : start + 8], "little") for start in range(0, 32, 8)]
    size = 8 * len(NOTHING) // 8
    data = [int.from_bytes(NOTHING[start : start + 8], "little") for start in range(0, size, 8)]
    head = [at.key, 0, 0, 80, size, 0] if abi is Abi.C else [0, 0, 0, 80, size, size]
    source = f"""
        entrypoint:
        mov64 r0, 5; mov64 r1, 0; mov64 r2, 0; mov64 r3, 0; mov64 r4, 0; mov64 r5, 0
        syscall {abi.value}
        exit
        .rodata
        .quad {", ".join(map(str, [*head, *callee, *data]))}
    """
    here.svm.add_program_with_loader(Pubkey(program), write_elf(assembled(source, 3)), Pubkey(LOADER_V3))
    metas = [AccountMeta(Pubkey(CALLEE.key), False, False)]
    result = here.run({}, Instruction(Pubkey(program), b"", metas))
    assert result.error is None
    assert result.heights() == [2]


def test_a_callee_that_fails_ends_the_caller(caller: Puppet, abi: Abi) -> None:
    """With the same error. No command of the caller runs after the invocation."""
    below = Script()
    below.exit(7)
    given = stage().frame(caller, [Mention(CALLEE.key, is_writable=False)], {})
    given.invoke(CALLEE.key, [], inline(below), abi=abi)
    given.script.syscall("sol_log_64_")
    result = stage().run({}, given)
    assert result.error == {"InstructionError": [0, {"Custom": 7}]}
    assert [line.partition(": ")[2] for line in result.logs if "failed" in line] == [
        "custom program error: 0x7"
    ] * 2


STEPS = {
    "instruction": ({"instruction": NOWHERE}, "Access violation"),
    "metas": ({"meta_count": 256}, "Invoked an instruction with too many accounts (256 > 255)"),
    "signers": ({"signer_count": 17, "signers": HEAP_START}, "Too many signers"),
    "program": ({}, f"Program {Pubkey(LOADER_V2)} not supported by inner instructions"),
    "privileges": ({}, TEXTS["PrivilegeEscalation"]),
    "infos": ({"infos": NOWHERE}, "Invalid pointer"),
    "key": ({}, "Access violation"),
    "missing": ({}, TEXTS["MissingAccount"]),
    "owner": ({}, "Invalid pointer"),
    "length": ({}, TEXTS["InvalidRealloc"]),
    "lamports": ({}, TEXTS["ExternalAccountLamportSpend"]),
    "reentrancy": ({}, TEXTS["ReentrancyNotAllowed"]),
    "unbalanced": ({}, TEXTS["UnbalancedInstruction"]),
    "fails": ({}, "custom program error: 0x7"),
}
"""What can be wrong with an invocation, in the order in which it is noticed."""
PAIRS = [pair for pair in combinations(STEPS, 2) if pair != ("program", "reentrancy")]
"""Two faults at a time. An invocation has one program, which is refused or entered again, not both."""


@pytest.mark.parametrize("abi", Abi, ids=lambda abi: abi.name)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_earlier_of_two_faults_wins(first: str, second: str, abi: Abi) -> None:
    wrong = {first, second}
    other, last = bytes([8]) * 32, bytes([9]) * 32
    accounts = {key: owned(CALLEE.key, bytes(24)) for key in (ACCOUNT, other, last)}
    accounts[last] = owned(CHAIN[1].key, bytes(24))
    mentions = [Mention(ACCOUNT, is_writable="privileges" not in wrong), Mention(other), Mention(last)]
    programs = [Mention(each.key, is_writable=False) for each in (CHAIN[2], CHAIN[1], CALLEE)]
    given = stage().frame(CHAIN[1], [*mentions, *programs], accounts)
    below = Script()
    if "fails" in wrong:
        below.exit(7)
    if "lamports" in wrong:
        given.script.add(given.layout.accounts[ACCOUNT].lamports, -1)
    if "unbalanced" in wrong:
        given.script.add(given.layout.accounts[last].lamports, -1)
    chosen = {ACCOUNT: {}, other: {}, last: {}}  # type: dict[bytes, dict[str, int]]
    if "owner" in wrong:
        chosen[ACCOUNT]["owner"] = NOWHERE
    lengths = {ACCOUNT: 2**20 if "length" in wrong else 24, other: 24, last: 24}
    infos = [given.info(key, lengths[key], **chosen[key]) for key in chosen]
    if "missing" in wrong:
        infos = infos[1:]
    if "key" in wrong:
        infos.append(given.info(other, key=NOWHERE))
    program = LOADER_V2 if "program" in wrong else CHAIN[2].key if "reentrancy" in wrong else CALLEE.key
    metas = [Meta(ACCOUNT, 0, 1), Meta(other), Meta(last, 0, 1)]
    overrides: dict[str, Any] = {}
    for name in wrong:
        overrides |= STEPS[name][0]
    given.invoke(program, metas, inline(below), infos, abi=abi, **overrides)
    top = stage().frame(CHAIN[2], [*mentions, *programs], accounts)
    top.invoke(
        CHAIN[1].key,
        [Meta(each.key, 0, int(each.is_writable)) for each in given.accounts],
        inline(given.script),
        [top.info(key) for key in accounts],
    )
    result = stage().run(accounts, top)
    earlier = next(name for name in STEPS if name in wrong)
    failures = [line.partition(" failed: ")[2] for line in result.logs if " failed: " in line]
    expected = STEPS[earlier][1]
    assert any(expected in failure for failure in failures), failures


# RANDOM INVOCATIONS


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("restricted", [True, False], ids=["restricted", "unrestricted"])
def test_random_invocations(batch: int, restricted: bool) -> None:
    """Account infos that name any address, and callees that change anything."""
    features = MAINNET if restricted else UNRESTRICTED
    endings = Counter(
        ending(RandomInvocation(Random(f"{batch} {number}")).run(stage(features))) for number in range(BATCH)
    )
    assert len(endings) >= 5, endings
    assert endings[""] >= 3, "some succeed"
