"""Progress: lines for a log, a live list on a terminal, nothing when quiet."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from solproof.cli.terminal.progress import Phases
from tests.cli.conftest import Files


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Phases("prove", quiet=False) as progress:
        for phase in ("trace", "grinding", "lookups", "grinding"):
            progress(phase, 0.0)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split() for line in captured.err.splitlines()] == [
        ["prove:", seconds, "s", phase]
        for seconds, phase in zip(
            (line.split()[1] for line in captured.err.splitlines()),
            ("trace", "grinding", "lookups", "done"),
            strict=True,
        )
    ]


def test_a_failure_is_not_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), Phases("prove", quiet=False) as progress:
        progress("trace", 0.0)
        raise ValueError("no")
    assert capsys.readouterr().err.splitlines()[-1].endswith("trace")


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with Phases("prove", quiet=True) as progress:
        progress("trace", 0.0)
    assert capsys.readouterr().err == ""


def test_live_on_a_terminal(files: Files) -> None:
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "solproof", "check", str(files.input_bin), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            block = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not block:
            break
        shown += block
    os.close(master)
    assert process.wait() == 0
    last = shown.decode().replace("\r", "").split("\n")
    assert [line.split("s  ")[-1] for line in last if line.startswith("check: ")][
        -1
    ] == "constraints and buses"
    assert "\x1b[" in shown.decode()
