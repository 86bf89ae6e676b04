"""docs/guides: each guide is followed in a copy of the package, and the output of its commands is compared.

`docs/guides/index.md` explains the blocks. A block is either a session in a shell, or it follows a line with
`Create` or `Change` and the name of a file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sessions import assert_shown, run_session, steps_of

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted(path for path in (ROOT / "docs/guides").glob("*.md") if path.name != "index.md")
BLOCK = re.compile(r"^(?:(Create|Change) `(.+?)`:\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def change(text: str, diff: str) -> str:
    """Apply the hunks of a diff without line numbers. Each hunk must fit at exactly one place."""
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        places = [match.start() for match in re.finditer(f"^{re.escape(before)}", text, re.MULTILINE)]
        assert len(places) == 1, f"found {len(places)} times:\n{before}"
        text = text[: places[0]] + after + text[places[0] + len(before) :]
    return text


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its tests in a separate folder, with the environment and the native modules."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "target")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for native in (ROOT / "src").rglob("*.so"):
        (tmp_path / native.relative_to(ROOT)).symlink_to(native)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_guide(guide: Path, copy: Path) -> None:
    touched = []
    for action, name, language, content in BLOCK.findall(guide.read_text()):
        file = copy / name
        if action == "Create":
            assert not file.exists(), name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        elif action == "Change":
            assert language == "diff", name
            file.write_text(change(file.read_text(), content))
        else:
            assert language == "console", content
            steps = steps_of(content)
            printed = run_session([command for command, _ in steps], copy, {"PYTHONPATH": str(copy / "src")})
            for (command, shown), output in zip(steps, printed, strict=True):
                assert_shown(output, shown, command)
        touched += [name] if name.endswith(".py") else []
    for arguments in (["format", "--diff"], ["check"]):
        found = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, *sorted(set(touched))],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_block_is_followed(guide: Path) -> None:
    text = guide.read_text()
    assert len(BLOCK.findall(text)) == len(re.findall(r"^```\w+$", text, re.MULTILINE))
    assert [language for action, _, language, _ in BLOCK.findall(text) if not action][-1] == "console"


def test_every_guide_is_listed() -> None:
    listed = re.findall(r"^- \[.+\]\((.+)\)$", (ROOT / "docs/guides/index.md").read_text(), re.MULTILINE)
    assert sorted(listed) == [guide.name for guide in GUIDES]


def test_a_change_fits_at_one_place() -> None:
    diff = " a\n+new\n b\n@@\n-c\n+d\n"
    assert change("a\nb\nc\n", diff) == "a\nnew\nb\nd\n"
    for text, count in (("xa\nb\nc\n", 0), ("a\nb\nc\na\nb\n", 2)):
        with pytest.raises(AssertionError, match=f"found {count} times"):
            change(text, diff)
