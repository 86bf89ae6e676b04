"""The first backend: a batch STARK over Plonky3, in the native module `solproof._native.prover`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

from solproof._native import prover
from solproof.air.circuit import Circuit
from solproof.backend.engine_texts import rejection_text
from solproof.backend.proof_size import Parameters, engine_proof_bytes
from solproof.backend.protocol import (
    Columns,
    Key,
    Progress,
    Proven,
    PublicInput,
    Security,
    Shape,
    TableData,
    Widths,
)
from solproof.errors import ProofRejected, ProofVersionError, ProvingError, Rejection, VersionMismatch

VECTOR_LANES = prover.PACKING_WIDTH
"""Field elements per vector instruction of this build of the prover."""


class Plonky3:
    """The engine with its default parameters, or with the given ones."""

    def __init__(self, parameters: bytes | None = None) -> None:
        self._parameters = prover.parameters_default() if parameters is None else parameters

    @property
    def parameters(self) -> bytes:
        """The parameters in the engine's encoding."""
        return self._parameters

    def setup(self, circuit: Circuit, preprocessed: Mapping[int, Columns]) -> Key:
        """Commit to a circuit and its preprocessed columns. Raises `ProvingError`."""
        with _refusals():
            return prover.setup(circuit.to_bytes(), list(preprocessed.items()))

    def prove(
        self, key: Key, tables: Sequence[TableData], transcript: bytes, progress: Progress | None = None
    ) -> Proven:
        """Prove a batch of tables. Raises `ProvingError`."""
        instances = [(table.chip, table.main, table.public) for table in tables]
        with _refusals():
            proof, report = prover.prove(_own(key), instances, transcript, self._parameters, progress)
        return Proven(
            proof,
            _security(report),
            main_cells=report["main_cells"],
            auxiliary_cells=report["auxiliary_cells"],
            preprocessed_cells=report["preprocessed_cells"],
        )

    def verify(self, key: Key, proof: bytes, public: Sequence[PublicInput], transcript: bytes) -> Security:
        """Verify a proof. Raises `ProofRejected` or `ProofVersionError`."""
        known = [(table.chip, table.columns) for table in public]
        try:
            return _security(prover.verify(_own(key), proof, known, transcript, self._parameters))
        except prover.EngineRejected as error:
            raise ProofRejected(Rejection.ENGINE_PROOF, rejection_text(str(error)), str(error)) from error
        except prover.EngineError as error:
            raise ProofRejected(Rejection.ENGINE_PUBLIC_DATA, f"engine: {error}") from error
        except prover.EngineVersionError as error:
            raise ProofVersionError(VersionMismatch.ENGINE_FORMAT, f"engine: {error}") from error

    def security(self, key: Key, shapes: Sequence[Shape]) -> Security:
        """The proven security of a batch. Raises `ProvingError`."""
        heights = [(shape.chip, shape.log_height) for shape in shapes]
        with _refusals():
            return _security(prover.security(_own(key), heights, self._parameters))

    def widths(self, circuit: Circuit) -> tuple[Widths, ...]:
        """The widths of every chip, by number."""
        auxiliary, quotient = _engine_widths(circuit.to_bytes())
        return tuple(
            Widths(
                chip.width,
                auxiliary[number],
                quotient[number],
                len(chip.preprocessed_columns),
                any(node[0] == "next" for node in chip.graph.nodes),
            )
            for number, chip in enumerate(circuit.chips)
        )

    def proof_size(self, circuit: Circuit, shapes: Sequence[Shape]) -> float:
        """The expected size of a proof in bytes, over random queries."""
        return engine_proof_bytes(shapes, self.widths(circuit), Parameters.from_json(self._parameters))


def _own(key: Key) -> prover.Key:
    if not isinstance(key, prover.Key):
        raise TypeError(f"the key is a {type(key).__name__}, expected a key made by Plonky3.setup")
    return key


def _security(report: prover.Security) -> Security:
    return Security(report["security_bits"], report["security_regime"])


@lru_cache(maxsize=4)
def _engine_widths(circuit: bytes) -> tuple[list[int], list[int]]:
    return prover.auxiliary_width(circuit), prover.quotient_width(circuit)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the engine's refusals into `ProvingError`."""
    try:
        yield
    except prover.EngineError as error:
        raise ProvingError(str(error)) from error
