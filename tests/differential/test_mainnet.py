"""Random instructions for the programs of mainnet, and random ELF files, in solproof and in LiteSVM."""

from __future__ import annotations

import pytest

from solproof.execution.execute import Execution
from tests.differential import mainnet
from tests.differential.cases import MAINNET_VERSIONS, Case, runtime_cases
from tests.differential.search import search
from tests.differential.tally import Tally
from tests.support.conformance import assert_checked
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import replay

INSTRUCTIONS = 50
FILES = 200
FAIL_ALWAYS = {"associated_token", "address_lookup_table"}
"""No random instruction of these succeeds, because it would have to find an address that is derived."""


@pytest.mark.parametrize("name", mainnet.NAMES)
def test_random_instructions(name: str) -> None:
    first: dict[bool, Execution] = {}

    def examine(execution: Execution) -> None:
        replay(execution)
        first.setdefault(execution.output.success, execution)

    outcomes = mainnet.compare(name, INSTRUCTIONS, "7", examine)
    assert sum(outcomes.ended.values()) == INSTRUCTIONS
    assert outcomes.ended["success"] > 0 or name in FAIL_ALWAYS
    assert len(outcomes.ended) >= 2
    for execution in first.values():
        assert_checked(execution.run)


def test_random_files() -> None:
    """ELF files of every version that mainnet runs."""
    tally = Tally()

    def examine(case: Case) -> None:
        tally.add(assert_like_litesvm(case.given, program=case.program).run)

    search(runtime_cases(), examine, FILES, "7")
    assert set(tally.runs) == set(MAINNET_VERSIONS)
    assert len(tally.endings) >= 20
