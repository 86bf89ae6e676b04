"""The kind of a constraint of the circuit, read off its expression.

A constraint is a polynomial over the columns of a chip that is zero on every row. Its shape decides its kind:

- range: v (v - 1) or v (v - 1) (v + 1) for one column v, so v is 0 or 1, or -1, 0 or 1;
- equality: left - right, where neither side multiplies columns;
- arithmetic: any other shape. It is shown as an output, which the input columns determine, with the values
that the output may have: the value of the right side, or 0, or 0 and 1 for a carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from solproof.air.chip import Chip, Constraint
from solproof.air.expression import Expression, Graph
from solproof.air.field import P, inverse

COLUMN_KINDS = ("main", "next", "preprocessed", "public")
LARGEST_FACTOR = 2**14
"""A larger constant factor that is the inverse of a power of two is written as a division."""


class Kind(Enum):
    """The kinds of constraints of an exported trace."""

    ARITHMETIC = "arithmetic"
    EQUALITY = "equality"
    RANGE = "range"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Shape:
    """A constraint taken apart.

    inputs: the columns that it reads, by name.
    left: the expression whose value is constrained.
    right: the expression that `left` must equal, or None if `allowed` lists its values.
    """

    constraint: Constraint
    kind: Kind
    inputs: tuple[tuple[str, Expression], ...]
    left: Expression
    right: Expression | None
    allowed: tuple[int, ...] = ()


def shape_of(chip: Chip, constraint: Constraint) -> Shape:
    """The shape of a constraint of a chip."""
    graph, top = chip.graph, constraint.expression
    inputs = tuple((column_name(chip, leaf), leaf) for leaf in _columns(top))
    small = _small_value(graph, top.node)
    if small is not None:
        node, allowed = small
        value = Expression(graph, node)
        kind = Kind.RANGE if graph.nodes[node][0] in COLUMN_KINDS else Kind.ARITHMETIC
        return Shape(constraint, kind, inputs, value, None, allowed)
    kind = Kind.EQUALITY if top.degree <= 1 else Kind.ARITHMETIC
    sides = _arguments(graph, top.node, "sub")
    if sides is not None:
        return Shape(constraint, kind, inputs, Expression(graph, sides[0]), Expression(graph, sides[1]))
    return Shape(constraint, kind, inputs, top, graph.constant(0))


def column_name(chip: Chip, leaf: Expression) -> str:
    """The name of a column, marked if it is the statement's copy of a column or belongs to the next row."""
    kind, *position = chip.graph.nodes[leaf.node]
    place = int(position[0])
    match kind:
        case "main":
            return chip.main[place].name
        case "next":
            return f"next.{chip.main[place].name}"
        case "preprocessed":
            return chip.preprocessed_columns[place].name
    return f"statement.{chip.public_columns[place].name}"


def formula(chip: Chip, expression: Expression, strength: int = 0) -> str:
    """An expression as text.

    strength: of the operator around the expression. 1 is a sum, 2 a subtrahend, 3 a product.
    """
    graph = chip.graph
    kind, *arguments = graph.nodes[expression.node]
    if kind == "const":
        return str(_signed(int(arguments[0])))
    if kind == "transition":
        return "not the last row"
    if kind in COLUMN_KINDS:
        return column_name(chip, expression)
    left, right = (Expression(graph, int(node)) for node in arguments)
    if kind == "mul":
        text = _product(chip, left, right)
        return text if strength <= 3 else f"({text})"
    if kind == "sub" and left.constant_value() == 0:
        text = f"-{formula(chip, right, 3)}"
    else:
        sign, inner = ("+", 1) if kind == "add" else ("-", 2)
        text = f"{formula(chip, left, 1)} {sign} {formula(chip, right, inner)}"
    return text if strength <= 1 else f"({text})"


def _product(chip: Chip, left: Expression, right: Expression) -> str:
    for factor, other in ((left, right), (right, left)):
        value = factor.constant_value()
        if value is not None and not _is_power_of_two(value) and abs(_signed(value)) > LARGEST_FACTOR:
            divisor = _signed(inverse(value))
            if _is_power_of_two(abs(divisor)):
                return f"{formula(chip, other, 3)} / {divisor}"
    return f"{formula(chip, left, 3)}·{formula(chip, right, 3)}"


def _is_power_of_two(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0


def _signed(value: int) -> int:
    return value - P if value > P // 2 else value


def _columns(top: Expression) -> list[Expression]:
    """The columns that an expression reads, in the order of their declaration."""
    graph, seen, open_nodes, found = top.graph, set[int](), [top.node], []
    while open_nodes:
        node = open_nodes.pop()
        if node in seen:
            continue
        seen.add(node)
        kind, *arguments = graph.nodes[node]
        if kind in COLUMN_KINDS:
            found.append((COLUMN_KINDS.index(kind), int(arguments[0]), node))
        elif kind in ("add", "sub", "mul"):
            open_nodes += [int(argument) for argument in arguments]
    return [Expression(graph, node) for _, _, node in sorted(found)]


def _arguments(graph: Graph, node: int, kind: str) -> tuple[int, int] | None:
    """The two arguments of a node, or None if the node is not of this kind."""
    found, *arguments = graph.nodes[node]
    return (int(arguments[0]), int(arguments[1])) if found == kind else None


def _small_value(graph: Graph, node: int) -> tuple[int, tuple[int, ...]] | None:
    """v and its values if the node is v (v - 1) or v (v - 1) (v + 1), else None."""
    factors = _arguments(graph, node, "mul")
    if factors is None:
        return None
    left, right = factors
    if _is_plus(graph, right, left, -1):
        return left, (0, 1)
    inner = _arguments(graph, left, "mul")
    if inner is not None and _is_plus(graph, inner[1], inner[0], -1) and _is_plus(graph, right, inner[0], 1):
        return inner[0], (-1, 0, 1)
    return None


def _is_plus(graph: Graph, node: int, of: int, amount: int) -> bool:
    """Whether a node is the sum of another node and a constant."""
    for kind, sign in (("add", 1), ("sub", -1)):
        sides = _arguments(graph, node, kind)
        if sides is not None and sides[0] == of:
            constant = Expression(graph, sides[1]).constant_value()
            if constant is not None and (sign * constant - amount) % P == 0:
                return True
    return False
