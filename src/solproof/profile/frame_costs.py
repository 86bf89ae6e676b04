"""What each instruction of an execution costs to run and to prove, and the call path that it is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.circuit.frames import access_logs
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.profile.call_paths import CallPaths, call_paths
from solproof.profile.cells import ChipCells, count_cells
from solproof.program.names import FunctionNames
from solproof.program.source_lines import SourceLines
from solproof.program.symbols import SymbolFiles
from solproof.proving.witness import build_witness
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import registry
from solproof.vm.trace import Run


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class FrameCosts:
    """The costs of the n instructions of a frame: arrays [n].

    codes: the family code of each instruction; 0 if it cannot be executed.
    compute_units: the charge of each instruction, with that of its syscall and of what it called.
    cells: the cells of each instruction's rows in the proof of the execution, which holds all frames.
    """

    names: FunctionNames
    lines: SourceLines
    paths: CallPaths
    codes: Integers
    compute_units: Integers
    cells: Integers


def frame_costs(
    frames: Sequence[Frame[Run]], symbols: SymbolFiles
) -> tuple[list[FrameCosts], tuple[ChipCells, ...]]:
    """The costs of the frames of an execution, and the chips of its proof.

    Raises the same errors as building the tables of the proof.
    """
    witness = build_witness(CIRCUIT, access_logs(frames))
    cells, chips = count_cells(witness, [frame.outcome.instructions for frame in frames])
    return [_costs(frame, of_frame, symbols) for frame, of_frame in zip(frames, cells, strict=True)], chips


def _costs(frame: Frame[Run], cells: Integers, symbols: SymbolFiles) -> FrameCosts:
    run, executable = frame.outcome, frame.invocation.executable
    program = executable.program
    found = symbols.of(executable.file, program)
    inside = run.trace.pc < program.slots  # the last instruction may be past the end of the text
    syscalls = registry(frame.invocation.environment.features).keys()
    table = program_table(program, syscalls, np.unique(run.trace.pc[inside]))
    pc = np.minimum(run.trace.pc, program.slots - 1)
    codes = np.where(inside, table.code[pc], 0)
    return FrameCosts(
        names=found.names,
        lines=found.lines,
        paths=call_paths(run, codes, table.immediate[pc].astype(np.int64)),
        codes=codes,
        compute_units=compute_units(run),
        cells=cells,
    )


def compute_units(run: Run) -> Integers:
    """The charge of each instruction: 1, plus the cost of its syscall. The charges add up to the run's."""
    units = np.ones(run.instructions, np.int64)
    for event in run.trace.events:
        units[event.clk - 1] += event.compute_units
    return units
