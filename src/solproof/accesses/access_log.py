"""A run in the form that fills the tables: accesses chained in time, calls matched with their exits.

The last instruction is not among the steps (see `solproof.vm.trace.FinalState`).
"""

from __future__ import annotations

from solproof.accesses.memory_calls import returned_events, split_events
from solproof.accesses.memory_log import memory_log
from solproof.accesses.program import ProgramTable
from solproof.accesses.register_log import register_log
from solproof.vm.trace import Run


class AccessLog:
    """The accesses of one run.

    codes: the family code of each step.
    events: the syscalls that the verifier replays.
    returned_events: the events that returned.
    memory_calls: the calls of memory syscalls that the circuit proves.
    registers, memory: the register and memory accesses, chained in time.
    """

    def __init__(self, run: Run, program: ProgramTable) -> None:
        self.run = run
        self.trace = run.trace
        self.layout = run.layout
        self.program = program
        self.steps = run.final.steps
        self.codes = program.code[run.trace.pc[: self.steps]]
        self.events, self.memory_calls = split_events(run)
        self.returned_events = returned_events(self.events, self.steps)
        self.registers = register_log(run, program, self.codes, self.returned_events, self.memory_calls)
        self.memory = memory_log(run, program, self.codes, self.events, self.memory_calls)
