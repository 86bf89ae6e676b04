"""SIGTERM and SIGHUP end a command with 128 + the number of the signal. They leave no partial files."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from benches.mixed_loop import mixed_loop
from solproof.cli.terminal.termination import Terminated, Termination
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput

SIGNALS = [(signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "the terminal is gone")]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that takes seconds to prove or to write."""
    path = tmp_path_factory.mktemp("long") / "input.bin"
    path.write_bytes(bincode.pack(ExecutionInput(mixed_loop(17_000), bytes(32), (), b"")))
    return path


def default_signals() -> None:
    """The signal handlers that a shell in the foreground leaves, however the tests are run."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def started(*arguments: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A running `solproof` command. It is killed at the end if it still runs."""
    defaults = {"preexec_fn": default_signals, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    settings: dict[str, Any] = {**defaults, **options}
    command = [sys.executable, "-m", "solproof", *map(str, arguments)]
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **settings)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_a_file(directory: Path) -> None:
    """Wait until a file is being written."""
    for _ in range(6_000):
        if list(directory.iterdir()):
            return
        time.sleep(0.01)
    raise AssertionError("nothing is written")


@pytest.mark.parametrize(("number", "status", "message"), SIGNALS)
def test_while_a_file_is_written(
    number: signal.Signals, status: int, message: str, given: Path, tmp_path: Path
) -> None:
    output = tmp_path / "trace.json"
    with started("trace", given, "--constraints", "--output", output, "--progress", "none") as process:
        wait_for_a_file(tmp_path)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.splitlines()[-1]) == (status, f"error: {message}")
    assert list(tmp_path.iterdir()) == []


def test_while_a_proof_is_made(given: Path, tmp_path: Path) -> None:
    with started("prove", given, "--output", tmp_path / "new.proof", "--json") as process:
        assert process.stderr is not None
        assert any("prove: trace ..." in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    assert json.loads(output) == {
        "failure": {"kind": "Terminated", "message": "terminated", "exit_status": 143, "reason": None}
    }
    assert errors.splitlines()[-1] == "error: terminated"
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_closes(given: Path, tmp_path: Path) -> None:
    """The command shows a live list of phases. Then neither the list nor the last line can be shown."""
    master, terminal = pty.openpty()

    def control() -> None:
        default_signals()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    streams: dict[str, Any] = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    command = ("trace", given, "--constraints", "--output", tmp_path / "trace.json")
    with started(*command, start_new_session=True, preexec_fn=control, **streams) as process:
        os.close(terminal)
        wait_for_a_file(tmp_path)
        os.close(master)
        assert process.wait(60) == 129
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(given: Path, tmp_path: Path) -> None:
    """`nohup` also ignores the signal."""
    output = tmp_path / "trace.json"

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with started("trace", given, "--output", output, "--progress", "none", preexec_fn=ignore) as process:
        wait_for_a_file(tmp_path)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=300)
    assert process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["trace.json"]


def test_the_second_signal_does_not_interrupt_the_removal() -> None:
    before = signal.getsignal(signal.SIGTERM)
    termination = Termination()
    removed = False
    with pytest.raises(Terminated), termination.raising():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGHUP)
            removed = True
    assert removed and termination.status == 143
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_later_signal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python may drop the exception of the first signal, for example in a `__del__`."""
    monkeypatch.setattr("solproof.cli.terminal.termination.REMOVAL_SECONDS", 0.0)
    end = Termination()
    with pytest.raises(Terminated), end.raising():
        with suppress(Terminated):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    assert end.status == 143
