"""What a page of the explorer holds, read in the browser and compared with the execution."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.tracing.columns import Columns
from solproof.tracing.constraints import Constraints
from solproof.tracing.memory_map import regions_after
from solproof.tracing.steps import Step

MOVE = """first => {
    const start = performance.now();
    for (let step = first; step < first + 200; step++) window.solproof.app.go(step);
    return performance.now() - start;
}"""
"""The milliseconds of 200 steps from a step on."""

READ_STEPS = """([frame, first, end]) => {
  const run = window.solproof.execution.runs[frame];
  const steps = [];
  for (let step = first; step < end; step++) {
    const [start, stop] = run.accessesOf(step);
    const accesses = [];
    for (let number = start; number < stop; number++) {
      const { address, size, old, kind } = run.access;
      const values = [`${old[number]}`, `${run.access.new[number]}`];
      accesses.push([address[number], size[number], ...values, kind[number]]);
    }
    steps.push({
      pc: run.pc[step],
      text: run.slotOf(step).text,
      before: run.initial.map((_, register) => `${run.registerBefore(register, step)}`),
      after: run.initial.map((_, register) => `${run.registerAfter(register, step)}`),
      units: [run.unitsBefore(step), run.unitsBefore(step + 1)],
      depth: run.depthOf(step),
      syscall: run.syscallOf(step)?.name ?? null,
      accesses,
    });
  }
  return steps;
}"""
READ_MEMORY = """([frame, addresses, step]) => {
  const run = window.solproof.execution.runs[frame];
  return addresses.map((address) => run.byteAfter(address, step).value);
}"""
READ_REGION = """([frame, start, size]) => {
  const run = window.solproof.execution.runs[frame];
  const region = run.regionOf(start);
  const byte = (_, offset) => run.byteAfter(region.address(offset), run.lastStep).value;
  return Array.from({ length: size }, byte);
}"""
READ_CONSTRAINTS = """([frame, first, end]) => {
  const steps = [];
  for (let step = first; step < end; step++) steps.push(window.solproof.circuits[frame].constraintsOf(step));
  return steps;
}"""


def assert_steps(page: Page, steps: list[Step], frame: int = 0) -> None:
    """The page has the same values for every step of a frame."""
    shown = page.evaluate(READ_STEPS, [frame, 0, len(steps)])
    limit = steps[0].compute_units_before
    for step, found in zip(steps, shown, strict=True):
        assert (found["pc"], found["text"], found["depth"]) == (step.pc, step.assembly, step.call_depth)
        assert found["before"] == [str(value) for value in step.registers_before]
        assert found["after"] == [str(value) for value in step.registers_after]
        assert found["units"] == [limit - step.compute_units_before, limit - step.compute_units_after]
        assert found["syscall"] == (step.syscall.name if step.syscall else None)
        expected: list[list[object]] = [
            [each.address, each.size, str(each.old), str(each.new), ["read", "write"].index(each.kind)]
            for each in step.memory
        ]
        if step.syscall:
            expected += [[word.address, 8, str(word.old), str(word.new), 2] for word in step.syscall.words]
        assert found["accesses"] == expected


def assert_memory(page: Page, execution: Execution | TransactionExecution, frame: int = 0) -> None:
    """Every byte of memory has its value after a frame."""
    of = execution.frames[frame]
    for region in regions_after(Columns.of_frame(of), of.invocation.serialized.region):
        size = min(region.size, 2**15)
        shown = page.evaluate(READ_REGION, [frame, region.address, size])
        assert bytes(shown) == region.content[:size]


def comparable(entry: dict[str, Any]) -> dict[str, Any]:
    """The parts of a constraint that both sides have. The page omits the equal other side of a bus."""
    kept = {name: value for name, value in entry.items() if name not in ("formula", "with")}
    if "bus" in kept:
        kept.pop("right", None)
    if "value" in kept:
        kept["value"] = str(kept["value"])
    return kept


def assert_constraints(page: Page, bound: Constraints, first: int, end: int, frame: int = 0) -> None:
    """The page computes the constraints that `solproof trace --constraints` writes."""
    expected = bound.of(frame, first, end)
    shown = page.evaluate(READ_CONSTRAINTS, [frame, first, end])
    for theirs, ours in zip(shown, expected, strict=True):
        assert [comparable(entry) for entry in theirs] == [comparable(entry) for entry in ours]
