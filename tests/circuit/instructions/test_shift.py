"""Shifts by every amount, and by amounts beyond the width, which are taken modulo the width."""

from __future__ import annotations

import random
from itertools import product

import pytest

from assurance.program_builder import ProgramBuilder
from tests.support.conformance import assert_conforms
from tests.support.operands import EDGES, binary_immediate, binary_register, cases, random_value

STEMS = {"LSH64": 64, "RSH64": 64, "ARSH64": 64, "LSH32": 32, "RSH32": 32, "ARSH32": 32}


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_REG" for stem in STEMS)))
def test_registers(mnemonic: str, version: int) -> None:
    assert_conforms(binary_register(mnemonic, version).build())


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_IMM" for stem in STEMS)))
def test_immediates(mnemonic: str, version: int) -> None:
    width = STEMS[mnemonic.removesuffix("_IMM")]
    amounts = (0, 1, 15, 16, 17, 31, width - 1)
    assert_conforms(binary_immediate(mnemonic, version, immediates=amounts, random_bits=5).build())


@pytest.mark.parametrize("stem", STEMS)
def test_every_amount(stem: str) -> None:
    source = random.Random(stem)
    builder = ProgramBuilder()
    amounts = (*range(66), 95, 96, 127, 128, 0xFFC0, 0xFFFF, 0x1_0000, 0x1_0000_0001, 2**63 + 5)
    for amount, value in product(
        amounts, (2**63, 2**31, 2**64 - 1, *(random_value(source) for _ in range(3)))
    ):
        builder.constant(1, value)
        builder.constant(2, amount)
        builder.emit(f"{stem}_REG", 1, 2)
    for value in EDGES:
        builder.constant(5, value)
        builder.emit(f"{stem}_REG", 5, 5)
    builder.exit()
    assert_conforms(builder.build())
