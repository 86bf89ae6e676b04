"""The profile of an execution: the costs of each function, opcode family and syscall to run and to prove."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.execution.execute import Execution
from solproof.profile.call_paths import ROOT, CallPaths, Path, call_paths
from solproof.profile.cells import ChipCells, count_cells
from solproof.program.names import FunctionNames, function_names
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.proving.witness import build_witness
from solproof.representation import short_repr
from solproof.runtime.syscalls import registry
from solproof.vm.trace import Run

SHARED, PADDING = "[tables shared by the run]", "[padding]"
NOT_EXECUTABLE = "not executable"


class Weight(Enum):
    """The unit of the profile: compute units, or committed cells of a proof."""

    COMPUTE_UNITS = "cu"
    CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Cost:
    """Executed instructions, the compute units charged for them, and the cells of their rows in the proof."""

    instructions: int = 0
    compute_units: int = 0
    cells: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.instructions + other.instructions,
            self.compute_units + other.compute_units,
            self.cells + other.cells,
        )

    def of(self, weight: Weight) -> int:
        """The compute units or the cells."""
        return self.compute_units if weight is Weight.COMPUTE_UNITS else self.cells


@dataclass(frozen=True, slots=True)
class FrameCost:
    """The cost of a function or a syscall. `own` excludes callees. `total` includes them, recursion once.

    pc: where the function starts, or None for a syscall.
    calls: how often it was entered.
    """

    name: str
    pc: int | None
    calls: int
    own: Cost
    total: Cost


@dataclass(frozen=True, slots=True)
class FamilyCost:
    """The cost of one family's instructions. Syscall instructions are in `Profile.syscalls` instead."""

    name: str
    own: Cost


@dataclass(frozen=True, slots=True)
class PathCost:
    """A call path: the position of its last frame in `Profile.frames`, and its parent path (-1 if none)."""

    parent: int
    frame: int
    own: Cost


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Timeline:
    """The run as stretches of instructions on one path, in order: arrays of one length."""

    path: Integers
    compute_units: Integers
    cells: Integers

    __repr__ = short_repr

    def of(self, weight: Weight) -> Integers:
        """The weight of each stretch."""
        return self.compute_units if weight is Weight.COMPUTE_UNITS else self.cells


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The places where the compute units and the committed cells (main and auxiliary) of one execution go.

    The compute units of `families` and `syscalls` together add up to those of the run. So do those of
    `frames`, and those of `paths`. The cells of each of these groups add up to `total.cells`. Together with
    `shared_cells` and `padding_cells` they are the cells of the proof.
    """

    total: Cost
    shared_cells: int
    padding_cells: int
    functions: tuple[FrameCost, ...]
    syscalls: tuple[FrameCost, ...]
    families: tuple[FamilyCost, ...]
    chips: tuple[ChipCells, ...]
    paths: tuple[PathCost, ...]
    timeline: Timeline

    __repr__ = short_repr

    @property
    def frames(self) -> tuple[FrameCost, ...]:
        """The functions, then the syscalls."""
        return self.functions + self.syscalls

    @property
    def committed_cells(self) -> int:
        """The cells of the whole proof, including shared tables and padding."""
        return self.total.cells + self.shared_cells + self.padding_cells


def profile_execution(execution: Execution) -> Profile:
    """Profile an execution. This builds the tables of its proof, but does not prove.

    Raises the same errors as building those tables.
    """
    run, program = execution.run, execution.invocation.program
    table = program_table(program, registry(execution.invocation.environment.features).keys())
    pc = np.minimum(run.trace.pc, program.slots - 1)
    inside = run.trace.pc < program.slots  # the last instruction may be past the end of the text
    codes = np.where(inside, table.code[pc], 0)
    names = function_names(execution.input.program, program)
    paths = call_paths(run, codes, table.immediate[pc].astype(np.int64))
    witness = build_witness(CIRCUIT, AccessLog(run, table), CIRCUIT.preprocessed(program, table))
    cells, chips = count_cells(witness, run.instructions)
    costs = _Costs(compute_units(run), cells)
    own = costs.by(paths.of_step, len(paths.paths))
    functions, syscalls, frame_of_path = _frames(paths, own, names)
    return Profile(
        total=sum(own, start=Cost()),
        shared_cells=sum(chip.cells for chip in chips if chip.is_shared),
        padding_cells=sum(chip.padding_cells for chip in chips),
        functions=functions,
        syscalls=syscalls,
        families=_families(codes, costs),
        chips=chips,
        paths=tuple(
            PathCost(path.parent, frame, cost)
            for path, frame, cost in zip(paths.paths, frame_of_path, own, strict=True)
        ),
        timeline=_timeline(paths.of_step, costs),
    )


def compute_units(run: Run) -> Integers:
    """The charge of each instruction: 1, plus the cost of its syscall. The charges add up to the run's."""
    units = np.ones(run.instructions, np.int64)
    for event in run.trace.events:
        units[event.clk - 1] += event.compute_units
    return units


