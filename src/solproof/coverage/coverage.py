"""Counts of the executed slots, branches and functions of each program, added up over executions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.isa.instruction import unpack_program
from solproof.isa.opcodes import Action, Opcode, opcode
from solproof.program.names import Function
from solproof.program.program import Program
from solproof.program.symbols import SymbolFiles, Symbols
from solproof.representation import short_repr
from solproof.tracing.columns import Columns


@dataclass(slots=True, eq=False)  # arrays do not compare as one value
class ProgramCoverage:
    """What ran of one program.

    executed: how often each slot ran: [slots].
    taken: for each slot with a jump, how often the next step was not at the next slot: [slots].
    entered: how often each function was entered, by its first slot.
    """

    program: Program
    symbols: Symbols
    executed: Integers
    taken: Integers
    entered: Counter[int] = field(default_factory=Counter)

    __repr__ = short_repr

    @property
    def instructions(self) -> Mapping[int, int]:
        """How often each instruction ran, by its first slot. An `lddw` has two slots and counts once."""
        return {pc: int(self.executed[pc]) for pc, _ in opcodes_of(self.program)}

    @property
    def functions(self) -> tuple[Function, ...]:
        """Every function that is known: by a symbol, by a call in the file, or because it was entered.

        A function without a size ends where the next one starts.
        """
        named = {function.start: function for function in self.symbols.names.functions}
        registered = set(self.program.functions.values()) if self.program.version < 3 else set()
        starts = sorted({*named, *registered, *self.entered, self.program.entry})
        ends = [*starts[1:], self.program.slots]
        return tuple(
            named.get(start) or Function(start, end, self.symbols.names.at(start))
            for start, end in zip(starts, ends, strict=True)
        )

    @property
    def branches(self) -> Mapping[int, tuple[int, int]]:
        """For each conditional jump, by its slot: how often it was taken and how often not."""
        found = {}
        for pc, row in opcodes_of(self.program):
            if row is not None and row.action is Action.JUMP and row.reads[self.program.version]:
                found[pc] = int(self.taken[pc]), int(self.executed[pc] - self.taken[pc])
        return found


def opcodes_of(program: Program) -> Iterator[tuple[int, Opcode | None]]:
    """The first slot and the opcode of each instruction. The opcode is None if the version has none there."""
    pc = 0
    for pc_of_slot, (code, *_) in enumerate(unpack_program(program.text)):
        if pc_of_slot < pc:
            continue  # the second slot of an lddw
        row = opcode(code, program.version)
        yield pc, row
        pc += 2 if row is not None and row.action is Action.LOAD_IMMEDIATE else 1


def coverage_of(
    executions: Iterable[Execution | TransactionExecution], symbols: SymbolFiles | None = None
) -> tuple[ProgramCoverage, ...]:
    """What ran of each sBPF program, in the order in which the programs first ran.

    executions: each is forgotten before the next one, so they may come from a generator.
    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran.
    """
    files = symbols or SymbolFiles()
    found: dict[bytes, ProgramCoverage] = {}
    sources: dict[bytes, bytes] = {}
    for execution in executions:
        for frame in execution.frames:
            executable = frame.invocation.executable
            program, key = executable.program, executable.program.file_sha256
            if key not in found:
                sources[key] = executable.file
                zeros = np.zeros(program.slots, np.int64)
                found[key] = ProgramCoverage(program, files.of(executable.file, program), zeros, zeros.copy())
            _add(found[key], Columns.of_frame(frame, files))
    files.check(sources.values())
    return tuple(found.values())


def _add(to: ProgramCoverage, columns: Columns) -> None:
    slots, pc = to.program.slots, columns.trace.pc
    to.executed += np.bincount(pc, minlength=slots)[:slots]  # a run can reach the slot behind the text
    here, following = pc[:-1], pc[1:]
    is_jump = np.zeros(slots + 1, np.bool_)
    for place, slot in columns.code.slots.items():
        row = None if slot.opcode is None else opcode(slot.opcode, to.program.version)
        is_jump[place] = row is not None and row.action is Action.JUMP
    taken = here[is_jump[here] & (following != here + 1)]
    to.taken += np.bincount(taken, minlength=slots)[:slots]
    calls, _, _ = columns.frames
    reached = np.append(pc, columns.run.final.pc)
    to.entered.update([to.program.entry, *reached[calls + 1].tolist()])
