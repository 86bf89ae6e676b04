"""Lines on screens of any width, with colours only on a terminal."""

from __future__ import annotations

import pytest

from solproof.cli.terminal.show import aligned, print_lines, print_source

ADDRESS = "GrfxzNVXp56uCQZSH1NhQrfY44pYELeFCpqhB9CZ8MVR"


def test_a_pipe_has_no_width(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(["x " * 200])
    assert capsys.readouterr().out == "x " * 200 + "\n"


def test_a_value_continues_below_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    print_lines(
        [*aligned([("cells", "12,345: 1,000 of instructions, 11,345 of padding")]), "  log: " + "w " * 15]
    )
    assert capsys.readouterr().out.splitlines() == [
        "cells  12,345: 1,000 of",
        "       instructions, 11,345 of",
        "       padding",
        "  log: w w w w w w w w w w w",
        "    w w w w",
    ]


def test_a_word_without_room_is_folded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    print_lines([f"  {ADDRESS}  unchanged"])
    lines = capsys.readouterr().out.splitlines()
    assert "".join(line.strip() for line in lines) == f"{ADDRESS}unchanged"
    assert max(map(len, lines)) <= 30


def test_sources_are_never_wrapped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    print_source("    add64 r1, r2  # \x1b[2J a long comment\nexit")
    assert capsys.readouterr().out == "    add64 r1, r2  # \\x1b[2J a long comment\nexit\n"


LINES = [("success", "no"), ("error", "Custom(1)"), ("proof", "valid"), ("compute units", "5")]


def test_no_colours_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(aligned(LINES))
    assert "\x1b" not in capsys.readouterr().out


def test_colours_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_lines(aligned(LINES))
    assert capsys.readouterr().out.splitlines() == [
        "success        \x1b[31mno\x1b[0m",
        "error          \x1b[31mCustom(1)\x1b[0m",
        "proof          \x1b[32mvalid\x1b[0m",
        "compute units  5",
    ]
    monkeypatch.setenv("NO_COLOR", "1")
    print_lines(aligned(LINES))
    assert "\x1b" not in capsys.readouterr().out
