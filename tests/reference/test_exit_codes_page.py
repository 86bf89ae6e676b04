"""The exit statuses: each example ends with its status, and the exceptions have no other statuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solproof.demo import programs, scenario
from solproof.exit_status import READER_GONE, STATUSES, ExitStatus
from solproof.formats.input_file import format_input
from solproof.reference.errors_page import exceptions

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [status for status in STATUSES if status.example]


@pytest.mark.parametrize("status", EXAMPLES, ids=lambda status: str(status.number))
def test_examples_end_with_their_status(status: ExitStatus, tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    elf = programs.p_token()
    (tmp_path / "demo/p_token.so").write_bytes(elf)
    (tmp_path / "demo/p_token_transfer.json").write_text(format_input(scenario.transfer(elf)))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    *before, last = status.example
    for line, expected in (*((line, 0) for line in before), (last, status.number)):
        ended = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            check=False,
        )
        assert ended.returncode == expected, (line, ended.stderr)


def test_every_exception_has_a_status() -> None:
    assert {error.exit_status for error in exceptions()} == {
        status.number for status in STATUSES if 0 < status.number < 100
    }


def test_the_readme_names_the_statuses() -> None:
    (line,) = (line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| 0 | 1 |"))
    named = [int(cell) for cell in line.strip("| ").split(" | ")]
    assert named == [status.number for status in STATUSES if status.number != READER_GONE]
