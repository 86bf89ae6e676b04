"""Random programs of every sBPF version, in the guest and in the machine.

Other tests compare the machine with the reference machine. Random files are compared with LiteSVM here. `make
guest` runs 2,000 programs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.runtime.budget import heap_cost
from solproof.zisk import chunks
from solproof.zisk.abi import ABIS
from solproof.zisk.emulator import emulate
from solproof.zisk.runner import differences
from tests.differential.cases import VERSIONS, Case, cases, runtime_cases
from tests.differential.search import search
from tests.support.guest_agreement import PROGRAMS, assert_agrees
from tests.support.litesvm_oracle import assert_like_litesvm

GROUPS = 4
SEED = "guest"


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_programs(group: int) -> None:
    versions: set[int] = set()

    def examine(case: Case) -> None:
        assert_agrees(execute(case.given, case.program), ABIS[group])
        versions.add(case.version)
        if case.cut is not None:
            parameters = case.given.parameters
            limit = case.cut + heap_cost(parameters.heap_size)
            short = replace(case.given, parameters=replace(parameters, compute_unit_limit=limit))
            assert_agrees(execute(short, case.program), ABIS[group])

    search(cases(), examine, PROGRAMS // GROUPS, f"{SEED} {group}")
    assert versions == set(VERSIONS)


def test_random_files() -> None:
    def examine(case: Case) -> None:
        assert_agrees(assert_like_litesvm(case.given, program=case.program))

    search(runtime_cases(), examine, PROGRAMS // 4, SEED)


def test_random_programs_in_segments() -> None:
    def examine(case: Case) -> None:
        execution = execute(case.given, case.program)
        size = 1 + (case.cut or 60) % 97
        segments = chunks.split(
            bincode.pack(case.given), size, lambda payload: emulate(payload, count_steps=False)
        )
        assert len(segments) <= execution.run.instructions // size + 1
        assert differences(chunks.join([segment.outputs for segment in segments]), execution) == []

    search(cases(), examine, PROGRAMS // 8, f"{SEED} segments")
