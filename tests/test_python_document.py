"""The examples of docs/python.md run in order, and their output is in the document."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import solproof
from solproof.demo import programs, scenario
from solproof.formats.input_file import format_input

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs/python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def test_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo").mkdir()
    elf = programs.p_token()
    (tmp_path / "demo/p_token.so").write_bytes(elf)
    (tmp_path / "demo/p_token_transfer.json").write_text(format_input(scenario.transfer(elf)))
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples/token_transfer.json", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    text = DOCUMENT.read_text()
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count("```python")
    names: dict[str, object] = {}
    for source, expected in blocks:
        exec(compile(source, "docs/python.md", "exec"), names)
        assert capsys.readouterr().out == expected, source


def test_every_function_and_error_is_named() -> None:
    text = DOCUMENT.read_text()
    for name in solproof.__all__:
        value = getattr(solproof, name)
        is_error = isinstance(value, type) and issubclass(value, Exception)
        if is_error or (callable(value) and not isinstance(value, type)):
            assert re.search(rf"`{name}|solproof\.{name}\b", text), name
