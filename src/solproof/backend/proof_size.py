"""How many bytes a proof takes.

The shapes of its tables and the parameters of the engine determine it, but for which rows the queries hit.
This computes the expectation over random queries, along the encoding (native/prover/src/wire.rs and
openings.rs) of Plonky3's batch proof: commitments, the values at the out-of-domain points, and for each
commitment the distinct rows that the queries open with one pruned Merkle proof.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.backend.protocol import Shape, Widths

CELL, EXTENSION, DIGEST = 4, 16, 32
"""Bytes of an element of the base field, of one of the extension field, of a hash."""

EXTENSION_DEGREE = 4
HEADER = 6
MARKERS = 24
"""Counts, options and witnesses of grinding that every proof has."""
POSITION_LIMIT = 128
"""Positions below it take one byte, others two."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of the engine that a proof's size depends on."""

    log_blowup: int
    queries: int
    log_final_polynomial_length: int
    max_log_arity: int
    cap_height: int

    @classmethod
    def from_json(cls, content: bytes) -> Parameters:
        """From the engine's form."""
        fields = json.loads(content)
        return cls(**{name: fields[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as it is committed: log2 of its height after the blowup, and the widths of its rows."""

    log_height: int
    is_empty: bool
    width: Widths

    @property
    def pieces(self) -> int:
        """Pieces of its quotient."""
        return self.width.quotient // EXTENSION_DEGREE

    def opened_rows(self, queries: int) -> float:
        """The distinct rows that the queries open; those of an empty table are all alike."""
        return 1.0 if self.is_empty else distinct(self.log_height, queries)


def engine_proof_bytes(shapes: Sequence[Shape], widths: Sequence[Widths], parameters: Parameters) -> float:
    """The expected bytes of the engine's proof of a batch of tables."""
    tables = [
        _Table(shape.log_height + parameters.log_blowup, shape.is_empty, widths[shape.chip])
        for shape in shapes
    ]
    # In the order of the proof: main columns, pieces of the quotient, preprocessed and auxiliary columns.
    pieces = [[(EXTENSION_DEGREE, table)] * table.pieces for table in tables]
    commitments = [
        [(table.width.main, table) for table in tables],
        [piece for of_table in pieces for piece in of_table],
        # Those of an empty table are not zero, but no empty table has any.
        [(table.width.preprocessed, table) for table in tables if table.width.preprocessed],
        [(table.width.auxiliary, table) for table in tables if table.width.auxiliary],
    ]
    heights = sorted({table.log_height for table in tables}, reverse=True)
    run_commitments = 2 + any(table.width.auxiliary for table in tables)
    terminals = sum(1 + EXTENSION * bool(table.width.auxiliary) for table in tables)
    return (
        HEADER
        + _varint(len(shapes))
        + 2 * len(shapes)
        + run_commitments * _cap(parameters)
        + sum(_out_of_domain(table) for table in tables)
        + sum(_opened(matrices, parameters) for matrices in commitments if matrices)
        + _folding(heights, parameters)
        + terminals
        + MARKERS
    )


def _out_of_domain(table: _Table) -> int:
    """The values of every column at the out-of-domain point, and of some at the next row."""
    width = table.width
    total = _vector(width.main, EXTENSION) + 1 + width.reads_next * _vector(width.main, EXTENSION)
    total += 2 + (_vector(width.preprocessed, EXTENSION) if width.preprocessed else 0)
    total += 2 + table.pieces * _vector(EXTENSION_DEGREE, EXTENSION)
    return total + 2 * _vector(width.auxiliary, EXTENSION)


def _opened(matrices: Sequence[tuple[int, _Table]], parameters: Parameters) -> float:
    """The opened rows of one commitment, and the Merkle proof that they share."""
    total = 3 + DIGEST * merkle_digests(max(table.log_height for _, table in matrices), parameters)
    total += sum(
        _pattern(rows, parameters.queries)
        for rows in {table.opened_rows(parameters.queries) for _, table in matrices}
    )
    return total + sum(6 + CELL * width * table.opened_rows(parameters.queries) for width, table in matrices)


def _folding(heights: Sequence[int], parameters: Parameters) -> float:
    """The rounds of the low-degree test: a commitment, the siblings of the folded values, a Merkle proof."""
    total = 2.0 + (EXTENSION << parameters.log_final_polynomial_length)
    for height, log_arity in fold_schedule(heights, parameters):
        rows = distinct(height, parameters.queries)
        total += _cap(parameters) + CELL + 6 + _pattern(rows, parameters.queries)
        total += rows * EXTENSION * ((1 << log_arity) - 1)
        total += DIGEST * merkle_digests(height - log_arity, parameters)
    return total


def fold_schedule(heights: Sequence[int], parameters: Parameters) -> list[tuple[int, int]]:
    """Each round of the low-degree test: log2 of the height that it folds, and of its arity.

    heights: of the committed matrices, falling, as logarithms. A round stops where the next matrix joins.
    """
    final = parameters.log_blowup + parameters.log_final_polynomial_length
    current, rounds = heights[0], []
    while current > final:
        following = max((height for height in heights if height < current), default=final)
        log_arity = min(parameters.max_log_arity, current - max(following, final))
        rounds.append((current, log_arity))
        current -= log_arity
    return rounds


def distinct(log_height: int, queries: int) -> float:
    """How many of 2^log_height rows random queries are expected to hit."""
    rows = float(1 << log_height)
    return rows * (1 - (1 - 1 / rows) ** queries)


def merkle_digests(log_height: int, parameters: Parameters) -> float:
    """How many digests prove the rows that random queries open: nodes not on a path whose siblings are."""
    total = 0.0
    for level in range(parameters.cap_height + 1, log_height + 1):
        nodes = float(1 << level)
        missed = (1 - 1 / nodes) ** parameters.queries - (1 - 2 / nodes) ** parameters.queries
        total += nodes * missed
    return total


def _pattern(rows: float, queries: int) -> float:
    """For each query the position of its row among the distinct ones."""
    long = queries * max(rows - POSITION_LIMIT, 0) / rows
    return _varint(queries) + queries + long


def _cap(parameters: Parameters) -> int:
    return _vector(1 << parameters.cap_height, DIGEST)


def _vector(count: int, size: int) -> int:
    return _varint(count) + count * size


def _varint(value: int) -> int:
    return max(-(-value.bit_length() // 7), 1)