@dataclass(frozen=True, slots=True)
class _Costs:
    """Compute units and cells of each instruction."""

    compute_units: Integers
    cells: Integers

    def by(self, groups: Integers, count: int) -> list[Cost]:
        """The costs of the instructions of each group, from 0 to `count` - 1."""
        # Sums in floating point are exact below 2^53.
        columns = [
            np.bincount(groups, weights, minlength=count).astype(np.int64).tolist()
            for weights in (None, self.compute_units, self.cells)
        ]
        return [Cost(*column) for column in zip(*columns, strict=True)]


def _families(codes: Integers, costs: _Costs) -> tuple[FamilyCost, ...]:
    found = costs.by(codes, max(FamilyCode) + 1)
    names = {0: NOT_EXECUTABLE} | {
        code: code.name.lower() for code in FamilyCode if code is not FamilyCode.SYSCALL
    }
    return tuple(FamilyCost(name, found[code]) for code, name in names.items() if found[code].instructions)


def _frames(
    paths: CallPaths, own: Sequence[Cost], names: FunctionNames
) -> tuple[tuple[FrameCost, ...], tuple[FrameCost, ...], list[int]]:
    """Functions and syscalls in the order of first entry, and the frame of each path."""
    totals = list(own)
    for number in range(len(paths.paths) - 1, ROOT, -1):
        totals[paths.paths[number].parent] += totals[number]
    keys = [(path.is_syscall, path.target) for path in paths.paths]
    members: dict[tuple[bool, int], list[int]] = {}
    for number, key in enumerate(keys):
        members.setdefault(key, []).append(number)
    frames = {
        key: FrameCost(
            name=_name(paths.paths[numbers[0]], names),
            pc=None if key[0] else key[1],
            calls=sum(paths.paths[number].calls for number in numbers),
            own=sum((own[number] for number in numbers), start=Cost()),
            total=sum(
                (totals[number] for number in numbers if not _recurs(paths.paths, number)), start=Cost()
            ),
        )
        for key, numbers in members.items()
    }
    order = sorted(frames, key=lambda key: key[0])  # stable: functions first
    position = {key: number for number, key in enumerate(order)}
    functions = tuple(frames[key] for key in order if not key[0])
    syscalls = tuple(frames[key] for key in order if key[0])
    return functions, syscalls, [position[key] for key in keys]


def _name(path: Path, names: FunctionNames) -> str:
    return SYSCALL_NAMES[path.target] if path.is_syscall else names.at(path.target)


def _recurs(paths: Sequence[Path], number: int) -> bool:
    """Whether the last frame of a path also occurs earlier on it."""
    path = paths[number]
    return any(ancestor.target == path.target for ancestor in _ancestors(paths, path))


def _ancestors(paths: Sequence[Path], path: Path) -> Iterable[Path]:
    while path.parent >= 0:
        path = paths[path.parent]
        yield path


def _timeline(of_step: Integers, costs: _Costs) -> Timeline:
    starts = np.flatnonzero(np.diff(of_step, prepend=-1))
    return Timeline(
        path=of_step[starts],
        compute_units=np.add.reduceat(costs.compute_units, starts),
        cells=np.add.reduceat(costs.cells, starts),
    )
