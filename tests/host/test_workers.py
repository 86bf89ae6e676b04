"""Worker processes compute side by side, and never outlive the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from solproof.host.workers import Workers
from tests.support.processes import children, is_alive, wait_until

SECONDS = 60.0


def double(number: int) -> int:
    return 2 * number


def fail(message: str) -> None:
    raise ValueError(message)


def identity() -> tuple[int, str | None]:
    """The process, after the other one has had the time to begin, and a variable."""
    time.sleep(0.2)
    return os.getpid(), os.environ.get("SOLPROOF_TEST")


def hang(path: str) -> None:
    """Never ends. Tells by a file that it has begun."""
    Path(path).touch()
    time.sleep(10_000)


def not_picklable() -> object:
    return lambda: None


def test_results_have_the_keys() -> None:
    with Workers(2) as workers:
        workers.start(1, double, 10)
        assert (workers.busy, workers.is_full) == (1, False)
        workers.start(2, double, 20)
        assert (workers.busy, workers.is_full) == (2, True)
        found = {finished.key: finished.value for finished in (workers.wait(), workers.wait())}
        assert workers.busy == 0
    assert found == {1: 20, 2: 40}


def test_processes_are_kept_and_differ() -> None:
    with Workers(2, {"SOLPROOF_TEST": "yes"}) as workers:
        seen = set()
        for _ in range(3):
            for key in (1, 2):
                workers.start(key, identity)
            seen |= {workers.wait().value for _ in range(2)}
    assert len(seen) == 2
    assert {variable for _, variable in seen} == {"yes"}
    assert os.getpid() not in {process for process, _ in seen}


def test_an_exception_comes_back_and_the_process_goes_on() -> None:
    with Workers(1) as workers:
        workers.start(1, fail, "a reason")
        error = workers.wait().error
        assert isinstance(error, ValueError) and str(error) == "a reason"
        workers.start(2, double, 4)
        assert workers.wait().value == 8


def test_a_process_that_ends() -> None:
    with Workers(1) as workers:
        workers.start(1, os._exit, 3)
        error = workers.wait().error
        assert isinstance(error, ChildProcessError) and str(error) == "ended with status 3"
        workers.start(2, double, 4)  # in a new process
        assert workers.wait().value == 8


def test_a_result_that_cannot_be_sent() -> None:
    with Workers(1) as workers:
        workers.start(1, not_picklable)
        assert isinstance(workers.wait().error, ChildProcessError)


def test_a_process_that_is_killed(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with Workers(2) as workers:
        workers.start(1, hang, str(begun))
        wait_until(begun.exists)
        (process,) = children(os.getpid(), "solproof.host.workers")
        workers.start(2, double, 4)
        assert workers.wait().value == 8
        os.kill(process, signal.SIGKILL)
        finished = workers.wait()
    assert finished.key == 1
    assert isinstance(finished.error, ChildProcessError)
    assert str(finished.error) == "was ended by SIGKILL"


def test_the_end_of_the_block_ends_them(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with pytest.raises(KeyboardInterrupt), Workers(2) as workers:
        workers.start(1, double, 1)
        workers.wait()
        workers.start(1, hang, str(begun))
        wait_until(begun.exists)
        raise KeyboardInterrupt
    assert children(os.getpid(), "solproof.host.workers") == []


SCRIPT = """
import sys
from solproof.host.workers import Workers
from tests.host.test_workers import hang
with Workers(2) as workers:
    workers.start(1, hang, sys.argv[1] + "/1")
    workers.start(2, hang, sys.argv[1] + "/2")
    workers.wait()
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, -2)])
def test_they_end_with_their_parent(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """SIGINT goes to the whole process group, as from a terminal, and only the parent reports it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = children(parent.pid, "solproof.host.workers")
    assert len(workers) == 2
    os.killpg(parent.pid, number)
    _, errors = parent.communicate(timeout=SECONDS)
    assert parent.returncode == status
    wait_until(lambda: not any(is_alive(process) for process in workers))
    assert errors.count("Traceback") == (1 if number == signal.SIGINT else 0)
