"""docs/assurance.md: its examples run in order, and their output is on the page."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).resolve().parents[2] / "docs/assurance.md").read_text()


def test_every_example() -> None:
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == PAGE.count("```python") == 6
    names: dict[str, Any] = {}
    for code, expected in examples:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(code, "docs/assurance.md", "exec"), names)
        assert printed.getvalue() == expected


def test_every_module_is_there() -> None:
    root = Path(__file__).resolve().parents[2]
    paths = set(re.findall(r"`((?:assurance|tests)/[\w/]+\.\w+)`", PAGE))
    assert len(paths) > 10
    assert [path for path in sorted(paths) if not (root / path).exists()] == []
