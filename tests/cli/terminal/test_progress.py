"""Progress: lines in a log, a live list on a terminal, and nothing with --quiet."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.reporting import Mode
from tests.cli.conftest import Files


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Phases("prove", quiet=False) as progress:
        for phase in ("trace", "grinding", "lookups", "grinding"):
            progress(phase, 0.0)
    captured = capsys.readouterr()
    assert captured.out == ""
    *begun, done = captured.err.splitlines()
    assert begun == ["prove: trace ...", "prove: grinding ...", "prove: lookups ..."]
    seconds = r"\d+\.\d{3} s"
    assert re.fullmatch(
        f"prove: done in {seconds}: trace {seconds}, grinding {seconds}, lookups {seconds}", done
    )


def test_the_last_line_has_the_time_of_each_phase(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The start, then each change of phase, then the end.
    clock = iter([0.0, 0.0, 1.0, 1.5, 4.0, 4.25, 5.0])
    monkeypatch.setattr(
        "solproof.cli.terminal.progress.time", SimpleNamespace(perf_counter=lambda: next(clock))
    )
    with Phases("prove", quiet=False) as progress:
        for phase in ("trace", "grinding", "lookups", "grinding"):
            progress(phase)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "prove: done in 5.000 s: trace 1.000 s, grinding 0.750 s, lookups 2.500 s"
    )


def test_a_phase_that_is_partly_done(capsys: pytest.CaptureFixture[str]) -> None:
    with Phases("trace", quiet=False) as progress:
        progress("write")
        for percent in (10, 10, 20):
            progress.reach(percent)
    *lines, done = capsys.readouterr().err.splitlines()
    assert lines == ["trace: write ...", "trace: write, 10 % ...", "trace: write, 20 % ..."]
    assert re.fullmatch(r"trace: done in [\d.]+ s: write [\d.]+ s", done)


@pytest.mark.parametrize("mode", ["auto", "json"])
def test_an_outlook(mode: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The work takes longer than the estimate of 10 s."""
    clock = SimpleNamespace(now=0.0)
    clock.perf_counter = lambda: clock.now
    monkeypatch.setattr("solproof.cli.terminal.progress.time", clock)
    monkeypatch.setattr("solproof.cli.terminal.progress.progress_mode", lambda **_: Mode(mode))
    with Phases("prove", quiet=False) as progress:
        progress("estimate")
        progress.expect(10)
        for now, phase in ((1, "witness"), (2.75, "commit"), (12, "queries")):
            clock.now = now
            progress(phase)
    *lines, _ = capsys.readouterr().err.splitlines()
    if mode == "auto":
        assert lines == [
            "prove: estimate ...",
            "prove: witness ... (about 10 %, about 9 s left)",
            "prove: commit ... (about 27 %, about 8 s left)",
            "prove: queries ... (longer than estimated)",
        ]
    else:
        keys = ("estimated_percent", "estimated_seconds_left")
        told = [tuple(json.loads(line).get(key) for key in keys) for line in lines]
        assert told == [(None, None), (10, 9.0), (27, 7.25), (99, None)]


def test_no_outlook_for_a_short_time(capsys: pytest.CaptureFixture[str]) -> None:
    with Phases("prove", quiet=False) as progress:
        progress.expect(1.5)
        progress("witness")
    assert capsys.readouterr().err.splitlines()[0] == "prove: witness ..."


def test_a_failure_is_not_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), Phases("prove", quiet=False) as progress:
        progress("trace", 0.0)
        raise ValueError("no")
    assert capsys.readouterr().err == "prove: trace ...\n"


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
        except OSError:  # Linux reports this error when the other end is closed
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
