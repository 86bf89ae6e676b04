"""Expressions: folding, sharing, degrees."""

from __future__ import annotations

import numpy as np
import pytest

from solproof.air.bus import RANGE16, STATE
from solproof.air.chip import Chip
from solproof.air.field import P, inverse, inverses


def chip() -> Chip:
    return Chip("test", "Given nothing, this chip proves nothing.")


def test_constants_fold() -> None:
    subject = chip()
    x = subject.column("x", "a column")
    assert (x + 0).node == x.node == (x * 1).node == (1 * x).node == (0 + x).node
    assert (x * 0).constant_value() == 0
    assert (subject.graph.constant(5) - 7).constant_value() == P - 2
    assert (2 - subject.graph.constant(-1)).constant_value() == 3
    assert (-subject.graph.constant(1)).constant_value() == P - 1
    assert (subject.graph.constant(1) / 2).constant_value() == (P + 1) // 2


def test_equal_expressions_are_one_node() -> None:
    subject = chip()
    x, y = subject.column("x", "a"), subject.column("y", "b")
    assert (x + y).node == (x + y).node
    assert ((x + y) * x).node == ((x + y) * x).node
    assert (x + y).node != (y + x).node


def test_degrees() -> None:
    subject = chip()
    x, y = subject.column("x", "a"), subject.column("y", "b")
    parts = (subject.graph.constant(3), x, x + y, x * y, x * y * x)
    assert [each.degree for each in parts] == [0, 1, 1, 2, 3]
    assert (subject.transition() * x).degree == 1
    assert subject.next(x).degree == 1


def test_rules_of_chips() -> None:
    """Building a chip finds the mistakes of its author."""
    subject = chip()
    x = subject.column("x", "a")
    with pytest.raises(AssertionError, match="test: column x is declared twice"):
        subject.column("x", "again")
    with pytest.raises(AssertionError, match="test: too high: degree 4"):
        subject.assert_zero(x * x * x * x, "too high")
    with pytest.raises(AssertionError, match="test: no scope: the chip has no invocation"):
        subject.send(STATE, [x, x], x, "no scope")
    subject.scope()
    with pytest.raises(AssertionError, match="test: column invocation is declared twice"):
        subject.public_scope()
    with pytest.raises(AssertionError, match="test: wrong side: query on a permutation bus"):
        subject.query(STATE, [x, x], x, "wrong side")
    with pytest.raises(AssertionError, match="test: wrong width: 2 fields, bus range16 has 1"):
        subject.query(RANGE16, [x, x], x, "wrong width")


def test_inverses() -> None:
    values = np.array([0, 1, 2, 65536, P - 1])
    found = inverses(values)
    assert found[0] == 0
    assert (values[1:] * found[1:] % P == 1).all()
    assert inverse(2) == (P + 1) // 2
    with pytest.raises(ValueError, match="not invertible"):
        inverse(P)
