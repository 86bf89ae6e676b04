"""Prove an execution of an instruction or of a transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, overload

from solproof import __version__
from solproof.backend.protocol import Progress, Proven, Shape, TableData
from solproof.circuit.frames import access_logs
from solproof.circuit.table import Logs
from solproof.display import html_table, security_text
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import check_execution_type, run
from solproof.proving.witness import Witness, build_witness
from solproof.representation import described, short_repr
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput, result_lines
from solproof.statement.claim import claim_of
from solproof.statement.proof_file import NO_SECURITY, ProofFile
from solproof.statement.statement import input_digest, program_digest, statement_bytes
from solproof.statement.system import ProofSystem, default_system

Output_co = TypeVar("Output_co", bound="ExecutionOutput | TransactionOutput", covariant=True)


@dataclass(frozen=True, slots=True)
class ProofReport:
    """The costs of a proof: seconds by phase, rows by chip with padding, cells as base-field elements."""

    security_bits: float
    security_regime: str
    proof_bytes: int
    seconds: dict[str, float]
    rows: dict[str, int]
    main_cells: int
    auxiliary_cells: int
    preprocessed_cells: int

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Proof(Generic[Output_co]):
    """A proof of an execution. `data` is the content of a proof file."""

    data: bytes
    output: Output_co
    report: ProofReport

    def __repr__(self) -> str:
        security = {"security_bits": round(self.report.security_bits, 1)}
        return described(self, {"data": self.data, **security, **self.output.headline()})

    def _repr_html_(self) -> str:
        report = self.report
        rows = [
            ("security", security_text(report.security_bits, report.security_regime)),
            ("proof", f"{report.proof_bytes:,} bytes"),
            ("rows", f"{sum(report.rows.values()):,} in {len(report.rows)} chips"),
            ("cells", f"{report.main_cells + report.auxiliary_cells:,}"),
            ("time", f"{report.seconds['total']:.2f} s"),
        ]
        return html_table("Proof", [*result_lines(self.output), *rows])


@overload
def prove(
    given: ExecutionInput, progress: Progress | None = None, *, system: ProofSystem | None = None
) -> Proof[ExecutionOutput]: ...


@overload
def prove(
    given: Scene, progress: Progress | None = None, *, system: ProofSystem | None = None
) -> Proof[TransactionOutput]: ...


def prove(
    given: ExecutionInput | Scene, progress: Progress | None = None, *, system: ProofSystem | None = None
) -> Proof[ExecutionOutput] | Proof[TransactionOutput]:
    """Execute and prove an instruction, or the transaction of a scene.

    `system` replaces the proof system of this version.

    Raises `ProgramError`, `InputError` or `UnsupportedError` if the input cannot be run or proven, and
    `ProvingError` if the engine refuses.
    """
    clock = _Clock(progress)
    clock.begin("execute")
    execution = run(given)
    return prove_execution(execution, clock, system=system)


@overload
def prove_execution(
    execution: Execution,
    progress: _Clock | Progress | None = None,
    logs: Logs | None = None,
    *,
    system: ProofSystem | None = None,
) -> Proof[ExecutionOutput]: ...


@overload
def prove_execution(
    execution: TransactionExecution,
    progress: _Clock | Progress | None = None,
    logs: Logs | None = None,
    *,
    system: ProofSystem | None = None,
) -> Proof[TransactionOutput]: ...


def prove_execution(
    execution: Execution | TransactionExecution,
    progress: _Clock | Progress | None = None,
    logs: Logs | None = None,
    *,
    system: ProofSystem | None = None,
) -> Proof[ExecutionOutput] | Proof[TransactionOutput]:
    """Prove an execution that has already run. Pass `logs` to avoid chaining its accesses again."""
    check_execution_type(execution)
    system = system or default_system()
    clock = progress if isinstance(progress, _Clock) else _Clock(progress)
    clock.begin("key")
    key = system.key
    clock.begin("witness")
    witness = build_witness(system.circuit, logs or access_logs(execution.frames))
    del logs  # frees its memory from here on, unless the caller keeps it
    runs = (frame.outcome for frame in execution.frames)
    claim = claim_of(zip(runs, witness.public, strict=True))
    tables = [
        TableData(system.circuit.number(item.chip), item.main, item.public) for item in witness.instances
    ]
    shapes = [Shape(table.chip, len(table.main)) for table in tables]
    security = system.backend.security(key, shapes) if tables else NO_SECURITY
    file = ProofFile(
        version=__version__,
        system_digest=system.digest(),
        program_sha256=program_digest(execution.given),
        input_sha256=input_digest(execution.given),
        security_bits=security.bits,
        security_regime=security.regime,
        claim=claim.to_bytes(),
        proof=b"",
    )
    if tables:
        proven = system.backend.prove(key, tables, statement_bytes(file), clock.engine_phase)
    else:
        proven = Proven(b"", NO_SECURITY, 0, 0, 0)
    data = replace(file, proof=proven.proof).to_bytes()
    report = _report(proven, len(data), clock.finish(), witness)
    if isinstance(execution, TransactionExecution):
        return Proof(data, execution.output, report)
    return Proof(data, execution.output, report)


def _report(proven: Proven, size: int, seconds: dict[str, float], witness: Witness) -> ProofReport:
    return ProofReport(
        security_bits=proven.security.bits,
        security_regime=proven.security.regime,
        proof_bytes=size,
        seconds=seconds,
        rows=witness.rows(),
        main_cells=proven.main_cells,
        auxiliary_cells=proven.auxiliary_cells,
        preprocessed_cells=proven.preprocessed_cells,
    )


class _Clock:
    """Measures the phases and reports each one when it begins."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._start = self._last = time.perf_counter()
        self._phase: str | None = None
        self._seconds: dict[str, float] = {}

    def begin(self, phase: str) -> None:
        """End the current phase and begin another."""
        self._close()
        self._phase = phase
        if self._progress is not None:
            self._progress(phase, time.perf_counter() - self._start)

    def engine_phase(self, phase: str, _: float) -> None:
        """Begin a phase of the engine."""
        self.begin(phase)

    def finish(self) -> dict[str, float]:
        """Seconds by phase, with the total time as "total"."""
        self._close()
        return {**self._seconds, "total": time.perf_counter() - self._start}

    def _close(self) -> None:
        now = time.perf_counter()
        if self._phase is not None:
            self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._last
        self._last = now
