"""The engine's threads: in forked processes, in a progress callback, with one thread alone, and with none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solproof._native import prover
from tests.support.small_circuits import PARAMETERS, TRANSCRIPT, machine

ROOT = Path(__file__).resolve().parents[2]

FORKS = """
import multiprocessing, sys
from tests.support.small_circuits import machine

fork = multiprocessing.get_context("fork")
key_and_tables = machine()

def prove_here_and_in_forks(generations):
    key_and_tables.verify(key_and_tables.prove())
    if generations == 0:
        return
    child = fork.Process(target=prove_here_and_in_forks, args=(generations - 1,))
    child.start()
    child.join(30 * generations)
    if child.exitcode is None:
        child.kill()
        sys.exit("the child hangs")
    if child.exitcode:
        sys.exit(child.exitcode)

prove_here_and_in_forks(2)
prove_here_and_in_forks(1)
"""

ONE_THREAD = """
from tests.support.small_circuits import machine

small = machine()
small.verify(small.prove())
"""

NO_THREADS = """
import os, resource, sys
from tests.support.small_circuits import machine

small = machine()
proof = small.prove()
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
# The child has no threads yet, and there is no room for the stacks of so many.
os.environ["RAYON_NUM_THREADS"] = "1000"
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, resource.RLIM_INFINITY))
try:
    small.verify(proof)
except OSError as error:
    sys.exit("the engine cannot start its threads" not in str(error))
"""


def run(script: str, **environment: str) -> tuple[int, str]:
    """The exit status and the errors of a Python script in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return process.returncode, process.stderr


def test_forked_processes_prove_and_verify() -> None:
    """A child and its child prove after their parents have proved, and then the first process again."""
    status, errors = run(FORKS)
    assert status == 0, errors


def test_one_thread_is_enough() -> None:
    assert run(ONE_THREAD, RAYON_NUM_THREADS="1") == (0, "")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the size of the process from Linux")
def test_without_threads_a_proof_is_not_rejected() -> None:
    """The failure says nothing about the proof, so it is neither an `EngineRejected` nor an `EngineError`."""
    status, errors = run(NO_THREADS)
    assert status == 0, errors


def test_a_progress_callback_may_prove_and_verify() -> None:
    small = machine()
    phases: list[str] = []

    def prove_another(phase: str, _: float) -> None:
        phases.append(phase)
        if phase == "quotient":
            small.verify(small.prove())

    prover.prove(small.key, small.instances, TRANSCRIPT, PARAMETERS, prove_another)
    assert phases.count("quotient") == 1
