"""Progress on standard error, by phase. A terminal shows a live list of phases with their times.

Elsewhere each phase gets a line when it first begins, and the last line has the seconds of every phase. The
lines may be JSON.
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from solproof.cli.terminal.reporting import Mode, json_line, progress_mode

SHORT_SECONDS = 2.0
"""An estimate below this time gives no outlook."""


@dataclass(frozen=True, slots=True)
class _Outlook:
    """How much is done, at most 99 percent, and how many seconds are left: None if the estimate is over."""

    percent: int
    seconds_left: float | None

    def text(self) -> str:
        if self.seconds_left is None:
            return "longer than estimated"
        return f"about {self.percent} %, about {math.ceil(self.seconds_left)} s left"

    def fields(self) -> dict[str, object]:
        left = None if self.seconds_left is None else round(self.seconds_left, 3)
        return {"estimated_percent": self.percent, "estimated_seconds_left": left}


@dataclass(frozen=True, slots=True)
class _Expected:
    """An estimate: when it was made, and how many seconds the work takes from then on."""

    start: float
    seconds: float

    def outlook(self, now: float) -> _Outlook:
        left = self.start + self.seconds - now
        percent = min(int(100 * (now - self.start) / self.seconds), 99)
        return _Outlook(percent, left if left > 0 else None)


class Phases:
    """Shows phases as they begin: `with Phases("prove", quiet=False) as progress: progress("witness")`.

    Each phase has one line. If a phase begins again, as grinding does, its time continues on that line.
    """

    def __init__(self, title: str, *, quiet: bool) -> None:
        self._title = title
        self._mode = progress_mode(quiet=quiet)
        self._start = self._begun = time.perf_counter()
        self._seconds: dict[str, float] = {}
        self._percent: dict[str, int] = {}
        self._current: str | None = None
        self._expected: _Expected | None = None
        self._live: Live | None = None

    def __enter__(self) -> Phases:
        if self._mode is Mode.AUTO and sys.stderr.isatty():
            self._live = Live(get_renderable=self._lines, console=Console(stderr=True), refresh_per_second=10)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_phase()
        if self._live is not None:
            self._live.stop()
        elif kind is None and self._mode is Mode.JSON:
            phases = {phase: round(spent, 6) for phase, spent in self._seconds.items()}
            json_line(command=self._title, done=True, seconds=self._elapsed(), phases=phases)
        elif kind is None:
            times = ", ".join(f"{phase} {spent:.3f} s" for phase, spent in self._seconds.items())
            self._print(f"done in {self._elapsed():.3f} s: {times}")

    def __call__(self, phase: str, _seconds: float = 0.0) -> None:
        """Begin a phase and end the previous one."""
        self._end_phase()
        if phase not in self._seconds:
            self._seconds[phase] = 0.0
            outlook = self._outlook()
            self._print(f"{phase} ...{f' ({outlook.text()})' if outlook else ''}")
            if self._mode is Mode.JSON:
                more = outlook.fields() if outlook else {}
                json_line(command=self._title, phase=phase, seconds=self._elapsed(), **more)
        self._current = phase

    def expect(self, seconds: float) -> None:
        """Show from now on how much of the work is done, and how long the rest takes, by an estimate.

        seconds: the estimated time from now to the end. A short time is not worth an outlook.
        """
        if seconds >= SHORT_SECONDS:
            self._expected = _Expected(time.perf_counter(), seconds)

    def reach(self, percent: int) -> None:
        """Show how many percent of the running phase are done, if the number has changed."""
        phase = self._current
        if phase is None or self._percent.get(phase) == percent:
            return
        self._percent[phase] = percent
        self._print(f"{phase}, {percent} % ...")
        if self._mode is Mode.JSON:
            json_line(command=self._title, phase=phase, percent=percent, seconds=self._elapsed())

    def say(self, text: str, **fields: object) -> None:
        """Print a line between phases. If progress is JSON, `fields` are its content."""
        if self._live is not None:
            self._live.console.print(Text(text))
        elif self._mode is Mode.AUTO:
            print(text, file=sys.stderr, flush=True)
        elif self._mode is Mode.JSON:
            json_line(command=self._title, **fields)

    def seconds(self) -> dict[str, float]:
        """Seconds by phase so far, in order of first appearance, with their sum as "total"."""
        return {**self._seconds, "total": sum(self._seconds.values())}

    def _outlook(self) -> _Outlook | None:
        expected = self._expected
        return None if expected is None else expected.outlook(time.perf_counter())

    def _elapsed(self) -> float:
        return round(time.perf_counter() - self._start, 6)

    def _end_phase(self) -> None:
        now = time.perf_counter()
        if self._current is not None:
            self._seconds[self._current] += now - self._begun
        self._begun, self._current = now, None

    def _print(self, text: str) -> None:
        if self._mode is Mode.AUTO and self._live is None:
            print(f"{self._title}: {text}", file=sys.stderr, flush=True)

    def _lines(self) -> Text:
        running = time.perf_counter() - self._begun
        lines = []
        for phase, spent in self._seconds.items():
            seconds = spent + running * (phase == self._current)
            part = f", {self._percent[phase]} %" if phase in self._percent else ""
            lines.append(Text(f"{self._title}: {seconds:7.3f} s  {phase}{part}"))
        if outlook := self._outlook():
            lines.append(Text(f"{self._title}: {outlook.text()}"))
        return Text("\n").join(lines)
