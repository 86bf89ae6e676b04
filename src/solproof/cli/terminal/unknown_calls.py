"""Notes about calls of functions that the runtime does not have, on which a run has stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solproof.cli.terminal.reporting import note
from solproof.program.syscall_names import similar_syscall
from solproof.program.unknown_calls import called_name
from solproof.runtime.accounts import address_text
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import GATES
from solproof.vm.faults import unsupported_instruction
from solproof.vm.trace import Run


def note_unknown_calls(frames: Iterable[Frame[Run]]) -> None:
    """Print a note for each frame that stopped on such a call."""
    for text in _texts(frames):
        note(text)


def _texts(frames: Iterable[Frame[Run]]) -> Iterator[str]:
    for frame in frames:
        run, executable = frame.outcome, frame.invocation.executable
        if run.fault is None or run.fault.name != unsupported_instruction().name:
            continue
        name = called_name(executable.program, run.final.pc, executable.file)
        if name is None:
            continue
        where = f"program {address_text(frame.invocation.program_id)}: pc {run.final.pc} calls {name}"
        gate = GATES.get(name)
        if gate is None:
            yield f"{where}, which neither the program nor the runtime has{similar_syscall(name)}"
        else:
            option = "--no-feature" if gate.inverted else "--feature"
            yield f"{where}, which the runtime does not have without {option} {gate.feature}"
