"""Estimates of the cost of proving an execution, from the execution alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof import __version__
from solproof.accesses.public import public_data
from solproof.backend.protocol import Shape
from solproof.circuit.frames import access_logs
from solproof.circuit.registry import SbpfCircuit
from solproof.circuit.table import Logs
from solproof.display import bytes_text
from solproof.errors import NotEnoughMemory
from solproof.estimation.calibration import Calibration, Load, shipped_calibration
from solproof.estimation.shapes import table_shapes
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import run
from solproof.representation import short_repr
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.claim import claim_of
from solproof.statement.proof_file import NO_SECURITY, ProofFile
from solproof.statement.system import ProofSystem, default_system


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimated cost of a proof.

    Rows, cells and security are exact. The size is an expectation over queries. A run without frames has no
    tables, and its proof states no security.

    frames: how many frames of sBPF programs the proof is about.
    rows: by chip, including padding. Cells are base-field elements.
    load: the numbers from which time and memory are estimated.
    seconds, peak_bytes: the time and the largest resident set of the process on the calibrated machine.
    `calibration` holds the errors of both.
    """

    output: ExecutionOutput | TransactionOutput
    frames: int
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


def estimate(given: ExecutionInput | Scene, *, system: ProofSystem | None = None) -> Estimate:
    """Execute an instruction, or the transaction of a scene, and estimate the cost of a proof.

    `system` replaces the proof system of this version.

    Raises `ProgramError`, `InputError` or `UnsupportedError` if the input cannot be run, and `ProvingError`
    if the engine cannot prove the run.
    """
    return estimate_execution(run(given), system=system)


def estimate_execution(
    execution: Execution | TransactionExecution,
    calibration: Calibration | None = None,
    logs: Logs | None = None,
    *,
    system: ProofSystem | None = None,
) -> Estimate:
    """Estimate the cost of a proof of an execution that has already run.

    `calibration` replaces the calibration of this version. Pass `logs` to avoid chaining the accesses again.
    Raises `ProvingError` if the engine cannot prove the run.
    """
    system = system or default_system()
    circuit, backend = system.circuit, system.backend
    logs = access_logs(execution.frames) if logs is None else logs
    shapes = table_shapes(circuit, logs)
    security = backend.security(system.key, shapes) if shapes else NO_SECURITY
    public = [public_data(log) for log in logs]
    widths = backend.widths(circuit)
    main, auxiliary, quotient, preprocessed = (
        sum(shape.height * widths[shape.chip].cells[kind] for shape in shapes) for kind in range(4)
    )
    events = [event for frame in public for event in frame.events]
    claim = claim_of((log.run, frame) for log, frame in zip(logs, public, strict=True))
    file = ProofFile(
        version=__version__,
        system_digest=bytes(32),
        program_sha256=bytes(32) if isinstance(execution, Execution) else None,
        input_sha256=bytes(32),
        security_bits=security.bits,
        security_regime=security.regime,
        claim=claim.to_bytes(),
        proof=b"",
    )
    engine_bytes = backend.proof_size(circuit, shapes) if shapes else 0
    load = Load(
        frames=len(logs),
        instructions=sum(log.run.instructions for log in logs),
        events=len(events),
        event_words=sum(len(event.words) for event in events),
        block_words=sum(len(log.memory_calls.blocks.clk) for log in logs),
        cells=main + auxiliary + quotient,
        proof_bytes=len(file.to_bytes()) + round(engine_bytes),
    )
    calibration = calibration or shipped_calibration()
    return Estimate(
        output=execution.output,
        frames=len(logs),
        rows=_rows(circuit, shapes),
        main_cells=main,
        auxiliary_cells=auxiliary,
        quotient_cells=quotient,
        preprocessed_cells=preprocessed,
        security_bits=security.bits,
        security_regime=security.regime,
        proof_bytes=load.proof_bytes,
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
