"""The invoked instruction in the caller's memory, compared with LiteSVM."""

from __future__ import annotations

from typing import Any

import pytest

from solproof.runtime.instruction_error import TEXTS
from solproof.vm.limits import HEAP_START, INPUT_START
from tests.support.puppet.invocation import Abi, Meta
from tests.support.puppet.script import inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    NOWHERE,
    OLD_CALLER,
    Frame,
    Mention,
    Puppet,
    consumption,
    data_lines,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

ACCOUNT = bytes([7]) * 32
ACCOUNTS = {ACCOUNT: owned(CALLEE.key, bytes(24))}
UNALIGNED, ACCESS = "Unaligned pointer", "Access violation"
EMPTY = bytes(16)
"""The instruction data of a puppet that does nothing but fail, because it copies a script of no bytes."""


def frame(caller: Puppet) -> Frame:
    return stage().frame(caller, [Mention(ACCOUNT), Mention(CALLEE.key, is_writable=False)], ACCOUNTS)


def run(caller: Frame, limit: int | None = None) -> TransactionResult:
    return stage().run(ACCOUNTS, caller, limit=limit)


@pytest.mark.parametrize("address", [NOWHERE, HEAP_START - 8, HEAP_START + 32 * 1024 - 8, 2**63, 2**64 - 8])
def test_the_head_must_be_readable(caller: Puppet, abi: Abi, address: int) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, instruction=address)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize("offset", [1, 4, 7])
def test_the_head_must_be_aligned(caller: Puppet, abi: Abi, offset: int) -> None:
    """For loader v1, the head is read where it is, and what it says is wrong."""
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, instruction=HEAP_START + 8 + offset)
    assert (ending(run(given)) == UNALIGNED) is (caller != OLD_CALLER)


def test_the_program_may_be_anywhere(caller: Puppet) -> None:
    """The C layout has an address of the program id, which needs no alignment."""
    given = frame(caller)
    address = given.layout.accounts[CALLEE.key].key
    given.script.write(HEAP_START + 0x4001, CALLEE.key)
    given.invoke(b"", (), EMPTY, abi=Abi.C, program=HEAP_START + 0x4001)
    given.invoke(b"", (), EMPTY, abi=Abi.C, program=address)
    result = run(given)
    assert any(line.endswith("invoke [2]") for line in result.logs)


@pytest.mark.parametrize("address", [NOWHERE, INPUT_START - 1, 2**64 - 31])
def test_the_program_must_be_readable(caller: Puppet, address: int) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=Abi.C, program=address)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize("address", [NOWHERE, HEAP_START + 32 * 1024 - 8, 2**64 - 16])
def test_the_metas_must_be_readable(caller: Puppet, abi: Abi, address: int) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(ACCOUNT)], abi=abi, metas=address)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize("abi", Abi)
def test_the_metas_of_the_c_layout_must_be_aligned(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(ACCOUNT)], abi=abi, metas=HEAP_START + 0x4001, meta_count=1)
    result = run(given)
    assert (ending(result) == UNALIGNED) is (abi is Abi.C and caller != OLD_CALLER)


def test_without_metas_their_address_may_be_anything(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, metas=1, data=1, data_length=0)
    result = run(given)
    assert any(line.endswith("invoke [2]") for line in result.logs)


@pytest.mark.parametrize("address", [NOWHERE, HEAP_START - 1, HEAP_START + 32 * 1024 - 23, 2**64 - 16])
def test_the_data_must_be_readable(caller: Puppet, abi: Abi, address: int) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, data=address, data_length=24)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize("address", [NOWHERE, INPUT_START - 31])
def test_the_keys_of_the_c_layout_must_be_readable(caller: Puppet, address: int) -> None:
    given = frame(caller)
    metas = given.script.put(address.to_bytes(8, "little") + bytes(8))
    given.invoke(CALLEE.key, abi=Abi.C, metas=metas, meta_count=1)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize(
    ("name", "count", "text"),
    [
        ("meta_count", 256, "Invoked an instruction with too many accounts (256 > 255)"),
        ("meta_count", 400, "Invoked an instruction with too many accounts (400 > 255)"),
        ("meta_count", 2**32, ACCESS),
        ("meta_count", 2**62, "InvalidLength"),
        ("meta_count", 2**64 - 1, "InvalidLength"),
        ("data_length", 10_241, "Invoked an instruction with data that is too large (10241 > 10240)"),
        ("data_length", 20_000, "Invoked an instruction with data that is too large (20000 > 10240)"),
        ("data_length", 2**63 - 1, ACCESS),
        ("data_length", 2**63, "InvalidLength"),
    ],
)
def test_limits_of_lengths(caller: Puppet, abi: Abi, name: str, count: int, text: str) -> None:
    given = frame(caller)
    overrides: dict[str, Any] = {"metas": HEAP_START, name: count}
    given.invoke(CALLEE.key, (), (HEAP_START, 0), abi=abi, **overrides)
    assert text in ending(run(given))


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ({"metas": HEAP_START, "meta_count": 256, "data_length": 10_241}, "too many accounts"),
        ({"metas": HEAP_START, "meta_count": 2**62, "data": NOWHERE, "data_length": 1}, "InvalidLength"),
        ({"metas": HEAP_START, "meta_count": 256, "data": NOWHERE, "data_length": 1}, ACCESS),
        ({"metas": NOWHERE, "meta_count": 1, "data_length": 2**63}, ACCESS),
        ({"data_length": 10_241, "signer_count": 17, "signers": NOWHERE}, "too large"),
    ],
)
def test_the_earlier_fault_wins(caller: Puppet, abi: Abi, overrides: dict[str, Any], text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, (), (HEAP_START, 0), abi=abi, **overrides)
    assert text in ending(run(given))


