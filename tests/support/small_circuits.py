"""Small handmade circuits, with witnesses that satisfy them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from solproof._native import prover

Array = npt.NDArray[np.uint32]
Node = list[Any]
Instance = tuple[int, Array, "Array | None"]

PARAMETERS = prover.parameters_default()
TRANSCRIPT = b"statement"


@dataclass
class ChipBuilder:
    """One chip under construction. Every method returns the index of the node that it appends."""

    name: str
    main_width: int
    preprocessed_width: int = 0
    public_width: int = 0
    degree: int = 3
    nodes: list[Node] = field(default_factory=list)
    constraints: list[int] = field(default_factory=list)
    interactions: list[dict[str, Any]] = field(default_factory=list)

    def node(self, kind: str, *operands: int) -> int:
        self.nodes.append([kind, *operands])
        return len(self.nodes) - 1

    def require_zero(self, node: int) -> None:
        self.constraints.append(node)

    def require_equal(self, left: int, right: int) -> None:
        self.require_zero(self.node("sub", left, right))

    def require_boolean(self, node: int) -> None:
        self.require_zero(self.node("mul", node, self.node("sub", node, self.node("const", 1))))

    def interact(self, role: str, bus: int, fields: list[int], multiplicity: int) -> None:
        self.interactions.append({"bus": bus, "fields": fields, "multiplicity": multiplicity, "role": role})

    def document(self) -> dict[str, Any]:
        return dict(vars(self))


def circuit(buses: dict[str, int], *chips: ChipBuilder) -> bytes:
    """The JSON of a circuit with these buses (name to width) and chips."""
    document = {
        "format": 1,
        "buses": [{"name": name, "width": width} for name, width in buses.items()],
        "chips": [chip.document() for chip in chips],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def table(rows: Any, width: int | None = None) -> Array:
    """An array of rows, with cells reduced modulo the field."""
    array = np.asarray(rows, dtype=np.int64) % prover.FIELD_ORDER
    return np.ascontiguousarray(array.reshape(len(rows), width or -1), dtype=np.uint32)


def with_parameters(**changes: Any) -> bytes:
    """The default parameters with some changes. A dictionary changes the fields of a dictionary."""
    parameters = json.loads(PARAMETERS)
    for name, value in changes.items():
        parameters[name] = {**parameters[name], **value} if isinstance(value, dict) else value
    return json.dumps(parameters).encode()


def fibonacci_chip(rows: int = 16) -> ChipBuilder:
    """Columns a, b with a' = b, b' = a + b, which start with 0, 1 and end as in a table of `rows` rows."""
    chip = ChipBuilder("fibonacci", 2)
    a, b = chip.node("main", 0), chip.node("main", 1)
    next_a, next_b = chip.node("next", 0), chip.node("next", 1)
    first, last, transition = chip.node("first"), chip.node("last"), chip.node("transition")
    one, end = (chip.node("const", value) for value in (1, int(fibonacci_witness(rows)[-1, 1])))
    chip.require_zero(chip.node("mul", first, a))
    chip.require_zero(chip.node("mul", first, chip.node("sub", b, one)))
    chip.require_zero(chip.node("mul", transition, chip.node("sub", next_a, b)))
    chip.require_zero(chip.node("mul", transition, chip.node("sub", next_b, chip.node("add", a, b))))
    chip.require_zero(chip.node("mul", last, chip.node("sub", b, end)))
    return chip


def fibonacci_witness(rows: int) -> Array:
    """The table of `rows` rows that starts with 0, 1."""
    pairs = [(0, 1)]
    while len(pairs) < rows:
        a, b = pairs[-1]
        pairs.append((b, (a + b) % prover.FIELD_ORDER))
    return table(pairs)


RANGE_BUS, MOVE_BUS, OTHER_BUS, STATEMENT_BUS = range(4)
BUSES = {"range": 1, "move": 6, "other": 6, "statement": 2}
RANGE, SOURCE, SINK, STATEMENT, FIBONACCI = range(5)
RANGE_ROWS = 64


@dataclass
class Machine:
    """A circuit with one chip of every kind, and instances that satisfy it.

    `source` sends moves, which `sink` receives. A move has 6 values, and `source` looks up the first in
    `range`. `source` also sends a pair of public cells, which `statement` holds. `range` provides 0 to 63.
    `fibonacci` sends nothing, and its constraints read the row selectors.
    """

    key: prover.Key
    instances: list[Instance]

    @property
    def public_data(self) -> list[tuple[int, Array]]:
        return [(chip, columns) for chip, _, columns in self.instances if columns is not None]

    def changed(self, position: int, main: Array) -> list[Instance]:
        """The instances with the main table of one instance replaced."""
        instances = list(self.instances)
        chip, _, columns = instances[position]
        instances[position] = (chip, main, columns)
        return instances

    def prove(self, instances: list[Instance] | None = None, **changes: Any) -> bytes:
        arguments: dict[str, Any] = {"transcript": TRANSCRIPT, "parameters": PARAMETERS, **changes}
        return prover.prove(self.key, instances or self.instances, **arguments)[0]

    def verify(self, proof: bytes, **changes: Any) -> prover.Report:
        arguments: dict[str, Any] = {
            "key": self.key,
            "public_data": self.public_data,
            "transcript": TRANSCRIPT,
            "parameters": PARAMETERS,
            **changes,
        }
        return prover.verify(proof=proof, **arguments)


def machine_chips(sink_bus: int = MOVE_BUS) -> list[ChipBuilder]:
    """The chips of `Machine`. The sink receives its moves from the bus `sink_bus`."""
    range_chip = ChipBuilder("range", 1, preprocessed_width=1)
    range_chip.interact(
        "provide", RANGE_BUS, [range_chip.node("preprocessed", 0)], range_chip.node("main", 0)
    )

    source = ChipBuilder("source", 9)
    columns = [source.node("main", index) for index in range(9)]
    selector, statement = columns[0], columns[7:9]
    source.require_boolean(selector)
    source.interact("query", RANGE_BUS, [columns[1]], selector)
    source.interact("send", MOVE_BUS, columns[1:7], selector)
    source.interact("send", STATEMENT_BUS, statement, selector)

    sink = ChipBuilder("sink", 7)
    columns = [sink.node("main", index) for index in range(7)]
    sink.require_boolean(columns[0])
    sink.interact("receive", sink_bus, columns[1:7], columns[0])

    # Interactions cannot read public columns, so the chip copies them. The last column marks the rows that
    # count.
    public = ChipBuilder("statement", 3, public_width=3)
    copies = [public.node("main", index) for index in range(3)]
    for index, copy in enumerate(copies):
        public.require_equal(copy, public.node("public", index))
    public.interact("receive", STATEMENT_BUS, copies[:2], copies[2])
    return [range_chip, source, sink, public, fibonacci_chip()]


def machine(source_rows: int = 8, sink_bus: int = MOVE_BUS) -> Machine:
    """A satisfied machine: two sinks receive `source_rows` - 1 moves in reverse order."""
    key = prover.setup(
        circuit(BUSES, *machine_chips(sink_bus)), [(RANGE, table([[value] for value in range(RANGE_ROWS)]))]
    )
    moves = [
        [7 * row % RANGE_ROWS, row, row + 1, row * row, 3, prover.FIELD_ORDER - 1 - row]
        for row in range(source_rows)
    ]
    pairs = [[row, 1000 + row] for row in range(source_rows)]
    selectors = [1] * source_rows
    if source_rows > 1:
        selectors[-1] = 0
    source = table([[on, *move, *pair] for on, move, pair in zip(selectors, moves, pairs, strict=True)])
    reverse = table([[on, *move] for on, move in zip(selectors, moves, strict=True)][::-1])
    half = max(1, source_rows // 2)
    sinks = [reverse[start : start + half] for start in range(0, source_rows, half)]
    public = table([[*pair, on] for on, pair in zip(selectors, pairs, strict=True)])
    counts = np.zeros((RANGE_ROWS, 1), dtype=np.uint32)
    for on, move in zip(selectors, moves, strict=True):
        counts[move[0], 0] += on
    return Machine(
        key,
        [
            (RANGE, counts, None),
            (SOURCE, source, None),
            *[(SINK, np.ascontiguousarray(sink), None) for sink in sinks],
            (STATEMENT, public, public),
            (FIBONACCI, fibonacci_witness(16), None),
        ],
    )
