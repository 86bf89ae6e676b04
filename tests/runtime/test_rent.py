from __future__ import annotations

import math
import struct

import pytest
from solders.rent import Rent as SoldersRent

from solproof.errors import InputError
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, MAXIMUM_LAMPORTS
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import Sysvars
from tests.support.litesvm_transactions import litesvm

MAINNET = Rent.from_sysvar(Sysvars().rent)


@pytest.mark.parametrize(("length", "lamports"), [(0, 890_880), (80, 1_447_680), (165, 2_039_280)])
def test_known_minimums(length: int, lamports: int) -> None:
    assert MAINNET.minimum_balance(length) == lamports
    assert litesvm().minimum_balance_for_rent_exemption(length) == lamports
    assert MAINNET.is_exempt(lamports, length) and not MAINNET.is_exempt(lamports - 1, length)


@pytest.mark.parametrize("length", [0, 1, 165, 10_240, MAXIMUM_DATA_LENGTH])
@pytest.mark.parametrize(
    ("rate", "threshold"),
    [
        (6_960, 1.0),
        (1_759_197_129_867, 1.0),
        (3_480, 2.0),
        (879_598_564_933, 2.0),
        (3_480, 2.2),
        (7, 0.1),
        (123_456_789, 1 / 3),
        (2**40, 2.0**17),
        (10**12, 1e9),
        (1, 5.0),
    ],
)
def test_any_rent_like_litesvm(length: int, rate: int, threshold: float) -> None:
    machine = litesvm()
    machine.set_rent(SoldersRent(rate, threshold, 50))
    rent = Rent.from_sysvar(struct.pack("<QdB", rate, threshold, 50))
    assert rent.minimum_balance(length) == machine.minimum_balance_for_rent_exemption(length)


@pytest.mark.parametrize(
    ("threshold", "minimum"), [(math.nan, 0), (-1.5, 0), (-math.inf, 0), (math.inf, 2**64 - 1)]
)
def test_a_threshold_that_is_no_positive_number(threshold: float, minimum: int) -> None:
    # Rust defines these conversions of a float to u64.
    assert Rent(6_960, threshold).minimum_balance(0) == minimum


@pytest.mark.parametrize(
    ("threshold", "most"), [(1.0, 1_759_197_129_867), (2.0, 879_598_564_933), (1.5, 1_759_197_129_867)]
)
def test_the_largest_rate(threshold: float, most: int) -> None:
    # For 1.0 and 2.0 these are the bounds above which `Rent::minimum_balance` panics.
    assert Rent(most, threshold).minimum_balance(MAXIMUM_DATA_LENGTH) <= MAXIMUM_LAMPORTS
    with pytest.raises(InputError) as refused:
        Rent(most + 1, threshold)
    assert str(refused.value) == f"sysvar rent: lamports per byte: expected 0 to {most}, got {most + 1}"


def test_the_smallest_rate() -> None:
    assert Rent(0, 1.0).minimum_balance(100) == 0
    with pytest.raises(InputError, match="expected 0 to 1759197129867, got -1"):
        Rent(-1, 1.0)
