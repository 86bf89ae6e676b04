"""Evaluation of expressions on whole tables with NumPy, for witness generation and for the trace checker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.field import Column, P


class Evaluator:
    """Values of a chip's expressions on every row. Each node is computed once."""

    def __init__(
        self,
        chip: Chip,
        main: NDArray[np.uint32],
        preprocessed: NDArray[np.uint32] | None = None,
        public: NDArray[np.uint32] | None = None,
    ) -> None:
        self._nodes = chip.graph.nodes
        self._tables = {"main": main, "preprocessed": preprocessed, "public": public}
        self._height = len(main)
        self._cache: dict[int, Column | int] = {}

    def column(self, expression: Expression) -> Column:
        """The value on every row, in [0, p)."""
        value = self._value(expression.node)
        return np.full(self._height, value, np.int64) if isinstance(value, int) else value

    def _value(self, index: int) -> Column | int:
        if index not in self._cache:
            self._cache[index] = self._compute(index)
        return self._cache[index]

    def _compute(self, index: int) -> Column | int:
        kind, *arguments = self._nodes[index]
        match kind:
            case "const":
                return int(arguments[0])
            case "next":
                return np.roll(self._column("main", int(arguments[0])), -1)
            case "main" | "preprocessed" | "public":
                return self._column(kind, int(arguments[0]))
            case "transition":
                return 1 - self._selector(self._height - 1)
        left, right = self._value(int(arguments[0])), self._value(int(arguments[1]))
        if kind == "mul":
            return left * right % P
        # Sums stay in (-p, 2p), so a conditional correction suffices. It is several times faster than a
        # division.
        total = left + right if kind == "add" else left - right
        if isinstance(total, int):
            return total % P
        return total - P * (total >= P) if kind == "add" else total + P * (total < 0)

    def _column(self, table: str, position: int) -> Column:
        source = self._tables[table]
        assert source is not None, f"no {table} columns"
        return source[:, position].astype(np.int64)

    def _selector(self, row: int) -> Column:
        column = np.zeros(self._height, np.int64)
        column[row] = 1
        return column
