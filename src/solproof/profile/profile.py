"""The profile of an execution: the costs of each function, opcode family and syscall to run and to prove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.registry import BUILTIN
from solproof.profile.call_tree import CallTree, Kind, Place, call_tree, owners
from solproof.profile.cells import ChipCells, Owner
from solproof.profile.frame_costs import FrameCosts, frame_costs
from solproof.program.source_lines import SourceLine
from solproof.program.symbols import SymbolFiles
from solproof.representation import short_repr
from solproof.runtime.accounts import address_text
from solproof.tracing.timeline import single_frame, timeline

OUTSIDE = {Owner.FRAME: "[tables of the frames]", Owner.PROOF: "[tables of the proof]"}
"""The names of the cells that belong to no instruction."""
PADDING = "[padding]"
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
    """The cost of a part of the call paths, such as a function. `own` excludes callees.

    pc: where a function starts, None for anything else.
    calls: how often it was entered.
    total: its cost with callees, recursion once.
    program: the address of the program of a function in an execution with several frames, else None.
    line: the source line where a function starts, if it is known.
    """

    name: str
    pc: int | None
    calls: int
    own: Cost
    total: Cost
    program: str | None = None
    line: SourceLine | None = None


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

    The compute units of `families` and `syscalls` together, and of what is `around` them, add up to those of
    the run. So do those of `frames`, and those of `paths`. The cells of each of these groups add up to
    `total.cells`. Together with `frame_cells`, `proof_cells` and `padding_cells` they are the cells of the
    proof. One proof holds all frames of an execution.

    The units of an execution with several frames are those that its instructions take together, with the
    prices of heaps.

    frame_cells: the cells of rows that belong to a frame but to none of its instructions: the slots that it
        executed, the words that it touched, and its registers.
    proof_cells: the cells of the lookup table, whose rows belong to no frame.
    around: the transaction, its instructions, the instructions of each program, and charges without an
        instruction of a program. Empty for an instruction that calls no other program.
    programs: the cost of each program, including builtin programs. Empty in the same case.
    """

    total: Cost
    frame_cells: int
    proof_cells: int
    padding_cells: int
    functions: tuple[FrameCost, ...]
    syscalls: tuple[FrameCost, ...]
    families: tuple[FamilyCost, ...]
    chips: tuple[ChipCells, ...]
    paths: tuple[PathCost, ...]
    timeline: Timeline
    around: tuple[FrameCost, ...] = ()
    programs: tuple[FrameCost, ...] = ()

    __repr__ = short_repr

    @property
    def frames(self) -> tuple[FrameCost, ...]:
        """The functions, then the syscalls, then what is around them."""
        return self.functions + self.syscalls + self.around

    @property
    def committed_cells(self) -> int:
        """The cells of the whole proof, including those that belong to no instruction, and padding."""
        return self.total.cells + self.frame_cells + self.proof_cells + self.padding_cells


def profile_execution(
    execution: Execution | TransactionExecution, symbols: SymbolFiles | None = None
) -> Profile:
    """Profile an execution. This builds the tables of its proof, but does not prove.

    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran,
    and the same errors as building those tables.
    """
    found = timeline(execution, symbols)
    costs, chips = frame_costs(found.frames, found.symbols)
    is_alone = single_frame(execution) is not None
    tree = call_tree(found, costs, is_alone=is_alone)
    own = _by(tree.path, len(tree.places), tree.instructions, tree.compute_units, tree.cells)
    totals = list(own)
    for number in range(len(own) - 1, -1, -1):
        if tree.parents[number] >= 0:
            totals[tree.parents[number]] += totals[number]
    frames = _frames(tree, own, totals, is_alone=is_alone)
    position = {place: number for number, place in enumerate(frames)}
    of_kind = {kind: tuple(cost for place, cost in frames.items() if place.kind is kind) for kind in Kind}
    return Profile(
        total=sum(own, start=Cost()),
        frame_cells=sum(chip.cells for chip in chips if chip.owner is Owner.FRAME),
        proof_cells=sum(chip.cells for chip in chips if chip.owner is Owner.PROOF),
        padding_cells=sum(chip.padding_cells for chip in chips),
        functions=of_kind[Kind.FUNCTION],
        syscalls=of_kind[Kind.SYSCALL],
        families=_families(costs),
        chips=chips,
        paths=tuple(
            PathCost(parent, position[place], cost)
            for parent, place, cost in zip(tree.parents, tree.places, own, strict=True)
        ),
        timeline=_timeline(tree),
        around=of_kind[Kind.PROGRAM] + of_kind[Kind.RUNTIME],
        programs=_programs(tree, own, totals),
    )


