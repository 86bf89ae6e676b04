"""Byte order."""

from __future__ import annotations

import pytest

from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import cases, unary


@pytest.mark.parametrize(("mnemonic", "version"), cases("LE", "BE"))
@pytest.mark.parametrize("bits", [16, 32, 64])
def test_widths(mnemonic: str, version: int, bits: int) -> None:
    witness = assert_conforms(unary(mnemonic, version, immediate=bits).build())
    assert rows_of(witness, "endian") == 16 + 64 + 10
