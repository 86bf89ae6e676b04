"""The seeds of a caller's own addresses, compared with LiteSVM."""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey

from solproof.runtime.instruction_error import TEXTS
from solproof.vm.limits import HEAP_START
from tests.support.puppet.invocation import Abi, Meta
from tests.support.puppet.script import inline, words
from tests.support.puppet.stage import (
    CALLEE,
    CHAIN,
    NOWHERE,
    OLD_CALLER,
    Frame,
    Mention,
    Puppet,
    data_lines,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

BAD_SEEDS = "Could not create program address with signer seeds: "
TOO_LONG, NO_ADDRESS = BAD_SEEDS + TEXTS["MaxSeedLengthExceeded"], BAD_SEEDS + TEXTS["InvalidSeeds"]
ACCESS, UNALIGNED, MANY = "Access violation", "Unaligned pointer", "Too many signers"


def derived(caller: Puppet, *seeds: bytes) -> tuple[list[bytes], bytes]:
    """The seeds with a bump that gives them an address of the caller, and the address."""
    key, bump = Pubkey.find_program_address(list(seeds), Pubkey(caller.key))
    return [*seeds, bytes([bump])], bytes(key)


def frame(caller: Puppet, *keys: bytes) -> Frame:
    mentions = [*map(Mention, keys), Mention(CALLEE.key, is_writable=False)]
    return stage().frame(caller, mentions, {key: owned(CALLEE.key) for key in keys})


def run(caller: Frame) -> TransactionResult:
    keys = [mention.key for mention in caller.accounts if mention.is_writable]
    return stage().run({key: owned(CALLEE.key) for key in keys}, caller)


def test_a_caller_signs_for_its_addresses(caller: Puppet, abi: Abi) -> None:
    first, second = derived(caller, b"seed"), derived(caller, b"x" * 32, b"")
    keys = [first[1], second[1]]
    given = frame(caller, *keys)
    callee = stage().frame(CALLEE, [Mention(key) for key in keys], {key: owned(CALLEE.key) for key in keys})
    callee.script.log_data(*((callee.layout.accounts[key].key - 8, 8) for key in keys))
    metas = [Meta(key, 1) for key in keys]
    given.invoke(CALLEE.key, metas, inline(callee.script), abi=abi, seeds=[first[0], second[0]])
    (flags,) = data_lines(run(given))
    assert [(each[1], each[2]) for each in flags] == [(1, 0), (1, 0)]


def test_a_caller_does_not_sign_for_the_addresses_of_others(caller: Puppet, abi: Abi) -> None:
    key = derived(CHAIN[1], b"seed")[1]
    given = frame(caller, key)
    given.invoke(CALLEE.key, [Meta(key, 1)], abi=abi, seeds=[derived(caller, b"seed")[0]])
    result = run(given)
    assert f"{Pubkey(key)}'s signer privilege escalated" in result.logs
    assert result.error == {"InstructionError": [0, "PrivilegeEscalation"]}


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([[b"x" * 33]], TOO_LONG),
        ([[b"x" * 32, b"y" * 40]], TOO_LONG),
        ([[b"x"] * 17], TEXTS["MaxSeedLengthExceeded"]),
        ([[b"x" * 33] * 17], TEXTS["MaxSeedLengthExceeded"]),
        ([[]] * 17, MANY),
        ([[b"x" * 33]] * 17, MANY),
        ([[b"x"] * 17, [b"x" * 33]], TEXTS["MaxSeedLengthExceeded"]),
        ([[b"x" * 33], [b"x"] * 17], TOO_LONG),
    ],
)
def test_limits_of_seeds(caller: Puppet, abi: Abi, seeds: list[list[bytes]], text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, seeds=seeds)
    result = run(given)
    assert ending(result) == text
    named = text == TEXTS["MaxSeedLengthExceeded"]
    error = "MaxSeedLengthExceeded" if named else "ProgramFailedToComplete"
    assert result.error == {"InstructionError": [0, error]}


@pytest.mark.parametrize("count", [1, 2, 16])
def test_as_many_signers_and_seeds_as_allowed(caller: Puppet, abi: Abi, count: int) -> None:
    seeds = derived(caller, *[b"x" * 32] * (count - 1))[0]
    given = frame(caller)
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, seeds=[seeds] * count)
    assert run(given).error is None


