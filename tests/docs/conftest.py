"""The site, built once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the built site. A warning fails the test."""
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet"]
    built = subprocess.run(
        [*command, ROOT / "docs", directory], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (built.stderr, built.returncode) == ("", 0)
    return directory
