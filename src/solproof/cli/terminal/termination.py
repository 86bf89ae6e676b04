"""Turns signals that end the process into an exception, so that a command removes partial files."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from solproof.exit_status import HUNG_UP, TERMINATED

STATUSES = {signal.SIGHUP: HUNG_UP, signal.SIGTERM: TERMINATED}
REMOVAL_SECONDS = 5.0
"""After a signal, the time in which the next signal is ignored."""


class Terminated(BaseException):
    """A signal that ends the process has arrived. Like `KeyboardInterrupt`, this is not an `Exception`."""


class Termination:
    """Handles the signals that end the process. `status` is the exit status once a signal has arrived."""

    def __init__(self) -> None:
        self.status: int | None = None
        self._removal_ends = 0.0

    @property
    def message(self) -> str:
        """The end in words."""
        return "the terminal is gone" if self.status == HUNG_UP else "terminated"

    @contextmanager
    def raising(self) -> Iterator[None]:
        """SIGTERM and SIGHUP raise `Terminated` in this block.

        A signal that the process ignores stays ignored, as under `nohup`. Outside the main thread nothing
        changes, because Python handles signals only there.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        default = [number for number in STATUSES if signal.getsignal(number) is signal.SIG_DFL]
        for number in default:
            signal.signal(number, self._receive)
        try:
            yield
        finally:
            for number in default:
                signal.signal(number, signal.SIG_DFL)

    def _receive(self, number: int, _: FrameType | None) -> None:
        # A closed terminal may send two signals. The second must not interrupt the removal of files. A later
        # signal counts, because Python drops an exception that is raised inside a `__del__`.
        now = time.monotonic()
        if now < self._removal_ends:
            return
        self._removal_ends = now + REMOVAL_SECONDS
        self.status = STATUSES[signal.Signals(number)]
        raise Terminated