def test_seeds_without_an_address(caller: Puppet, abi: Abi) -> None:
    bumps = {number: derived(caller, bytes([number]))[0][1] for number in range(8)}
    number = next(number for number, bump in bumps.items() if bump != b"\xff")
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, seeds=[[bytes([number]), b"\xff"]])
    assert ending(run(given)) == NO_ADDRESS


def test_an_empty_list_of_seeds_has_an_address_or_not(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, seeds=[[], [b""]])
    result = run(given)
    assert ending(result) in ("", NO_ADDRESS)


@pytest.mark.parametrize(
    ("signers", "count", "text"),
    [
        (NOWHERE, 1, ACCESS),
        (HEAP_START + 32 * 1024 - 8, 1, ACCESS),
        (NOWHERE, 17, ACCESS),
        (HEAP_START, 17, MANY),
        (HEAP_START, 2**32, ACCESS),
        (HEAP_START, 2**60, "InvalidLength"),
        (2**64 - 8, 2**64 - 1, "InvalidLength"),
    ],
)
def test_the_array_of_signers(caller: Puppet, abi: Abi, signers: int, count: int, text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, signers=signers, signer_count=count)
    assert text in ending(run(given))


def test_without_signers_their_address_may_be_anything(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, signers=NOWHERE + 1)
    assert run(given).error is None


@pytest.mark.parametrize("shift", [1, 4])
def test_the_array_of_signers_must_be_aligned(caller: Puppet, abi: Abi, shift: int) -> None:
    """For loader v1 it need not be, and neither must the arrays of seeds."""
    seeds = derived(caller, b"seed")[0]
    given = frame(caller)
    pairs = given.script.put(words([each for seed in seeds for each in (given.script.put(seed), len(seed))]))
    signers = given.script.put(bytes(shift) + words([pairs, len(seeds)])) + shift
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, signers=signers, signer_count=1)
    assert ending(run(given)) == ("" if caller == OLD_CALLER else UNALIGNED)


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        ((NOWHERE, 1), ACCESS),
        ((NOWHERE, 17), ACCESS),
        ((HEAP_START, 17), TEXTS["MaxSeedLengthExceeded"]),
        ((HEAP_START, 2**62), "InvalidLength"),
    ],
)
def test_an_array_of_seeds(caller: Puppet, abi: Abi, pair: tuple[int, int], text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, signers=given.script.put(words(pair)), signer_count=1)
    assert text in ending(run(given))


@pytest.mark.parametrize("shift", [1, 4])
def test_an_array_of_seeds_must_be_aligned(caller: Puppet, abi: Abi, shift: int) -> None:
    seeds = derived(caller, b"seed")[0]
    given = frame(caller)
    pairs = words([each for seed in seeds for each in (given.script.put(seed), len(seed))])
    place = given.script.put(bytes(shift) + pairs) + shift
    signers = given.script.put(words([place, len(seeds)]))
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, signers=signers, signer_count=1)
    assert ending(run(given)) == ("" if caller == OLD_CALLER else UNALIGNED)


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([(NOWHERE, 1)], ACCESS),
        ([(HEAP_START + 32 * 1024, 1)], ACCESS),
        ([(NOWHERE, 0)], None),
        ([(HEAP_START, 2**63)], "InvalidLength"),
        # All seeds of a signer are found before the length of the first is looked at.
        ([(HEAP_START, 33), (NOWHERE, 1)], ACCESS),
        ([(HEAP_START, 33), (HEAP_START, 1)], TOO_LONG),
    ],
)
def test_a_seed(caller: Puppet, abi: Abi, seeds: list[tuple[int, int]], text: str | None) -> None:
    given = frame(caller)
    pairs = given.script.put(words([each for seed in seeds for each in seed]))
    signers = given.script.put(words([pairs, len(seeds)]))
    given.invoke(CALLEE.key, (), inline(frame(CALLEE).script), abi=abi, signers=signers, signer_count=1)
    found = ending(run(given))
    assert found in ("", NO_ADDRESS) if text is None else text in found


def test_seeds_come_before_the_program_and_the_accounts(caller: Puppet, abi: Abi) -> None:
    """The signers are derived before the program is refused and before the accounts are looked at."""
    given = frame(caller)
    given.invoke(bytes(32), [Meta(b"?" * 32)], abi=abi, seeds=[[b"x" * 33]], infos=NOWHERE, info_count=1)
    assert ending(run(given)) == TOO_LONG