def _by(groups: Integers, count: int, *columns: Integers) -> list[Cost]:
    """The costs of the elements of each group, from 0 to `count` - 1."""
    # Sums in floating point are exact below 2^53.
    sums = [np.bincount(groups, weights, minlength=count).astype(np.int64).tolist() for weights in columns]
    return [Cost(*cost) for cost in zip(*sums, strict=True)]


def _families(costs: Sequence[FrameCosts]) -> tuple[FamilyCost, ...]:
    names = {0: NOT_EXECUTABLE} | {
        code: code.name.lower() for code in FamilyCode if code is not FamilyCode.SYSCALL
    }
    found = [Cost()] * (max(FamilyCode) + 1)
    for frame in costs:
        ones = np.ones(len(frame.codes), np.int64)
        parts = _by(frame.codes, len(found), ones, frame.compute_units, frame.cells)
        found = [one + other for one, other in zip(found, parts, strict=True)]
    return tuple(FamilyCost(name, found[code]) for code, name in names.items() if found[code].instructions)


def _frames(
    tree: CallTree, own: Sequence[Cost], totals: Sequence[Cost], *, is_alone: bool
) -> dict[Place, FrameCost]:
    """The cost of each place: functions, then syscalls, then the rest, each in the order of first entry."""
    members: dict[Place, list[int]] = {}
    for number, place in enumerate(tree.places):
        members.setdefault(place, []).append(number)
    return {
        place: FrameCost(
            name=place.name,
            pc=place.target if place.kind is Kind.FUNCTION else None,
            calls=sum(tree.calls[number] for number in members[place]),
            own=sum((own[number] for number in members[place]), start=Cost()),
            total=sum(
                (
                    totals[number]
                    for number in members[place]
                    if not any(tree.places[above] == place for above in _above(tree, number))
                ),
                start=Cost(),
            ),
            program=None if is_alone or place.program is None else address_text(place.program),
            line=place.line,
        )
        for place in sorted(members, key=lambda place: place.kind)
    }


def _programs(tree: CallTree, own: Sequence[Cost], totals: Sequence[Cost]) -> tuple[FrameCost, ...]:
    """The cost of each program, in the order of first entry: all its functions, syscalls and heaps."""
    owner = owners(tree)
    found: dict[bytes, FrameCost] = {}
    for number, program in owner.items():
        text, interface = address_text(program), BUILTIN.of(program)
        name = text if interface is None else interface.name
        before = found.get(program, FrameCost(name, None, 0, Cost(), Cost(), text))
        is_entry = tree.places[number].kind is Kind.PROGRAM
        recurs = any(owner.get(above) == program for above in _above(tree, number))
        found[program] = replace(
            before,
            calls=before.calls + tree.calls[number] * is_entry,
            own=before.own + own[number],
            total=before.total + (totals[number] if is_entry and not recurs else Cost()),
        )
    return tuple(found.values())


def _above(tree: CallTree, number: int) -> Iterator[int]:
    """The paths that a path continues, the longest first."""
    while (number := tree.parents[number]) >= 0:
        yield number


def _timeline(tree: CallTree) -> Timeline:
    starts = np.flatnonzero(np.diff(tree.path, prepend=-1))
    return Timeline(
        path=tree.path[starts],
        compute_units=np.add.reduceat(tree.compute_units, starts),
        cells=np.add.reduceat(tree.cells, starts),
    )
