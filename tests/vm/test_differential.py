"""Random programs in the machine and in the reference machine, step by step; a sample of them is checked."""

from __future__ import annotations

import random

import pytest

from solproof.errors import ProgramError
from solproof.isa.opcodes import OPCODES
from solproof.program.verifier import verify
from tests.conformance import assert_checked, assert_like_oracle
from tests.program_builder import text_program
from tests.vm.random_programs import INPUT_LENGTH, RandomProgram

PROGRAMS = 400
GROUPS = 20


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_programs(group: int) -> None:
    finished = 0
    for seed in range(group, PROGRAMS, GROUPS):
        region = random.Random(seed).randbytes(INPUT_LENGTH)
        outcome = assert_like_oracle(RandomProgram(seed).build(), region)
        if outcome.fault is None:
            finished += 1
            if finished <= 6:
                assert_checked(outcome)
    assert finished >= 6


@pytest.mark.parametrize("seed", range(30))
def test_random_limits(seed: int) -> None:
    """The meter stops both machines at the same instruction, with the same registers."""
    source = random.Random(seed)
    program = RandomProgram(seed).build()
    region = source.randbytes(INPUT_LENGTH)
    whole = assert_like_oracle(program, region).instructions
    for limit in {1, whole - 1, whole, whole + 1, source.randint(1, whole)} - {0}:
        outcome = assert_like_oracle(program, region, limit=limit)
        assert outcome.instructions <= limit


@pytest.mark.parametrize("seed", range(40))
def test_random_bytes(seed: int) -> None:
    """Any text that the verifier of programs accepts."""
    source = random.Random(seed)
    codes = [row.code for row in OPCODES if 0 in row.versions and row.mnemonic != "CALL_IMM"]
    tried = 0
    for _ in range(400):
        slots = []
        for _ in range(source.randint(1, 6)):
            registers = source.randrange(10) | source.randrange(11) << 4
            offset = source.choice([0, 0, 1, source.randrange(2**16)])
            immediate = source.choice([0, 1, 16, 32, source.getrandbits(32)])
            slots.append(
                bytes([source.choice(codes), registers])
                + offset.to_bytes(2, "little")
                + immediate.to_bytes(4, "little")
            )
        program = text_program(b"".join([*slots, bytes([0x95, 0, 0, 0, 0, 0, 0, 0])]))
        try:
            verify(program)
        except ProgramError:
            continue
        tried += 1
        assert_like_oracle(program, bytes(20), limit=200)
        if tried == 12:
            break
    assert tried == 12
