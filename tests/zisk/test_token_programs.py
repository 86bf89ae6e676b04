"""Every token instruction of the runtime's tests: the guest, solproof's machine and LiteSVM agree."""

from __future__ import annotations

import pytest

from solproof.demo import scenario
from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.zisk.abi import ABIS, Abi
from solproof.zisk.emulator import emulate
from solproof.zisk.outputs import Word
from tests.differential import mainnet
from tests.support.guest_agreement import PROGRAMS, assert_agrees
from tests.support.token_programs import (
    CLASSIC,
    FAILING,
    P_TOKEN,
    SUCCEEDING,
    TOKEN_2022,
    against_litesvm,
    elf,
)


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC, TOKEN_2022])
@pytest.mark.parametrize("name", SUCCEEDING)
def test_succeeding(token: str, name: str) -> None:
    assert assert_agrees(against_litesvm(token, SUCCEEDING[name][0])).success


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC, TOKEN_2022])
@pytest.mark.parametrize("name", FAILING)
def test_failing(token: str, name: str) -> None:
    assert not assert_agrees(against_litesvm(token, FAILING[name][0])).success


@pytest.mark.parametrize("name", mainnet.NAMES)
def test_random_instructions_of_mainnet_programs(name: str) -> None:
    count = max(12, PROGRAMS // 16)
    outcomes = mainnet.compare(name, count, "guest", assert_agrees)
    assert sum(outcomes.ended.values()) == count


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_every_memory_map(abi: Abi) -> None:
    execution = execute(scenario.transfer(elf(P_TOKEN)))
    assert assert_agrees(execution, abi).compute_units == 76


def test_words_of_a_transfer() -> None:
    words = emulate(bincode.pack(scenario.transfer(elf(P_TOKEN))), count_steps=False).words
    assert words[: Word.PROGRAM_DIGEST] == (0, 0, 76, 76, 2, 0, 0, 0, 5160, 1, 0, 0, 0, 0, 0, 0)
    failing = scenario.transfer(elf(P_TOKEN), scenario.SOURCE_AMOUNT + 1)
    assert emulate(bincode.pack(failing), count_steps=False).words[:6] == (1, 1, 181, 81, 0, 0)
