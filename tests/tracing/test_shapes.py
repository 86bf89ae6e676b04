"""The kind of every constraint, and formulas that compute the same value as the expression."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.air.field import P, inverse
from solproof.circuit.registry import CIRCUIT
from solproof.tracing.shapes import Kind, column_name, formula, shape_of


class Element:
    """A field element, so that formulas can be evaluated as Python code."""

    def __init__(self, value: int) -> None:
        self.value = value % P

    def __add__(self, other: Element | int) -> Element:
        return Element(self.value + _value(other))

    def __sub__(self, other: Element | int) -> Element:
        return Element(self.value - _value(other))

    def __mul__(self, other: Element | int) -> Element:
        return Element(self.value * _value(other))

    def __truediv__(self, other: int) -> Element:
        return Element(self.value * inverse(other))

    def __radd__(self, other: int) -> Element:
        return self + other

    def __rsub__(self, other: int) -> Element:
        return Element(other) - self

    def __rmul__(self, other: int) -> Element:
        return self * other

    def __neg__(self) -> Element:
        return Element(-self.value)


def _value(other: Element | int) -> int:
    return other.value if isinstance(other, Element) else other


def random_evaluator(chip: Chip) -> Evaluator:
    """Random rows, which need not satisfy the constraints."""
    source = np.random.default_rng(3)

    def table(width: int) -> NDArray[np.uint32]:
        return source.integers(0, P, (4, width), np.uint32)

    main, preprocessed = table(chip.width), table(len(chip.preprocessed_columns))
    return Evaluator(chip, main, preprocessed, table(len(chip.public_columns)))


@pytest.mark.parametrize("chip", CIRCUIT.chips, ids=lambda chip: chip.name)
def test_formulas_and_parts_compute_the_constraint(chip: Chip) -> None:
    values = random_evaluator(chip)
    row = 1  # not the last row
    for constraint in chip.constraints:
        shape = shape_of(chip, constraint)
        whole = int(values.column(constraint.expression)[row])
        left = int(values.column(shape.left)[row])
        if shape.right is None:
            product = 1
            for allowed in shape.allowed:
                product = product * (left - allowed) % P
            assert whole == product
        else:
            assert whole == (left - int(values.column(shape.right)[row])) % P
        names = {name: Element(int(values.column(leaf)[row])) for name, leaf in shape.inputs}
        assert len(names) == len(shape.inputs)
        code = formula(chip, constraint.expression).replace("·", "*").replace("not the last row", "1")
        for name in sorted(names, key=len, reverse=True):
            code = re.sub(rf"(?<![\w.']){re.escape(name)}(?![\w.])", f"names[{name!r}]", code)
        computed = eval(code, {"names": names})
        assert _value(computed) % P == whole, code


def test_kinds() -> None:
    chip = Chip("example", "An example.")
    a, b = chip.column("a", "a"), chip.column("b", "b")
    flag = chip.flag("flag", "a flag")
    known = chip.public("known", "known")
    chip.assert_ternary(a, "ternary")
    chip.assert_equal(a + b, known, "sum")
    chip.assert_bool((a + b - known) / 2**16, "carry")
    chip.assert_equal(a * b, known, "product")
    chip.assert_zero(flag * (a - b), "when the flag is set")
    shapes = [shape_of(chip, constraint) for constraint in chip.constraints]
    assert [(shape.constraint.name, shape.kind, shape.allowed) for shape in shapes] == [
        ("flag is 0 or 1", Kind.RANGE, (0, 1)),
        ("known is the statement's", Kind.EQUALITY, ()),
        ("ternary", Kind.RANGE, (-1, 0, 1)),
        ("sum", Kind.EQUALITY, ()),
        ("carry", Kind.ARITHMETIC, (0, 1)),
        ("product", Kind.ARITHMETIC, ()),
        ("when the flag is set", Kind.ARITHMETIC, ()),
    ]
    assert [formula(chip, shape.left) for shape in shapes] == [
        "flag",
        "known",
        "a",
        "a + b",
        "(a + b - known) / 65536",
        "a·b",
        "flag·(a - b)",
    ]
    assert shapes[1].right is not None and column_name(chip, shapes[1].right) == "statement.known"
    assert [name for name, _ in shapes[4].inputs] == ["a", "b", "known"]


def test_every_kind_is_in_the_circuit() -> None:
    kinds = {shape_of(chip, constraint).kind for chip in CIRCUIT.chips for constraint in chip.constraints}
    assert kinds == {Kind.ARITHMETIC, Kind.EQUALITY, Kind.RANGE}
