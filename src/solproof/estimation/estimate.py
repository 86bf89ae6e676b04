"""Estimates of the cost of proving an execution, from the execution alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof import __version__
from solproof.accesses.access_log import AccessLog
from solproof.accesses.public import public_data
from solproof.backend.protocol import Shape
from solproof.circuit.registry import SbpfCircuit
from solproof.errors import NotEnoughMemory
from solproof.estimation.calibration import Calibration, Load, shipped_calibration
from solproof.estimation.shapes import table_shapes
from solproof.execution.execute import Execution, execute
from solproof.representation import short_repr
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.statement.claim import claim_of
from solproof.statement.proof_file import ProofFile
from solproof.statement.system import ProofSystem, default_system, program_key


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimated cost of a proof.

    Rows, cells and security are exact. The size is an expectation over queries.

    rows: by chip, including padding. Cells are base-field elements.
    load: the numbers from which time and memory are estimated.
    seconds, peak_bytes: the time and the largest resident set of the process on the calibrated machine.
    `calibration` holds the errors of both.
    """

    output: ExecutionOutput
    rows: dict[str, int]
    main_cells: int
    auxiliary_cells: int
    quotient_cells: int
    preprocessed_cells: int
    security_bits: float
    security_regime: str
    proof_bytes: int
    peak_bytes: int
    seconds: float
    load: Load
    calibration: Calibration

    __repr__ = short_repr

    def check_memory(self, limit: int) -> None:
        """Raise `NotEnoughMemory` if the proof needs more than `limit` bytes."""
        if self.peak_bytes > limit:
            raise NotEnoughMemory(
                f"the proof needs about {bytes_text(self.peak_bytes)} of memory but only {bytes_text(limit)} "
                "may be used; nothing was proven; free memory or set a higher --max-memory"
            )


def estimate(execution_input: ExecutionInput, *, system: ProofSystem | None = None) -> Estimate:
    """Execute, and estimate the cost of a proof without proving.

    `system` replaces the proof system of this version.

    Raises `ProgramError`, `InputError` or `UnsupportedError` if the input cannot be run, and `ProvingError`
    if the engine cannot prove the run.
    """
    return estimate_execution(execute(execution_input), system=system)


def estimate_execution(
    execution: Execution,
    calibration: Calibration | None = None,
    log: AccessLog | None = None,
    *,
    system: ProofSystem | None = None,
) -> Estimate:
    """Estimate the cost of a proof of an execution that has already run.

    `calibration` replaces the calibration of this version. Pass `log` to avoid chaining the accesses again.
    """
    execution.check_provable()
    system = system or default_system()
    circuit, backend = system.circuit, system.backend
    key = program_key(system, execution.invocation.program, execution.input.parameters.features)
    log = log or AccessLog(execution.run, key.table)
    shapes = table_shapes(circuit, log, key.preprocessed)
    security = backend.security(key.engine_key, shapes)
    public = public_data(log)
    claim = claim_of(execution.run, public).to_bytes()
    file = ProofFile(
        __version__,
        bytes(32),
        bytes(32),
        bytes(32),
        bytes(32),
        security.bits,
        security.regime,
        claim,
        b"",
    )
    widths = backend.widths(circuit)
    engine_bytes = backend.proof_size(circuit, shapes)
    main, auxiliary, quotient, preprocessed = (
        sum(shape.height * count for shape, count in zip(shapes, counts, strict=True))
        for counts in zip(*(widths[shape.chip].cells for shape in shapes), strict=True)
    )
    run = execution.run
    words = sum(len(event.words) for event in public.events)
    load = Load(run.instructions, len(public.events), words, main + auxiliary + quotient, preprocessed)
    calibration = calibration or shipped_calibration()
    return Estimate(
        output=execution.output,
        rows=_rows(circuit, shapes),
        main_cells=main,
        auxiliary_cells=auxiliary,
        quotient_cells=quotient,
        preprocessed_cells=preprocessed,
        security_bits=security.bits,
        security_regime=security.regime,
        proof_bytes=len(file.to_bytes()) + round(engine_bytes),
        peak_bytes=round(calibration.peak_bytes.at(load)),
        seconds=calibration.seconds.at(load),
        load=load,
        calibration=calibration,
    )


def _rows(circuit: SbpfCircuit, shapes: Sequence[Shape]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for shape in shapes:
        name = circuit.chips[shape.chip].name
        rows[name] = rows.get(name, 0) + shape.height
    return rows


def bytes_text(count: float) -> str:
    """The number of bytes in the largest binary unit that gives at least 1."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:,.0f} {unit}"
        count /= 1024
    return f"{count:,.2f} GiB"
