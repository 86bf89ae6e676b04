"""The call paths of an execution across its frames, from the transaction to the functions of each program.

    transaction > instruction 0 > program > entrypoint > sol_invoke_signed_rust > system program: Transfer

A program that another program calls stands below the syscall of its caller. The syscall's own cost is what it
costs without the callee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.interfaces.registry import BUILTIN
from solproof.profile.call_paths import Path
from solproof.profile.frame_costs import FrameCosts
from solproof.program.source_lines import SourceLine
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.runtime.accounts import address_text
from solproof.runtime.budget import heap_cost
from solproof.tracing.timeline import Begin, End, Invoke, Steps, Timeline, builtin_name

NOWHERE = -1
TRANSACTION, HEAP, LOST = "transaction", "[heap]", "[rest of the meter]"


class Kind(IntEnum):
    """What a place is. Functions come first in a profile, and syscalls next."""

    FUNCTION = 0
    SYSCALL = 1
    PROGRAM = 2
    RUNTIME = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The last part of a call path.

    program: the address of the program, None for syscalls, for the transaction and for its instructions.
    target: the pc where a function starts, the hash of a syscall, or 0.
    line: the source line where a function starts, if it is known.
    """

    kind: Kind
    name: str
    program: bytes | None = None
    target: int = 0
    line: SourceLine | None = None


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class CallTree:
    """Every call path, parents before children, and what was spent on them, in order.

    places, parents, calls: the last part of each path, its parent path (-1 if none), and how often it was
        entered.
    path, instructions, compute_units, cells: arrays of one length. Each element is a step of a frame, or a
        charge of the runtime without an instruction.
    """

    places: Sequence[Place]
    parents: Sequence[int]
    calls: Sequence[int]
    path: Integers
    instructions: Integers
    compute_units: Integers
    cells: Integers


def call_tree(timeline: Timeline, costs: Sequence[FrameCosts], *, is_alone: bool) -> CallTree:
    """The call tree of an execution.

    costs: of each frame.
    is_alone: whether the execution is one frame without anything around it. Its paths then start with the
        program's first function.
    """
    builder = _Builder(timeline, costs, is_alone=is_alone)
    for entry in timeline.entries:
        match entry:
            case Begin(number):
                builder.begin(number)
            case Steps(_, frame, start, end):
                builder.steps(frame, slice(start, end))
            case Invoke(_, frame, step, callee):
                builder.steps(frame, slice(step, step + 1), callee)
            case End(number):
                builder.end(number)
    columns = (np.concatenate([np.zeros(0, np.int64), *parts]) for parts in zip(*builder.spent, strict=True))
    path, instructions, units, cells = columns if builder.spent else (np.zeros(0, np.int64) for _ in range(4))
    return CallTree(builder.places, builder.parents, builder.calls, path, instructions, units, cells)


class _Builder:
    """Collects paths, and what was spent on them.

    programs: the path of each instruction's program.
    below: the path of the step that calls each instruction.
    steps_of: the path of each step of each frame.
    """

    def __init__(self, timeline: Timeline, costs: Sequence[FrameCosts], *, is_alone: bool) -> None:
        self.timeline = timeline
        self.costs = costs
        self.is_alone = is_alone
        self.places: list[Place] = []
        self.parents: list[int] = []
        self.calls: list[int] = []
        self.numbers: dict[tuple[int, Place], int] = {}
        self.spent: list[tuple[Integers, Integers, Integers, Integers]] = []
        self.programs: dict[int, int] = {}
        self.below: dict[int, int] = {}
        self.steps_of: dict[int, Integers] = {}
        self.root = NOWHERE if is_alone else self.enter(NOWHERE, Place(Kind.RUNTIME, TRANSACTION))

    def begin(self, number: int) -> None:
        """An instruction begins: enter its program, and pay for its heap."""
        record = self.timeline.instructions[number]
        if self.is_alone:
            self.programs[number] = NOWHERE
        else:
            above = self.below.get(number)
            if above is None:
                above = self.enter(self.root, Place(Kind.RUNTIME, f"instruction {record.index}"))
            name = address_text(record.program_id)
            if BUILTIN.of(record.program_id) is not None:
                name = ": ".join(builtin_name(record))
            self.programs[number] = self.enter(above, Place(Kind.PROGRAM, name, record.program_id))
        if record.frame is not None:
            self.charge(self.programs[number], HEAP, self.heap(record.frame))
            self.steps_of[record.frame] = self.paths(record.frame, self.programs[number], record.program_id)

    def heap(self, frame: int) -> int:
        """The price of a frame's heap."""
        return heap_cost(self.timeline.frames[frame].outcome.layout.heap_size)

    def paths(self, frame: int, program: int, program_id: bytes) -> Integers:
        """Enter the functions and syscalls of a frame. Returns the path of each step."""
        costs = self.costs[frame]
        found: list[int] = []
        for path in costs.paths.paths:
            above = program if path.parent < 0 else found[path.parent]
            found.append(self.enter(above, self.place(path, costs, program_id), path.calls))
        return np.array(found)[costs.paths.of_step]

    def place(self, path: Path, costs: FrameCosts, program_id: bytes) -> Place:
        """The last part of a path in a frame."""
        if path.is_syscall:
            return Place(Kind.SYSCALL, SYSCALL_NAMES[path.target], target=path.target)
        name, line = costs.names.at(path.target), costs.lines.at(path.target)
        return Place(Kind.FUNCTION, name, program_id, path.target, line)

    def steps(self, frame: int, steps: slice, callee: int | None = None) -> None:
        """Steps of a frame. `callee` is the instruction that a single step calls, with charges of its own."""
        path, costs = self.steps_of[frame][steps], self.costs[frame]
        units = costs.compute_units[steps]
        if callee is not None:
            self.below[callee] = int(path[0])
            units = units - self.timeline.instructions[callee].compute_units
        self.spent.append((path, np.ones(len(path), np.int64), units, costs.cells[steps]))

    def end(self, number: int) -> None:
        """An instruction ends: charge what its program's steps have not paid."""
        record = self.timeline.instructions[number]
        if record.frame is None:
            self.charge(self.programs[number], None, record.compute_units)
            return
        paid = self.heap(record.frame) + int(self.costs[record.frame].compute_units.sum())
        self.charge(self.programs[number], LOST, record.compute_units - paid)

    def charge(self, path: int, name: str | None, units: int) -> None:
        """Compute units that no step has paid, below a path or for the path itself."""
        if not units or self.is_alone:
            return
        if name is not None:
            path = self.enter(path, Place(Kind.RUNTIME, name))
        none = np.zeros(1, np.int64)
        self.spent.append((np.array([path]), none, np.array([units]), none))

    def enter(self, parent: int, place: Place, calls: int = 1) -> int:
        """The number of a path, which is entered."""
        number = self.numbers.setdefault((parent, place), len(self.places))
        if number == len(self.places):
            self.places.append(place)
            self.parents.append(parent)
            self.calls.append(0)
        self.calls[number] += calls
        return number


def owners(tree: CallTree) -> Mapping[int, bytes]:
    """The program that each path belongs to. The paths above all programs belong to none."""
    found: dict[int, bytes] = {}
    for number, (place, parent) in enumerate(zip(tree.places, tree.parents, strict=True)):
        if place.kind is Kind.PROGRAM and place.program is not None:
            found[number] = place.program
        elif parent in found:
            found[number] = found[parent]
    return found
