"""The wording of results."""

from __future__ import annotations

import pytest

from solproof.cli.terminal.show import print_lines
from solproof.display import security_text


@pytest.mark.parametrize(("bits", "text"), [(110.55, "110.5"), (99.999, "99.9"), (100.0, "100.0")])
def test_security_is_rounded_down(bits: float, text: str) -> None:
    assert security_text(bits, "unique decoding") == f"{text} bits proven, unique decoding"


def test_lines_hold_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(["log", "  Program log: é \x1b[2J\rwiped", "two\nlines", "\u202eback"])
    assert capsys.readouterr().out == "log\n  Program log: é \\x1b[2J\\rwiped\ntwo\\nlines\n\\u202eback\n"
