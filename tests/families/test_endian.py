"""Byte order."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, rows_of
from tests.families.operands import unary


@pytest.mark.parametrize("mnemonic", ["LE", "BE"])
@pytest.mark.parametrize("bits", [16, 32, 64])
def test_widths(mnemonic: str, bits: int) -> None:
    assert rows_of(assert_conforms(unary(mnemonic, bits).build()), "endian") == 16 + 64 + 10
