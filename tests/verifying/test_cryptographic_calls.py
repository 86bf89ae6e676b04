"""Every cryptographic syscall in one proof, and a failing one in another proof."""

from __future__ import annotations

import pytest

from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.verifying.verify import verify
from tests.support.cryptographic_calls import CALLS, FIRST, RESULT, WITH_BIG_MOD_EXP
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import PROGRAM

PARAMETERS = Parameters(features=WITH_BIG_MOD_EXP)


@pytest.mark.parametrize("version", [0, 3])
def test_every_cryptographic_call_is_proven(version: int) -> None:
    parts = [
        part
        for each in CALLS.values()
        for part in (*write_memory(each.memory), *call(each.name, each.arguments))
    ]
    parts += [*call("sol_set_return_data", (RESULT, 38)), "exit"]
    scene = ExecutionInput(build_elf(parts, version), PROGRAM, (), b"", PARAMETERS)
    execution = assert_like_litesvm(scene)
    assert execution.output.return_data.data == CALLS["big_mod_exp"].answer
    proof = prove(scene)
    verdict = verify(proof.data, scene)
    assert verdict.output == proof.output == execution.output
    assert verdict.events == len(CALLS) + 1


@pytest.mark.parametrize("version", [0, 3])
def test_a_failing_call_is_proven(version: int) -> None:
    parts = call("sol_alt_bn128_group_op", (3, FIRST, 192, 0))
    scene = ExecutionInput(build_elf([*parts, "exit"], version), PROGRAM, (), b"", PARAMETERS)
    execution = assert_like_litesvm(scene)
    assert execution.output.fault == "AccessViolation"
    assert verify(prove(scene).data, scene).output == execution.output
