"""Blocks and edges of functions, compared with small programs and with the steps of a run."""

from __future__ import annotations

from itertools import pairwise

import pytest

from solproof.coverage.coverage import coverage_of
from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.errors import InputError
from solproof.execution.execute import Execution, execute
from solproof.graph import control_flow
from solproof.graph.control_flow import Edge, FunctionGraph, function_graphs
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.runtime.execution_input import ExecutionInput

LOOP = """
entrypoint:
    mov64 r6, 3
again:
    call leaf
    sub64 r6, 1
    jne r6, 0, again
    jeq r6, 1, never
    mov64 r0, 0
    exit
never:
    lddw r0, 7
    ja out
out:
    exit
leaf:
    exit
"""


def graphs(execution: Execution, *chosen: str, whole: bool = False) -> list[FunctionGraph]:
    ((_, found),) = function_graphs(coverage_of([execution]), chosen, whole=whole)
    return found


@pytest.fixture(scope="module")
def loop() -> Execution:
    return execute(ExecutionInput(write_elf(assemble(LOOP, 0)), bytes(32), (), b""))


def test_a_loop(loop: Execution) -> None:
    entry, leaf = graphs(loop)
    assert (entry.function.name, entry.calls, leaf.function.start, leaf.calls) == ("entrypoint", 1, 11, 3)
    assert [(block.start, len(block.instructions), block.count) for block in entry.blocks] == [
        (0, 1, 1),
        (1, 3, 3),
        (4, 1, 1),
        (5, 2, 1),
        (7, 2, 0),
    ]
    assert entry.edges == (
        Edge(0, 1, 1, is_jump=False),
        Edge(1, 1, 2, is_jump=True),
        Edge(1, 2, 1, is_jump=False),
        Edge(2, 4, 0, is_jump=True),
        Edge(2, 3, 1, is_jump=False),
    )
    assert (leaf.blocks[0].count, leaf.edges) == (3, ())


def test_a_whole_function(loop: Execution) -> None:
    entry, *_ = graphs(loop, "entrypoint", whole=True)
    assert [block.start for block in entry.blocks] == [0, 1, 4, 5, 7, 10]
    assert entry.edges[-1] == Edge(4, 5, 0, is_jump=True)


def test_a_function_by_its_slot(loop: Execution) -> None:
    assert [graph.function.start for graph in graphs(loop, "11")] == [11]
    with pytest.raises(InputError) as caught:
        graphs(loop, "missing")
    assert str(caught.value) == (
        "--function missing: no program that ran has a function with this name or slot"
    )


def test_too_many_blocks(loop: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_flow, "MOST_BLOCKS", 5)
    with pytest.raises(InputError) as caught:
        graphs(loop)
    assert str(caught.value) == (
        "the functions have 6 blocks, expected at most 5; choose functions with --function"
    )


def test_edges_are_the_steps_of_a_run() -> None:
    """The ways into a block add up to its count, except where a function is entered."""
    execution = execute(transfer(classic_token()))
    found = graphs(execution)
    for graph in found:
        for number, block in enumerate(graph.blocks):
            ways = sum(edge.count for edge in graph.edges if edge.target == number)
            entered = graph.calls if block.start == graph.function.start else 0
            assert ways + entered == block.count
    executed = {pc for pc in execution.run.trace.pc.tolist()}
    shown = {pc for graph in found for block in graph.blocks if block.count for pc, _ in block.instructions}
    assert shown == executed
    assert all(one.start < other.start for graph in found for one, other in pairwise(graph.blocks))
