"""Random bytes that the verifier accepts, in the machine and in the reference machine, step by step.

Programs with a structure are in `tests/differential/`.
"""

from __future__ import annotations

import random

import pytest

from assurance.programs import text_program
from solproof.errors import ProgramError
from solproof.isa.opcodes import OPCODES, VERSIONS
from solproof.program.bytecode_verifier import verify
from tests.support.conformance import assert_like_oracle

TEXTS = 12


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("seed", range(20))
def test_random_bytes(seed: int, version: int) -> None:
    source = random.Random(seed)
    codes = [row.code for row in OPCODES if version in row.versions]
    tried = 0
    while tried < TEXTS:
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
        program = text_program(b"".join([*slots, bytes([0x95, 0, 0, 0, 0, 0, 0, 0])]), version=version)
        try:
            verify(program)
        except ProgramError:
            continue
        tried += 1
        assert_like_oracle(program, bytes(20), limit=200)
