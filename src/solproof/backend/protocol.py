"""The interface of a proof system: keys, proofs, verification and costs.

A backend knows circuits and tables, and nothing of Solana. It raises only errors of `solproof.errors`, so
that its callers do not depend on one implementation. The only other error is `OSError`. It means that the
operating system refused something that the backend needs, such as threads, so no proof was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solproof.air.circuit import Circuit

Columns = NDArray[np.uint32]
"""Shape [height, columns]: canonical field elements. The height is a power of two."""

Progress = Callable[[str, float], object]
"""Called when a phase begins, with its name and the seconds since the start."""


class Key(Protocol):
    """A circuit with its preprocessed tables committed."""

    @property
    def digest(self) -> bytes:
        """32 bytes that bind the circuit and every preprocessed cell."""


@dataclass(frozen=True, slots=True)
class PublicInput:
    """The public columns of one chip, by the chip's number."""

    chip: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class TableData:
    """One table of a batch: its committed columns, and its public columns if it has any."""

    chip: int
    main: Columns
    public: Columns | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One table of a batch before it is filled. `is_empty` means that it has only padding rows."""

    chip: int
    height: int
    is_empty: bool = False

    @property
    def log_height(self) -> int:
        """log2 of the height."""
        return self.height.bit_length() - 1


@dataclass(frozen=True, slots=True)
class Widths:
    """Base-field elements in a row of a chip. `reads_next`: whether a proof also opens the next row."""

    main: int
    auxiliary: int
    quotient: int
    preprocessed: int
    reads_next: bool

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The widths in this order: main, auxiliary, quotient, preprocessed."""
        return self.main, self.auxiliary, self.quotient, self.preprocessed


@dataclass(frozen=True, slots=True)
class Security:
    """Bits of proven security, without a capacity conjecture, and the regime in which they are proven."""

    bits: float
    regime: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof of a batch of tables, and its numbers of cells, in base-field elements."""

    proof: bytes
    security: Security
    main_cells: int
    auxiliary_cells: int
    preprocessed_cells: int


class Backend(Protocol):
    """A proof system with its parameters."""

    @property
    def parameters(self) -> bytes:
        """The encoded parameters. Other parameters make proofs of another version.

        The encoding is unique. No two backends may share an encoding, because the digest of a proof system
        contains nothing else about its backend.
        """

    def setup(self, circuit: Circuit, preprocessed: Mapping[int, Columns]) -> Key:
        """Commit to a circuit and to the preprocessed columns of its chips, by number.

        Raises `ProvingError` if they exceed the limits of the backend.
        """

    def prove(
        self, key: Key, tables: Sequence[TableData], transcript: bytes, progress: Progress | None = None
    ) -> Proven:
        """Prove a batch of tables, ordered by chip, bound to a transcript.

        A backend must refuse a batch without exactly one table of each required chip (`Chip.is_required`).

        Raises `ProvingError` if the backend refuses. A witness that breaks a constraint is not noticed here,
        but `verify` rejects its proof.
        """

    def verify(self, key: Key, proof: bytes, public: Sequence[PublicInput], transcript: bytes) -> Security:
        """Accept only a proof for the caller's own key, public data and transcript.

        public: the columns of every chip with public columns, each chip once. A backend must refuse any other
        list. It must also reject a proof without exactly one table of each required chip
        (`Chip.is_required`). Otherwise a prover could leave out known data, or say in two tables what a
        single table cannot say.

        Raises `ProofRejected` with the reason, or `ProofVersionError`.
        """

    def security(self, key: Key, shapes: Sequence[Shape]) -> Security:
        """The proven security of a batch of these shapes, before proving. Raises `ProvingError`."""

    def widths(self, circuit: Circuit) -> tuple[Widths, ...]:
        """The widths of every chip of a circuit, by number."""

    def proof_size(self, circuit: Circuit, shapes: Sequence[Shape]) -> float:
        """The expected bytes of a proof of these shapes."""
