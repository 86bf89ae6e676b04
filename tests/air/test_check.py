"""The trace checker reports each failure: chip, row, pc, constraint or bus, expected and got."""

from __future__ import annotations

import numpy as np

from assurance.forgery import Forgery
from assurance.programs import asm
from assurance.runs import run
from solproof.air.bus import RANGE16, STATE
from solproof.air.check import check
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.air.field import P
from solproof.proving.witness import Instance


def counter() -> Chip:
    """Counts up in steps, each of which it looks up."""
    chip = Chip("counter", "Given a start, this chip proves that x rises.")
    x = chip.column("x", "the count")
    step = chip.column("step", "by how much")
    chip.assert_bool(step / 5, "step is 0 or 5")
    chip.assert_zero(chip.transition() * (chip.next(x) - x - step), "x rises by step")
    chip.query(RANGE16, [step], chip.graph.constant(1), "step is small")
    return chip


def provider() -> Chip:
    chip = Chip("provider", "Given a count, this chip holds one value.")
    value = chip.preprocessed("value", "the value")
    chip.provide(RANGE16, [value], chip.column("count", "how often"), "a value")
    return chip


def tables(x: list[int], step: list[int], count: int) -> list[Instance]:
    main = np.array([x, step]).T.astype(np.uint32)
    offered = np.array([[5]], np.uint32)
    return [
        Instance(counter(), main),
        Instance(provider(), np.array([[count]], np.uint32), preprocessed=offered),
    ]


def test_true_tables() -> None:
    assert check(tables([0, 5, 10, 15], [5, 5, 5, 5], 4)) == []


def test_failures_are_named() -> None:
    assert [str(each) for each in check(tables([0, 5, 15, 20], [5, 10, 5, 5], 3))] == [
        "counter row 1: step is 0 or 5: expected 0, got 2",
        "counter row 1: bus range16: query: step is small: expected balance, "
        "got 1 left over of (value below 2^16 = 10)",
    ]
    assert [str(each) for each in check(tables([0, 5, 9, 14], [5, 5, 5, 5], 4))] == [
        "counter row 1: x rises by step: expected 0, got -1"
    ]
    assert [str(each) for each in check(tables([0, 5, 10, 15], [5, 5, 5, 5], 3))] == [
        "counter row 0: bus range16: query: step is small: expected balance, "
        "got 1 left over of (value below 2^16 = 5)"
    ]


def test_the_limit() -> None:
    assert len(check(tables([0] * 64, [5] * 64, 64), limit=7)) == 7


def test_pc_of_an_instruction() -> None:
    lie = Forgery.of(run(asm("lddw r1, 5; add64 r1, 1; exit")))
    lie.row("add")["is_real"] = 2
    assert any(
        str(each).startswith("add row 0 of invocation 1 (pc 2): is_real is 0 or 1:")
        for each in lie.failures()
    )


def test_evaluator() -> None:
    chip = Chip("test", "Given x, this chip proves nothing.")
    scale = chip.public("scale", "a number")
    x = chip.column("x", "a")
    main = np.array([[3, 1], [3, 2], [3, P - 1], [4, 0]], np.uint32)
    values = Evaluator(chip, main, public=np.full((4, 1), 3, np.uint32))
    assert values.column(chip.next(x)).tolist() == [2, P - 1, 0, 1]
    assert values.column(x * x - x).tolist() == [0, 2, 2, 0]
    assert values.column(scale * x + 1).tolist() == [4, 7, P - 2, 1]
    (constraint,) = chip.constraints
    assert values.column(constraint.expression).tolist() == [0, 0, 0, 1]
    assert values.column(chip.transition()).tolist() == [1, 1, 1, 0]
    assert values.column(chip.graph.constant(9)).tolist() == [9] * 4


def test_messages_of_two_widths_do_not_mix() -> None:
    """The same numbers on another bus are another message."""
    chip = Chip("both", "Given a pair, this chip sends and takes it.")
    chip.scope()
    x, y = chip.column("x", "a"), chip.column("y", "b")
    one = chip.graph.constant(1)
    chip.send(STATE, [x, y], one, "here")
    chip.receive(STATE, [y, x], one, "there")
    assert check([Instance(chip, np.array([[1, 3, 3]], np.uint32))]) == []
    assert check([Instance(chip, np.array([[1, 3, 4], [1, 4, 3]], np.uint32))]) == []
    assert len(check([Instance(chip, np.array([[1, 3, 4]], np.uint32))])) == 2


def test_messages_of_two_invocations_do_not_mix() -> None:
    """The chip's own column comes first in each message of a scoped bus, whatever the chip names."""
    chip = Chip("both", "Given a pair, this chip sends and takes it.")
    chip.scope()
    x, y = chip.column("x", "a"), chip.column("y", "b")
    one = chip.graph.constant(1)
    chip.send(STATE, [x, y], one, "here")
    chip.receive(STATE, [y, x], one, "there")
    assert check([Instance(chip, np.array([[1, 3, 4], [1, 4, 3]], np.uint32))]) == []
    failures = check([Instance(chip, np.array([[1, 3, 4], [2, 4, 3]], np.uint32))])
    assert len(failures) == 4
    assert {failure.invocation for failure in failures} == {1, 2}