def test_the_program_comes_before_the_metas(caller: Puppet) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=Abi.C, program=NOWHERE, metas=HEAP_START, meta_count=2**62)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize(("is_signer", "is_writable"), [(2, 0), (0, 2), (255, 1), (1, 128)])
def test_a_flag_above_one(caller: Puppet, abi: Abi, is_signer: int, is_writable: int) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(ACCOUNT, is_signer, is_writable)], abi=abi)
    result = run(given)
    assert result.error == {"InstructionError": [0, "InvalidArgument"]}
    assert ending(result) == TEXTS["InvalidArgument"]


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ((NOWHERE, 0, 0), (HEAP_START, 2, 0), ACCESS),
        ((HEAP_START, 2, 0), (NOWHERE, 0, 0), TEXTS["InvalidArgument"]),
        ((NOWHERE, 0, 2), (NOWHERE, 0, 0), TEXTS["InvalidArgument"]),
    ],
)
def test_metas_of_the_c_layout_in_order(
    caller: Puppet, first: tuple[int, int, int], second: tuple[int, int, int], text: str
) -> None:
    """Each meta's flags come before its key, and the first meta before the second."""
    given = frame(caller)
    metas = b"".join(
        address.to_bytes(8, "little") + bytes([writable, signer]) + bytes(6)
        for address, writable, signer in (first, second)
    )
    given.invoke(CALLEE.key, abi=Abi.C, metas=given.script.put(metas), meta_count=2)
    assert text in ending(run(given))


def test_flags_reach_the_callee(abi: Abi) -> None:
    """The C layout has the writable flag first, the Rust layout the signer flag."""
    given = stage().frame(
        CALLER, [Mention(ACCOUNT, is_signer=True), Mention(CALLEE.key, is_writable=False)], ACCOUNTS
    )
    for is_signer, is_writable in ((0, 0), (0, 1), (1, 0), (1, 1)):
        callee = stage().frame(CALLEE, [Mention(ACCOUNT)], ACCOUNTS)
        callee.script.log_data((callee.layout.accounts[ACCOUNT].key - 8, 8))
        given.invoke(CALLEE.key, [Meta(ACCOUNT, is_signer, is_writable)], inline(callee.script), abi=abi)
    seen = [(item[1], item[2]) for (item,) in data_lines(run(given))]
    assert seen == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("data", "metas", "units"),
    [
        (0, 0, 0),
        (249, 7, 0),
        (250, 7, 1),
        (249, 8, 1),
        (500, 8, 3),
        (10_240, 0, 40),
        (0, 255, 34),
        (10_240, 255, 74),
    ],
)
def test_cost(caller: Puppet, abi: Abi, data: int, metas: int, units: int) -> None:
    """946 units, and one for each 250 bytes of data and, apart from them, for each 250 bytes of metas."""
    entries = []
    for length, count in ((0, 0), (data, metas)):
        given = frame(caller)
        given.script.syscall("sol_log_compute_units_")
        infos = [given.info(ACCOUNT)]
        given.invoke(CALLEE.key, [Meta(ACCOUNT)] * count, (HEAP_START, length), infos, abi=abi)
        before, entry = consumption(run(given))[:2]
        entries.append(before - entry)
    assert entries[1] - entries[0] == units
    assert 946 <= entries[0] <= 946 + 30 + 60


@pytest.mark.parametrize("abi", Abi)
def test_every_charge_can_exceed_the_budget(abi: Abi) -> None:
    """Each budget from before the call to its end stops where it stops in LiteSVM."""

    def given() -> Frame:
        caller = frame(CALLER)
        caller.script.syscall("sol_log_compute_units_")
        metas = [Meta(ACCOUNT, 0, 1)] * 16
        infos = [caller.info(ACCOUNT)] * 10
        caller.invoke(CALLEE.key, metas, (HEAP_START, 1100), infos, abi=abi)
        return caller

    before, entry = consumption(run(given(), 100_000))[:2]
    start, end = 100_000 - before, 100_000 - entry
    found = {
        ending(run(given(), limit))
        for limit in (*range(start - 3, start + 30, 3), *range(start + 940, end + 3))
    }
    assert "Computational budget exceeded" in found
