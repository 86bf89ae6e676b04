"""docs/fixtures.md: the code works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.fixtures import firedancer_instruction, serialized, transfer

TEXT = (Path(__file__).resolve().parents[2] / "docs/fixtures.md").read_text()


def test_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given, result = transfer()
    (tmp_path / "instruction.fix").write_bytes(serialized(firedancer_instruction(given, result)))
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/fixtures.md", "exec"), {})
    assert capsys.readouterr().out == f"Firedancer {result.transaction_compute_units}\n"
