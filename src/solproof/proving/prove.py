"""Prove an execution."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from solproof import __version__, _engine
from solproof.accesses.access_log import AccessLog
from solproof.backend.key import program_key, system_digest
from solproof.circuit.registry import CIRCUIT
from solproof.display import html_table, security_text
from solproof.errors import ProvingError
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.execute import Execution, execute
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput, outcome_lines
from solproof.statement.claim import claim_of
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest, statement_bytes

Progress = Callable[[str, float], object]
"""Called with the name of a phase as it begins, and the seconds since the start of the proof."""


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What a proof cost: seconds by phase, rows by chip with padding, cells as base-field elements."""

    security_bits: float
    security_regime: str
    proof_bytes: int
    seconds: dict[str, float]
    rows: dict[str, int]
    main_cells: int
    auxiliary_cells: int
    preprocessed_cells: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of an execution: `data` is the content of a proof file."""

    data: bytes
    output: ExecutionOutput
    report: ProofReport

    def _repr_html_(self) -> str:
        report = self.report
        rows = [
            ("security", security_text(report.security_bits, report.security_regime)),
            ("proof", f"{report.proof_bytes:,} bytes"),
            ("rows", f"{sum(report.rows.values()):,} in {len(report.rows)} chips"),
            ("cells", f"{report.main_cells + report.auxiliary_cells:,}"),
            ("time", f"{report.seconds['total']:.2f} s"),
        ]
        return html_table("Proof", [*outcome_lines(self.output), *rows])


def prove(execution_input: ExecutionInput, progress: Progress | None = None) -> Proof:
    """Execute and prove.

    Raises `ProgramError`, `InputError` or `UnsupportedError` for what cannot be run or proven, `ProvingError`
    when the engine refuses.
    """
    clock = _Clock(progress)
    clock.begin("execute")
    execution = execute(execution_input)
    return prove_execution(execution, clock)


def prove_execution(
    execution: Execution,
    progress: _Clock | Progress | None = None,
    log: AccessLog | None = None,
) -> Proof:
    """Prove an execution that has been run already; `chained` saves chaining it again."""
    clock = progress if isinstance(progress, _Clock) else _Clock(progress)
    clock.begin("key")
    key = program_key(execution.invocation.program, execution.input.parameters.features)
    clock.begin("witness")
    witness = build_witness(log or AccessLog(execution.run, key.table), key.image_columns)
    del log  # its memory is free from here on, unless the caller keeps it
    claim = claim_of(execution.run, witness.public)
    instances = [
        (CIRCUIT.number(item.chip), item.main, item.public, item.values) for item in witness.instances
    ]
    parameters = _engine.parameters_default()
    shapes = [(number, len(main).bit_length() - 1) for number, main, _, _ in instances]
    try:
        security = _engine.security(key.engine_key, shapes, parameters)
        file = ProofFile(
            version=__version__,
            system_digest=system_digest(parameters),
            program_sha256=execution.invocation.program.file_sha256,
            input_sha256=input_digest(execution.input),
            key_digest=key.engine_key.digest,
            security_bits=security["security_bits"],
            security_regime=security["security_regime"],
            claim=claim.to_bytes(),
            proof=b"",
        )
        proof, report = _engine.prove(
            key.engine_key, instances, statement_bytes(file), parameters, clock.engine_phase
        )
    except _engine.EngineError as error:
        raise ProvingError(str(error)) from error
    data = replace(file, proof=proof).to_bytes()
    return Proof(data, execution.output, _report(report, len(data), clock.finish(), witness))


def _report(report: _engine.Report, size: int, seconds: dict[str, float], witness: Witness) -> ProofReport:
    return ProofReport(
        security_bits=report["security_bits"],
        security_regime=report["security_regime"],
        proof_bytes=size,
        seconds=seconds,
        rows=witness.rows(),
        main_cells=report["main_cells"],
        auxiliary_cells=report["auxiliary_cells"],
        preprocessed_cells=report["preprocessed_cells"],
    )


class _Clock:
    """Times phases and reports each as it begins."""

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
        """A phase of the engine."""
        self.begin(phase)

    def finish(self) -> dict[str, float]:
        """Seconds by phase, with their sum as "total"."""
        self._close()
        return {**self._seconds, "total": time.perf_counter() - self._start}

    def _close(self) -> None:
        now = time.perf_counter()
        if self._phase is not None:
            self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._last
        self._last = now
