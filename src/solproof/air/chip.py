"""A chip: columns with one-line formulas, constraints with names, and interactions with buses.

A chip is built once, when its module is imported, by calls that read as prose. It holds no data of a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from solproof.air.bus import INVOCATION, Bus, Kind, Role
from solproof.air.expression import Expression, Graph, Word

MAXIMUM_DEGREE = 3
INVOCATION_FORMULA = "number of the invocation, from 1"


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """The name of a column and its formula in one line."""

    name: str
    formula: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """An expression that is zero on every row."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Interaction:
    """A message on a bus, `multiplicity` times, from each row."""

    bus: Bus
    role: Role
    fields: tuple[Expression, ...]
    multiplicity: Expression
    name: str


@dataclass(slots=True, eq=False)  # each chip exists once, so chips are compared by identity
class Chip:
    """The description of one table. `claim` has the form "Given ..., this chip proves ..."."""

    name: str
    claim: str
    main: list[ColumnNote] = field(default_factory=list)
    preprocessed_columns: list[ColumnNote] = field(default_factory=list)
    public_columns: list[ColumnNote] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    graph: Graph = field(default_factory=Graph)
    invocation: Expression | None = None
    """The first field of the chip's messages on scoped buses."""

    # COLUMNS

    def column(self, name: str, formula: str) -> Expression:
        """Add a committed column."""
        assert all(note.name != name for note in self.main), f"{self.name}: column {name} is declared twice"
        self.main.append(ColumnNote(name, formula))
        return self.graph.leaf("main", len(self.main) - 1)

    def flag(self, name: str, formula: str) -> Expression:
        """Add a committed column that is 0 or 1."""
        column = self.column(name, formula)
        self.assert_bool(column, f"{name} is 0 or 1")
        return column

    def word(self, name: str, formula: str) -> Word:
        """Add four columns, the 16-bit limbs of a 64-bit value, little-endian."""
        limbs = [self.column(f"{name}_{limb}", f"limb {limb} of {formula}") for limb in range(4)]
        return limbs[0], limbs[1], limbs[2], limbs[3]

    def preprocessed(self, name: str, formula: str) -> Expression:
        """Add a column that is fixed by the key."""
        self.preprocessed_columns.append(ColumnNote(name, formula))
        return self.graph.leaf("preprocessed", len(self.preprocessed_columns) - 1)

    def public(self, name: str, formula: str) -> Expression:
        """Add a committed column that the verifier knows.

        Each row of it is bound to a periodic column of the statement. Buses read the copy, because p3-lookup
        0.8 cannot read a periodic column.
        """
        column = self.column(name, formula)
        self.public_columns.append(ColumnNote(name, formula))
        self.assert_equal(
            column, self.graph.leaf("public", len(self.public_columns) - 1), f"{name} is the statement's"
        )
        return column

    def scope(self) -> None:
        """Add the committed column of the invocation that each row belongs to."""
        self.invocation = self.column(INVOCATION, INVOCATION_FORMULA)

    def public_scope(self) -> None:
        """Like `scope`, with a column that the verifier knows."""
        self.invocation = self.public(INVOCATION, INVOCATION_FORMULA)

    def next(self, column: Expression) -> Expression:
        """The same column on the next row."""
        kind, index = self.graph.nodes[column.node]  # type: ignore[misc]
        assert kind == "main"
        return self.graph.leaf("next", index)

    def transition(self) -> Expression:
        """An expression that is 0 on the last row and non-zero on all other rows.

        A proof must then have exactly one table of the chip, so that its constraints hold across all rows.
        """
        return self.graph.leaf("transition")

    # CONSTRAINTS

    def assert_zero(self, expression: Expression, name: str) -> None:
        """Constrain an expression to zero on every row."""
        assert expression.degree <= MAXIMUM_DEGREE, f"{self.name}: {name}: degree {expression.degree}"
        self.constraints.append(Constraint(name, expression))

    def assert_equal(self, left: Expression, right: Expression | int, name: str) -> None:
        """Constrain two expressions to be equal on every row."""
        self.assert_zero(left - right, name)

    def assert_bool(self, value: Expression, name: str) -> None:
        """Constrain a value to 0 or 1."""
        self.assert_zero(value * (value - 1), name)

    def assert_ternary(self, value: Expression, name: str) -> None:
        """Constrain a value to -1, 0 or 1."""
        self.assert_zero(value * (value - 1) * (value + 1), name)

    # BUSES

    def send(
        self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression, name: str
    ) -> None:
        """Put a message on a permutation bus."""
        self._interact(bus, Role.SEND, message, multiplicity, name)

    def receive(
        self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression, name: str
    ) -> None:
        """Take a message from a permutation bus."""
        self._interact(bus, Role.RECEIVE, message, multiplicity, name)

    def query(
        self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression, name: str
    ) -> None:
        """Look up a message in the table of a lookup bus. The multiplicity is 0 or 1."""
        self._interact(bus, Role.QUERY, message, multiplicity, name)

    def provide(
        self, bus: Bus, message: Sequence[Expression | int], multiplicity: Expression, name: str
    ) -> None:
        """Offer a message of a lookup table, any number of times."""
        self._interact(bus, Role.PROVIDE, message, multiplicity, name)

    def _interact(
        self, bus: Bus, role: Role, message: Sequence[Expression | int], multiplicity: Expression, name: str
    ) -> None:
        if bus.is_scoped:
            assert self.invocation is not None, f"{self.name}: {name}: the chip has no invocation"
            message = [self.invocation, *message]
        expected = Kind.LOOKUP if role in (Role.QUERY, Role.PROVIDE) else Kind.PERMUTATION
        assert bus.kind is expected, f"{self.name}: {name}: {role.value} on a {bus.kind.value} bus"
        assert len(message) == bus.width, (
            f"{self.name}: {name}: {len(message)} fields, bus {bus.name} has {bus.width}"
        )
        fields = tuple(self.graph.constant(part) if isinstance(part, int) else part for part in message)
        assert max(part.degree for part in fields) <= MAXIMUM_DEGREE - 1, f"{self.name}: {name}: degree"
        assert multiplicity.degree <= MAXIMUM_DEGREE, f"{self.name}: {name}: degree of the multiplicity"
        self.interactions.append(Interaction(bus, role, fields, multiplicity, name))

    # LAYOUT

    @property
    def width(self) -> int:
        """Number of committed columns."""
        return len(self.main)

    @property
    def is_required(self) -> bool:
        """Whether a proof must have exactly one table of the chip.

        True for preprocessed or public columns, and for constraints that read the transition selector.
        """
        selects = any(node[0] == "transition" for node in self.graph.nodes)
        return selects or bool(self.preprocessed_columns or self.public_columns)

    def index(self, name: str) -> int:
        """Position of a committed column."""
        return next(position for position, note in enumerate(self.main) if note.name == name)
