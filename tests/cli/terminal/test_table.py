"""Tables on screens of any width."""

from __future__ import annotations

import pytest

from solproof.cli.terminal.table import Column, Field, header_lines, print_table, record_lines

COLUMNS = [
    Column("function", is_number=False),
    Column("calls"),
    Column("self CU"),
    Column("share", with_previous=True),
    Column("total CU"),
]
ROWS = [["entrypoint", "1", "76", "100.0%", "76"], ["core::fmt::Formatter", "1,234", "5", "0.1%", "12,345"]]


@pytest.mark.parametrize("width", ["160", "50"])
def test_one_part(width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    print_table("functions", COLUMNS[:4], ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "",
        "functions",
        " function               calls   self CU    share",
        " ───────────────────────────────────────────────",
        " entrypoint                 1        76   100.0%",
        " core::fmt::Formatter   1,234         5     0.1%",
    ]


def test_columns_without_room_follow_below(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "36")
    print_table("functions", COLUMNS, ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "",
        "functions",
        " function               calls",
        " ────────────────────────────",
        " entrypoint                 1",
        " core::fmt::Formatter   1,234",
        " function          self CU    share",
        " ──────────────────────────────────",
        " entrypoint             76   100.0%",
        " core::fmt::Form         5     0.1%",
        " atter",
        " function               total CU",
        " ───────────────────────────────",
        " entrypoint                   76",
        " core::fmt::Formatter     12,345",
    ]


def test_records_of_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [Field("number", 6), Field("ending", 7, is_number=False), Field("units", 9)]
    assert header_lines(fields) == ["number  ending       units"]
    assert record_lines(fields, ["1", "success", "150"], "why") == ["     1  success        150  why"]
    monkeypatch.setenv("COLUMNS", "20")
    assert header_lines(fields) == ["number  ending", "      units"]
    assert record_lines(fields, ["1", "success", "150"]) == ["     1  success", "        150"]
