"""docs/testing.md: the test works, and its report has the shape and the counts of the page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/testing.md").read_text()
COUNTS = ("success", "compute_units", "instructions", "frames", "cells")
"""What is the same in every run."""


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_example(tmp_path: Path) -> None:
    (tmp_path / "test_memo.py").write_text(block("python"))
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "pytest", "-p", "solproof.testing.plugin"]
    result = subprocess.run(
        [*command, "--solproof-report", "report.json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    shown, made = (json.loads(text) for text in (block("json"), (tmp_path / "report.json").read_text()))
    assert shown["totals"].keys() == made["totals"].keys()
    (expected,), (found,) = (document["tests"][0]["proofs"] for document in (shown, made))
    assert expected.keys() == found.keys()
    assert {name: expected[name] for name in COUNTS} == {name: found[name] for name in COUNTS}
    heading, row = block("text").splitlines()[1:]
    assert heading in result.stdout
    assert row.split()[:3] == ["test_memo.py::test_memo", f"{found['compute_units']}", f"{found['cells']:,}"]
