"""Names in several spellings."""

from __future__ import annotations

import pytest

from solproof.interfaces.names import same_name, snake_case


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("transfer", "transfer"),
        ("mintTo", "mint_to"),
        ("initializeMint2", "initialize_mint2"),
        ("set_authority", "set_authority"),
        ("SwapV2In", "swap_v2_in"),
        ("readURIOnce", "read_uri_once"),
    ],
)
def test_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_same_name() -> None:
    assert same_name("mint_to", "MintTo")
    assert not same_name("mint_to", "mint")
