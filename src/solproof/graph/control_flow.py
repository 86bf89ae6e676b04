"""The basic blocks of a function, and the ways between them, with counts of the runs.

A block begins at the function's start, at the target of a jump, and after a jump or an exit. A call does not
end a block, because the function continues behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from solproof.coverage.coverage import ProgramCoverage, opcodes_of
from solproof.errors import InputError
from solproof.isa.disassemble import Names, disassemble
from solproof.isa.opcodes import Action, Opcode
from solproof.program.names import Function
from solproof.program.syscall_names import SYSCALL_NAMES

MOST_BLOCKS = 2_000
"""More blocks in one picture are too many to look at."""


@dataclass(frozen=True, slots=True)
class Block:
    """A basic block: `instructions` as (pc, text), and how often it began to run."""

    instructions: tuple[tuple[int, str], ...]
    count: int

    @property
    def start(self) -> int:
        """The slot of its first instruction."""
        return self.instructions[0][0]


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from the end of a block to the start of another, by their positions.

    is_jump: whether a jump leads there. Otherwise the slots follow each other.
    """

    source: int
    target: int
    count: int
    is_jump: bool


@dataclass(frozen=True, slots=True)
class FunctionGraph:
    """The blocks of a function in the order of their slots. The function begins at the first of them.

    calls: how often the function was entered.
    """

    function: Function
    calls: int
    blocks: tuple[Block, ...]
    edges: tuple[Edge, ...]


class ControlFlow:
    """The control flow of one program, with the counts of its coverage."""

    def __init__(self, coverage: ProgramCoverage) -> None:
        self.coverage = coverage
        program = coverage.program
        self._rows = dict(opcodes_of(program))
        labels = {function.start: function.name for function in coverage.functions}
        names = Names(labels, program.functions, SYSCALL_NAMES)
        self._texts = dict(disassemble(program.text, program.version, names))

    def functions(self, chosen: Sequence[str] = ()) -> list[Function]:
        """The functions that ran, or those with a chosen name or first slot."""
        return [
            function
            for function in self.coverage.functions
            if (
                function.name in chosen or str(function.start) in chosen
                if chosen
                else self.coverage.entered[function.start]
            )
        ]

    def graph(self, function: Function, *, whole: bool = False) -> FunctionGraph:
        """The graph of a function. Jumps out of the function are no edges.

        whole: whether to include the blocks that did not run. Otherwise only those are included that a block
            that ran leads to, unless no block ran.
        """
        places = [pc for pc in range(function.start, function.end) if pc in self._rows]
        starts = self._starts(function, places)
        blocks: list[list[int]] = []
        for pc in places:
            if pc in starts:
                blocks.append([])
            blocks[-1].append(pc)
        numbers = {block[0]: number for number, block in enumerate(blocks)}
        edges = [
            edge for number, block in enumerate(blocks) for edge in self._edges(number, block[-1], numbers)
        ]
        counts = [int(self.coverage.executed[block[0]]) for block in blocks]
        kept = set(range(len(blocks)))
        if not whole and any(counts):
            kept = {number for number, count in enumerate(counts) if count}
            edges = [edge for edge in edges if edge.source in kept]
            kept |= {edge.target for edge in edges}
        position = {number: place for place, number in enumerate(sorted(kept))}
        return FunctionGraph(
            function,
            self.coverage.entered[function.start],
            tuple(
                Block(tuple((pc, self._texts[pc]) for pc in blocks[number]), counts[number])
                for number in position
            ),
            tuple(
                replace(edge, source=position[edge.source], target=position[edge.target])
                for edge in edges
                if edge.source in kept
            ),
        )

    def _starts(self, function: Function, places: Sequence[int]) -> set[int]:
        starts = {function.start}
        for pc, following in zip(places, [*places[1:], function.end], strict=True):
            row = self._rows[pc]
            if _ends_block(row):
                starts.add(following)
            if row is not None and row.action is Action.JUMP:
                starts.add(self._target(pc))
        return starts

    def _target(self, pc: int) -> int:
        return pc + 1 + self.coverage.program.instruction(pc).offset

    def _edges(self, number: int, pc: int, numbers: dict[int, int]) -> list[Edge]:
        """The edges of a block whose last instruction is at a slot."""
        row, executed = self._rows[pc], int(self.coverage.executed[pc])
        is_wide = row is not None and row.action is Action.LOAD_IMMEDIATE
        following = numbers.get(pc + 1 + is_wide)
        if row is None or row.action is not Action.JUMP:
            is_end = _ends_block(row) or following is None
            return [] if is_end or following is None else [Edge(number, following, executed, False)]
        is_conditional = bool(row.reads[self.coverage.program.version])
        target, taken = numbers.get(self._target(pc)), int(self.coverage.taken[pc])
        if not is_conditional or target == following:
            return [] if target is None else [Edge(number, target, executed, True)]
        found = [] if target is None else [Edge(number, target, taken, True)]
        return found + ([] if following is None else [Edge(number, following, executed - taken, False)])


def function_graphs(
    programs: Sequence[ProgramCoverage], chosen: Sequence[str] = (), *, whole: bool = False
) -> list[tuple[ProgramCoverage, list[FunctionGraph]]]:
    """The graphs of the functions that ran, or of the chosen ones, by program.

    chosen: names of functions, or their first slots.
    whole: whether to include the blocks that did not run.
    Raises `InputError` if a program has no such function, or if all graphs together are too large to look at.
    """
    flows = [ControlFlow(program) for program in programs]
    functions = [flow.functions(chosen) for flow in flows]
    known = {text for found in functions for each in found for text in (each.name, str(each.start))}
    for name in chosen:
        if name not in known:
            raise InputError(f"--function {name}: no program that ran has a function with this name or slot")
    found = [
        (flow.coverage, [flow.graph(function, whole=whole) for function in each])
        for flow, each in zip(flows, functions, strict=True)
        if each
    ]
    count = sum(len(graph.blocks) for _, graphs in found for graph in graphs)
    if count > MOST_BLOCKS:
        raise InputError(
            f"the functions have {count:,} blocks, expected at most {MOST_BLOCKS:,}; "
            "choose functions with --function"
        )
    return found


def _ends_block(row: Opcode | None) -> bool:
    """Whether no instruction of the same block can follow. An unknown opcode stops the program."""
    return row is None or row.action in (Action.JUMP, Action.EXIT)
