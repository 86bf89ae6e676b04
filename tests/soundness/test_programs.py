"""Programs from source: their bytes in each version, and the keys of their calls."""

from __future__ import annotations

import pytest

from assurance.programs import FUNCTION_KEY, asm, assembled
from solproof.isa.disassemble import disassemble
from solproof.program.errors import VerifierError

SOURCE = """
f:
    exit
entrypoint:
    lddw r1, -2; lddw r2, f
    call f
    exit
"""


def listed(version: int) -> list[str]:
    program = asm(SOURCE, version)
    assert program.entry == 1
    assert program.image == program.text
    return [text for _, text in disassemble(program.text, version)]


@pytest.mark.parametrize("version", [0, 1, 3, 4])
def test_constants_and_addresses(version: int) -> None:
    start = ["exit", "lddw r1, 0xfffffffffffffffe", "lddw r2, 0x100000000"]
    assert listed(version)[:3] == start


def test_what_v2_has_instead_of_lddw() -> None:
    assert listed(2)[1:5] == ["mov32 r1, -2", "hor64 r1, -1", "mov32 r2, 0", "hor64 r2, 1"]


@pytest.mark.parametrize("version", [0, 1, 2])
def test_calls_have_keys_before_v3(version: int) -> None:
    program = asm(SOURCE, version)
    assert dict(program.functions) == {FUNCTION_KEY: 0}
    assert program.instruction(5).immediate == FUNCTION_KEY


def test_calls_have_distances_from_v3_on() -> None:
    program = asm(SOURCE, 3)
    assert program.functions == {}
    assert (program.instruction(5).source, program.instruction(5).immediate) == (1, -6)


def test_the_verifier_has_seen_it() -> None:
    with pytest.raises(VerifierError):
        asm("ja +5; exit")
    assert assembled("ja +5; exit").slots == 2
