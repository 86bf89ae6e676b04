"""docs/architecture.md: its pictures match their text."""

from __future__ import annotations

import pytest

from docs.draw import DOCUMENTS, drawn, pictures

PAGE = (DOCUMENTS / "architecture.md").read_text(encoding="utf-8")


def test_pictures_are_drawn_from_their_text() -> None:
    found = {path.relative_to(DOCUMENTS).as_posix(): content for path, content in pictures().items()}
    assert found == {
        path.relative_to(DOCUMENTS).as_posix(): path.read_text(encoding="utf-8")
        for path in (DOCUMENTS / "_static").glob("*.svg")
    }, "run make reference"
    assert list(found) == ["_static/data-flow.svg"]
    assert "](_static/data-flow.svg)" in PAGE


def test_an_error_in_a_text() -> None:
    with pytest.raises(ValueError, match="syntax error"):
        drawn("box at at")
