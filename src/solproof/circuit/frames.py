"""The frames of an execution in the form that fills the tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.circuit.program_table import program_table
from solproof.display import bytes_text
from solproof.errors import NotEnoughMemory
from solproof.host.resources import available_memory
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import registry
from solproof.vm.trace import Run

LEAST_BYTES_PER_WORD = 230
"""Chaining the accesses of a run takes at least so much memory for each word that a syscall touches."""


def access_logs(frames: Sequence[Frame[Run]], memory_limit: int | None = None) -> list[AccessLog]:
    """The access logs of all frames of a proof. Frames are numbered from 1.

    memory_limit: in bytes, or None for the memory that this computer has available.
    Raises `NotEnoughMemory` before the work if the words that syscalls touch do not fit.
    """
    limit = available_memory() if memory_limit is None else memory_limit
    events = (event for frame in frames for event in frame.outcome.trace.events)
    least = LEAST_BYTES_PER_WORD * sum(len(event.words) for event in events)
    if least > limit:
        raise NotEnoughMemory(
            f"the witness needs more than {bytes_text(least)} of memory but only {bytes_text(limit)} may be "
            "used; free memory or raise the limit"
        )
    return [access_log(frame, number) for number, frame in enumerate(frames, start=1)]


def access_log(frame: Frame[Run], invocation: int = 1) -> AccessLog:
    """The access log of one frame, which has the given number in its proof."""
    run = frame.outcome
    slots = np.unique(run.trace.pc[: run.final.steps])
    syscalls = registry(frame.invocation.environment.features).keys()
    return AccessLog(run, slots, program_table(run.program, syscalls, slots), invocation)
