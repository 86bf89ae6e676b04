"""A run in the form that fills the tables: accesses chained in time, calls matched with their exits.

The last instruction is not among the steps (see `solproof.vm.trace.FinalState`).
"""

from __future__ import annotations

from solproof.accesses.arrays import Integers
from solproof.accesses.memory_calls import returned_events, split_events
from solproof.accesses.memory_log import listed_words, memory_log, step_words
from solproof.accesses.program import ProgramTable
from solproof.accesses.register_log import register_log
from solproof.vm.trace import Run


class AccessLog:
    """The accesses of one frame.

    invocation: the number of the frame in its proof, from 1.
    slots: the slots that were executed before the last instruction, rising.
    program: what the program holds at these slots.
    codes: the family code of each step.
    events: the syscalls that the verifier replays. Of the words of image and input, they list only those that
        an instruction or a memory syscall of the frame touches.
    returned_events: the events that returned.
    memory_calls: the calls of memory syscalls that the circuit proves.
    registers, memory: the register and memory accesses, chained in time.
    """

    def __init__(self, run: Run, slots: Integers, program: ProgramTable, invocation: int = 1) -> None:
        self.run = run
        self.invocation = invocation
        self.trace = run.trace
        self.layout = run.layout
        self.slots = slots
        self.program = program
        self.steps = run.final.steps
        self.codes = program.code[run.trace.pc[: self.steps]]
        events, self.memory_calls = split_events(run)
        words = step_words(run, program, self.codes)
        self.events = listed_words(events, run.layout, words, self.memory_calls)
        self.returned_events = returned_events(self.events, self.steps)
        self.registers = register_log(run, program, self.codes, self.returned_events, self.memory_calls)
        self.memory = memory_log(run, words, self.codes, self.events, self.memory_calls)
