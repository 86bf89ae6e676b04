"""The Rust proving engine: STARK proofs of batches of tables over circuits described as data.

Arrays are C-contiguous NumPy `uint32`, shape [height, width], every cell below `FIELD_ORDER`.

The circuit is JSON::

    {"format": 1,
     "buses": [{"name": str, "width": int}, ...],
     "chips": [{"name": str, "main_width": int, "preprocessed_width": int,
                "public_width": int, "degree": int,
                "nodes": [["const", c] | ["main", i] | ["next", i] | ["preprocessed", i] | ["public", i]
                          | ["first"] | ["last"] | ["transition"]
                          | ["add", a, b] | ["sub", a, b] | ["mul", a, b] | ["neg", a], ...],
                "constraints": [node, ...],
                "interactions": [{"bus": int, "fields": [node, ...], "multiplicity": node,
                                  "role": "send" | "receive" | "query" | "provide"}, ...]}, ...]}

Operands `a` and `b` are earlier nodes. Constraints must vanish on every row. `next` of the last row is the
first row. `send` and `query` add their multiplicity to the bus, and `receive` and `provide` subtract it.
Every bus must sum to zero. The multiplicity of a send, receive or query must be constrained to 0 or 1. The
multiplicity of a provide is free. Interactions read only constants, and main and preprocessed columns of the
current row.

A batch holds at most 64 tables of 2^0 to 2^22 rows, ordered by chip index. A chip with preprocessed or public
columns must have exactly one table, with the height of its preprocessed or public table. So must a chip whose
constraints read a row selector (`first`, `last` or `transition`), with any height. Any other chip may have
any number of tables, or none.

Every function that computes raises OSError if the operating system refuses to start the engine's threads.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypedDict, final, type_check_only

import numpy as np
import numpy.typing as npt

__all__ = [
    "FIELD_ORDER",
    "PACKING_WIDTH",
    "EngineError",
    "EngineRejected",
    "EngineVersionError",
    "Key",
    "auxiliary_width",
    "parameters_default",
    "prove",
    "quotient_width",
    "security",
    "setup",
    "verify",
]

_Table: TypeAlias = npt.NDArray[np.uint32]

FIELD_ORDER: Final[int]
"""p = 2^31 - 2^24 + 1."""

PACKING_WIDTH: Final[int]
"""Field elements per vector instruction of this build: 16 (AVX-512), 8 (AVX2), 4 (NEON) or 1."""

class EngineError(Exception):
    """The circuit, a table or a parameter is invalid. The message names it and gives the reason."""

class EngineRejected(Exception):
    """The proof does not prove the statement. The message is the reason."""

class EngineVersionError(Exception):
    """The proof has another format version, so it is neither valid nor invalid here."""

@type_check_only
class InstanceReport(TypedDict):
    """One table of a batch."""

    chip: int
    log_height: int

@type_check_only
class Security(TypedDict):
    """The proven bits, the regime in which they are proven, and the weakest term."""

    security_bits: float
    security_regime: str
    binding: str

@type_check_only
class Report(Security):
    """Sizes, times and security of one proof.

    Cells count base-field elements before the low-degree extension. `seconds` maps each phase of a proof
    (trace, lookups, quotient, opening, low-degree test, queries, grinding) and "total" to seconds.
    """

    proof_bytes: int
    instances: list[InstanceReport]
    main_cells: int
    auxiliary_cells: int
    preprocessed_cells: int
    quotient_cells: int
    seconds: dict[str, float]

@final
class Key:
    """A checked circuit with its preprocessed tables. It is immutable, so threads can share it."""

    @property
    def digest(self) -> bytes:
        """32 bytes that bind the circuit and every preprocessed cell, independent of the parameters."""

def setup(circuit: bytes, preprocessed: Sequence[tuple[int, _Table]]) -> Key:
    """Check a circuit and commit `(chip index, table)` for each chip with preprocessed columns.

    Raises EngineError.
    """

def prove(
    key: Key,
    instances: Sequence[tuple[int, _Table, _Table | None]],
    transcript: bytes,
    parameters: bytes,
    progress: Callable[[str, float], object] | None = None,
) -> tuple[bytes, Report]:
    """Prove tables `(chip index, main, public columns or None)`, bound to `transcript`.

    `progress(phase, seconds)` is called as each phase begins. An exception that it raises stops the proof and
    is raised here. Raises EngineError if a rule is broken or the proven security is below the target. A
    witness that breaks a constraint is not detected here, but `verify` rejects its proof.
    """

def verify(
    key: Key,
    proof: bytes,
    public_data: Sequence[tuple[int, _Table]],
    transcript: bytes,
    parameters: bytes,
) -> Report:
    """Accept only a proof for the caller's own key, public columns, transcript and parameters.

    `public_data` holds `(chip index, public columns)` for each chip that has any. Raises EngineRejected with
    the reason, EngineVersionError, or EngineError if the caller's data is malformed.
    """

def security(key: Key, instances: Sequence[tuple[int, int]], parameters: bytes) -> Security:
    """The proven security of a batch of `(chip index, log2 of the rows)`, without proving it."""

def parameters_default() -> bytes:
    """The default parameters as JSON: at least 100 proven bits for batches up to 2^21 rows."""

def auxiliary_width(circuit: bytes) -> list[int]:
    """Base-field cells per row that the lookup argument adds to each chip.

    A chip with interactions has 4 * (1 + columns) cells: a running sum, and the fractions. At degree 3, two
    interactions share a column if both their buses are at most 4 wide, or both are wider, and their fields
    and multiplicities have at most degree 1. They pair up in the order given. At degree 2, interactions do
    not share columns. A chip without constraints of degree 3 gets the degree that commits the fewest cells,
    including the quotient, up to its declared degree. Sharing saves cells from 4 interactions on.
    """

def quotient_width(circuit: bytes) -> list[int]:
    """Base-field cells per row of each chip's quotient: 4 up to degree 2, 8 at degree 3."""
