"""1,500 random programs, compared with the reference. Some witnesses are checked. A difference is shrunk.

`make conformance` runs many more.
"""

from __future__ import annotations

import pytest

from solproof.isa import semantics
from tests.differential.cases import VERSIONS, Case, cases, run_case
from tests.differential.search import Difference, search
from tests.differential.tally import Tally, all_opcodes
from tests.support.conformance import assert_checked

PROGRAMS = 1500
GROUPS = 6
SEED = 1
CHECK_EVERY = 25


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_programs(group: int) -> None:
    tally = Tally()

    def examine(case: Case) -> None:
        for execution in run_case(case):
            tally.add(execution.run)
            if sum(tally.runs.values()) % CHECK_EVERY == 0:
                assert_checked(execution.run)

    search(cases(), examine, PROGRAMS // GROUPS, f"{SEED} {group}")
    assert set(tally.runs) == set(VERSIONS)
    for version in VERSIONS:
        executed = all_opcodes(version) & set(tally.opcodes)
        # The programs of a seed depend on the source code, because Hypothesis takes constants from it.
        assert len(executed) > 0.6 * len(all_opcodes(version))
        assert len([item for item in tally.endings if item[0] == version]) >= 5


def test_a_difference_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that subtracts large numbers wrongly is noticed, and shown by a small program."""
    right = semantics.BINARY["SUB64"]
    monkeypatch.setitem(semantics.BINARY, "SUB64", lambda a, b: right(a, b) ^ (b > 1 << 40))
    with pytest.raises(Difference) as caught:
        search(cases(), run_case, 5000, "1")
    first, header, *instructions = str(caught.value).splitlines()
    assert first.startswith("seed 1 ")
    assert "expected" in first
    assert header.startswith("V")
    assert any("sub64" in line for line in instructions)
    assert len(instructions) <= 20


def test_a_seed_gives_the_same_programs() -> None:
    first: list[Case] = []
    second: list[Case] = []
    for found in (first, second):
        search(cases(), found.append, 60, "5")
    assert [repr(case) for case in first] == [repr(case) for case in second]
    assert len({repr(case) for case in first}) == 60
