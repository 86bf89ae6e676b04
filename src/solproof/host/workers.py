"""Worker processes, which compute side by side and end when this process does."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from queue import SimpleQueue
from threading import Thread
from typing import Any

PROGRAM = "import sys; sys.path[:] = {path!r}; from {module} import {serve}; {serve}({descriptor})"


@dataclass(frozen=True, slots=True)
class Finished:
    """A computation that has ended.

    key: what it was started with.
    value: its result, None if it failed.
    error: the exception that it raised, `ChildProcessError` if its process ended, or None.
    """

    key: int
    value: Any = None
    error: Exception | None = None


class Workers:
    """At most `count` processes, each of which computes one thing at a time.

        with Workers(2) as workers:
            workers.start(1, function, argument)
            finished = workers.wait()

    The end of the block ends them, and so does the end of this process, even by SIGKILL. Signals from the
    terminal do not reach them, so Ctrl-C interrupts this process alone.

    environment: variables of the processes, in addition to those of this process.
    """

    def __init__(self, count: int, environment: Mapping[str, str] | None = None) -> None:
        self._count = count
        self._environment = {**os.environ, **(environment or {})}
        self._idle: list[_Worker] = []
        self._busy: dict[int, _Worker] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *self._busy.values()):
            worker.end()

    @property
    def busy(self) -> int:
        """How many processes compute something."""
        return len(self._busy)

    @property
    def is_full(self) -> bool:
        """Whether every process computes something, so that none can be started."""
        return self.busy == self._count

    def start(self, key: int, function: Callable[..., Any], *arguments: Any) -> None:
        """Compute `function(*arguments)` in a process. All of it must be picklable, and the result too.

        key: differs from the keys of other computations that have not ended.
        """
        assert not self.is_full and key not in self._busy
        worker = self._busy[key] = self._idle.pop() if self._idle else _Worker.begin(self._environment)
        worker.send(function, arguments)

    def wait(self) -> Finished:
        """Wait until a computation ends. At least one must be running."""
        ready = wait([worker.connection for worker in self._busy.values()])
        key = next(key for key, worker in self._busy.items() if worker.connection in ready)
        worker = self._busy[key]
        try:
            value, error = worker.connection.recv()
        except (EOFError, OSError):
            value, error = None, ChildProcessError(worker.end())
        else:
            self._idle.append(worker)
        del self._busy[key]
        return Finished(key, value, error)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and the connection to it."""

    process: subprocess.Popen[bytes] = field(repr=False)
    connection: Connection

    @classmethod
    def begin(cls, environment: Mapping[str, str]) -> _Worker:
        ours, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            program = PROGRAM.format(
                path=sys.path, module=__name__, serve=serve.__name__, descriptor=descriptor
            )
            process = subprocess.Popen(
                [sys.executable, "-c", program],
                env=environment,
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        return cls(process, ours)

    def send(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        content = pickle.dumps((function, arguments))
        with suppress(OSError):  # the process has ended, which the next `wait` reports
            self.connection.send_bytes(content)

    def end(self) -> str:
        """End the process. Returns how it ended, in words."""
        status = self.process.poll()
        if status is None:
            self.process.kill()
            status = self.process.wait()
        self.connection.close()
        return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


# IN THE WORKER


def serve(descriptor: int) -> None:
    """Compute what comes through a connection, until it is closed."""
    connection = Connection(descriptor)
    received: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(connection, received), daemon=True).start()
    while True:
        connection.send(_computed(received.get()))


def _computed(content: bytes) -> tuple[Any, Exception | None]:
    """The result of a computation, or what it raised."""
    try:
        function, arguments = pickle.loads(content)
        return function(*arguments), None
    except Exception as error:
        return None, error


def _receive(connection: Connection, received: SimpleQueue[bytes]) -> None:
    """Listens in a thread of its own, because nobody needs a result once the other process is gone."""
    while True:
        try:
            received.put(connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
