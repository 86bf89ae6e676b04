"""Expressions over the columns of one chip.

Operators build a DAG of shared nodes, and the engine sees only this DAG. A node is a tuple: ("main", column),
("next", column), ("preprocessed", column), ("public", column), ("const", value), ("transition",),
("add", a, b), ("sub", a, b) or ("mul", a, b). Here a and b are indices of earlier nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TypeAlias

from solproof.air.field import P, inverse

Node: TypeAlias = tuple[str] | tuple[str, int] | tuple[str, int, int]
LEAF_DEGREE = {"const": 0, "transition": 0}


@dataclass(slots=True)
class Graph:
    """The nodes of one chip, each stored once, with its degree in the columns."""

    nodes: list[Node] = field(default_factory=list)
    degrees: list[int] = field(default_factory=list)
    index: dict[Node, int] = field(default_factory=dict)

    def leaf(self, kind: str, *argument: int) -> Expression:
        """The expression of a column, constant or selector."""
        # p3-uni-stark counts a transition selector (x - last) as degree 0.
        return self._intern((kind, *argument), LEAF_DEGREE.get(kind, 1))  # type: ignore[arg-type]

    def constant(self, value: int) -> Expression:
        """The expression of an integer modulo p."""
        return self.leaf("const", value % P)

    def combine(self, kind: str, left: Expression, right: Expression) -> Expression:
        """The node of a binary operation. Operations on constants are computed at once."""
        a, b = left.constant_value(), right.constant_value()
        if a is not None and b is not None:
            return self.constant({"add": a + b, "sub": a - b, "mul": a * b}[kind])
        if kind == "mul" and 0 in (a, b):
            return self.constant(0)
        if (kind == "mul" and b == 1) or (kind in ("add", "sub") and b == 0):
            return left
        if (kind == "mul" and a == 1) or (kind == "add" and a == 0):
            return right
        degree = left.degree + right.degree if kind == "mul" else max(left.degree, right.degree)
        return self._intern((kind, left.node, right.node), degree)

    def _intern(self, node: Node, degree: int) -> Expression:
        if node not in self.index:
            self.index[node] = len(self.nodes)
            self.nodes.append(node)
            self.degrees.append(degree)
        return Expression(self, self.index[node])


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A polynomial over the row of one chip."""

    graph: Graph
    node: int

    @property
    def degree(self) -> int:
        """Degree in the columns."""
        return self.graph.degrees[self.node]

    def constant_value(self) -> int | None:
        """The value of a constant expression in [0, p), or None for any other expression."""
        node = self.graph.nodes[self.node]
        return node[1] if node[0] == "const" else None  # type: ignore[misc]

    def _other(self, other: Expression | int) -> Expression:
        return self.graph.constant(other) if isinstance(other, int) else other

    def __add__(self, other: Expression | int) -> Expression:
        return self.graph.combine("add", self, self._other(other))

    def __radd__(self, other: int) -> Expression:
        return self.graph.combine("add", self._other(other), self)

    def __sub__(self, other: Expression | int) -> Expression:
        return self.graph.combine("sub", self, self._other(other))

    def __rsub__(self, other: int) -> Expression:
        return self.graph.combine("sub", self._other(other), self)

    def __mul__(self, other: Expression | int) -> Expression:
        return self.graph.combine("mul", self, self._other(other))

    def __rmul__(self, other: int) -> Expression:
        return self.graph.combine("mul", self._other(other), self)

    def __truediv__(self, divisor: int) -> Expression:
        """Divide by a non-zero constant of the field.

        The result is the quotient of integers only if the chip proves that the division is exact.
        """
        return self * inverse(divisor)

    def __neg__(self) -> Expression:
        return self.graph.constant(0) - self


Word: TypeAlias = tuple[Expression, Expression, Expression, Expression]
"""A 64-bit value as four 16-bit limbs, little-endian."""


def total(terms: Iterable[Expression]) -> Expression:
    """The sum of one or more expressions."""
    return reduce(add, terms)
