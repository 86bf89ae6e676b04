"""Executions changed by hand."""

from __future__ import annotations

from dataclasses import replace

from solproof.execution.execute import Execution
from solproof.runtime.invoke import Frame
from solproof.vm.trace import Run


def with_run(execution: Execution, run: Run) -> Execution:
    """The execution with another run of its first frame."""
    first = Frame(execution.invocation, run)
    return replace(execution, frames=(first, *execution.frames[1:]))
