"""The size of a proof in bytes.

The size depends on the shapes of the tables, on the parameters of the engine, and on which rows the queries
hit. This module computes the expectation over random queries. It follows the encoding of Plonky3's batch
proof (native/prover/src/wire.rs and openings.rs): commitments, then the values at the out-of-domain points,
then the rows that the queries open. Each commitment has its distinct opened rows, with one pruned Merkle
proof.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.backend.protocol import Shape, Widths

CELL, EXTENSION, DIGEST = 4, 16, 32
"""Bytes of a base-field element, of an extension-field element, and of a hash."""

EXTENSION_DEGREE = 4
HEADER = 6
MARKERS = 24
"""Bytes of the counts, options and grinding witnesses that every proof has."""
POSITION_LIMIT = 128
"""A position below this takes one byte, any other two."""


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
        """Decode the engine's encoding of the parameters."""
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
        """The number of pieces of its quotient."""
        return self.width.quotient // EXTENSION_DEGREE

    def opened_rows(self, queries: int) -> float:
        """The number of distinct rows that the queries open. All rows of an empty table are equal."""
        return 1.0 if self.is_empty else distinct(self.log_height, queries)


def engine_proof_bytes(shapes: Sequence[Shape], widths: Sequence[Widths], parameters: Parameters) -> float:
    """The expected size in bytes of the engine's proof of a batch of tables."""
    tables = [
        _Table(shape.log_height + parameters.log_blowup, shape.is_empty, widths[shape.chip])
        for shape in shapes
    ]
    # In the order of the proof: main columns, quotient pieces, preprocessed columns, auxiliary columns.
    pieces = [[(EXTENSION_DEGREE, table)] * table.pieces for table in tables]
    commitments = [
        [(table.width.main, table) for table in tables],
        [piece for of_table in pieces for piece in of_table],
        # Preprocessed rows would differ even in an empty table, but no empty table has preprocessed columns.
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
    """The values of every column at the out-of-domain point, and of some columns at the next row."""
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
    """The rounds of the low-degree test: a commitment, the siblings of folded values, and a Merkle proof."""
    total = 2.0 + (EXTENSION << parameters.log_final_polynomial_length)
    for height, log_arity in fold_schedule(heights, parameters):
        rows = distinct(height, parameters.queries)
        total += _cap(parameters) + CELL + 6 + _pattern(rows, parameters.queries)
        total += rows * EXTENSION * ((1 << log_arity) - 1)
        total += DIGEST * merkle_digests(height - log_arity, parameters)
    return total


def fold_schedule(heights: Sequence[int], parameters: Parameters) -> list[tuple[int, int]]:
    """Each round of the low-degree test: log2 of the height that it folds, and log2 of its arity.

    heights: log2 of the heights of the committed matrices, falling. A round ends where the next matrix joins.
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
    """The expected number of distinct rows, out of 2^log_height, that random queries hit."""
    rows = float(1 << log_height)
    return rows * (1 - (1 - 1 / rows) ** queries)


def merkle_digests(log_height: int, parameters: Parameters) -> float:
    """The expected number of digests that prove the opened rows.

    A digest is needed for each node that is not on the path of an opened row, but whose sibling is.
    """
    total = 0.0
    for level in range(parameters.cap_height + 1, log_height + 1):
        nodes = float(1 << level)
        missed = (1 - 1 / nodes) ** parameters.queries - (1 - 2 / nodes) ** parameters.queries
        total += nodes * missed
    return total


def _pattern(rows: float, queries: int) -> float:
    """The position of each query's row among the distinct rows."""
    long = queries * max(rows - POSITION_LIMIT, 0) / rows
    return _varint(queries) + queries + long


def _cap(parameters: Parameters) -> int:
    return _vector(1 << parameters.cap_height, DIGEST)


def _vector(count: int, size: int) -> int:
    return _varint(count) + count * size


def _varint(value: int) -> int:
    return max(-(-value.bit_length() // 7), 1)
