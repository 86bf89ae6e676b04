"""The frames of an execution in the form that fills the tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.circuit.program_table import program_table
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import registry
from solproof.vm.trace import Run


def access_logs(frames: Sequence[Frame[Run]]) -> list[AccessLog]:
    """The access logs of all frames of a proof. Frames are numbered from 1."""
    return [access_log(frame, number) for number, frame in enumerate(frames, start=1)]


def access_log(frame: Frame[Run], invocation: int = 1) -> AccessLog:
    """The access log of one frame, which has the given number in its proof."""
    run = frame.outcome
    slots = np.unique(run.trace.pc[: run.final.steps])
    syscalls = registry(frame.invocation.environment.features).keys()
    return AccessLog(run, slots, program_table(run.program, syscalls, slots), invocation)
