"""The generated maps say what the circuit is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from solproof.air.circuit import Circuit
from solproof.air.document import buses_page, chips_page, write
from solproof.circuit import CIRCUIT

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "page"), [("chips.md", chips_page), ("buses.md", buses_page)])
def test_pages_are_up_to_date(name: str, page: Callable[[Circuit], str], tmp_path: Path) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page(CIRCUIT), (
        "run `python -m solproof.air.document docs`"
    )
    write(CIRCUIT, tmp_path)
    assert (tmp_path / name).read_text(encoding="utf-8") == page(CIRCUIT)
