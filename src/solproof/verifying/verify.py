"""Verify a proof against the caller's own program and input.

Nothing that the file asserts about itself is trusted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from solproof import __version__
from solproof.display import html_table, security_text
from solproof.errors import ProofRejected, ProofVersionError, Rejection, VersionMismatch
from solproof.program.bytecode_verifier import load_program
from solproof.representation import described
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput, outcome_lines
from solproof.runtime.single_instruction import run_instruction
from solproof.statement.claim import Claim
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest, program_digest, statement_bytes
from solproof.statement.system import ProofSystem, default_system, program_key
from solproof.verifying.claimed_frame import ClaimedFrame


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a valid proof. `output` follows from the caller's program, the input and the proof alone.

    events: how many syscalls were replayed. event_words: how many words of memory they touched.
    """

    output: ExecutionOutput
    security_bits: float
    security_regime: str
    proof_bytes: int
    seconds: dict[str, float]
    events: int
    event_words: int

    def __repr__(self) -> str:
        names = ("security_bits", "security_regime", "proof_bytes", "events", "event_words")
        return described(self, {**self.output.headline(), **{name: getattr(self, name) for name in names}})

    def _repr_html_(self) -> str:
        rows = [
            ("security", security_text(self.security_bits, self.security_regime)),
            ("proof", f"{self.proof_bytes:,} bytes"),
            ("replayed", f"{self.events:,} syscalls, {self.event_words:,} words"),
            ("time", f"{self.seconds['total']:.3f} s"),
        ]
        return html_table("Valid proof", [*outcome_lines(self.output), *rows])


def verify(data: bytes, execution_input: ExecutionInput, *, system: ProofSystem | None = None) -> Verdict:
    """Accept a proof file only if it proves a run of this program on this input.

    `system` replaces the proof system of this version.

    Raises `ProofRejected` with the reason, `ProofVersionError` for a proof of another version, and
    `ProgramError` or `InputError` if the caller's own program or input cannot be used.
    """
    start = time.perf_counter()
    file = ProofFile.from_bytes(data)
    system = system or default_system()
    if file.system_digest != system.digest():
        raise ProofVersionError(
            VersionMismatch.PROOF_SYSTEM,
            f"the proof was made by solproof {file.version} with another circuit or other parameters of the "
            f"proof system than this solproof {__version__} has",
        )
    if file.program_sha256 != program_digest(execution_input):
        raise ProofRejected(
            Rejection.OTHER_PROGRAM,
            f"the proof is about the program with SHA-256 {file.program_sha256.hex()}, not about this one",
        )
    if file.input_sha256 != input_digest(execution_input):
        raise ProofRejected(
            Rejection.OTHER_INPUT,
            f"the proof is about the input with SHA-256 {file.input_sha256.hex()}, not about this one",
        )
    program = load_program(
        execution_input.program,
        execution_input.program_format,
        execution_input.parameters.features.sbpf_versions,
    )
    key = program_key(system, program, execution_input.parameters.features)
    if file.key_digest != key.engine_key.digest:
        raise ProofVersionError(
            VersionMismatch.PROGRAM_KEY,
            "the proof was made for another key than the one "
            f"this solproof {__version__} makes of the program",
        )
    keyed = time.perf_counter()

    claim = Claim.from_bytes(file.claim)
    claimed = ClaimedFrame(claim)
    processed = run_instruction(execution_input, claimed, program)
    replayed = time.perf_counter()

    public = system.circuit.public_inputs(processed.frames[0].outcome.public)
    security = system.backend.verify(key.engine_key, file.proof, public, statement_bytes(file))
    end = time.perf_counter()
    return Verdict(
        output=processed.output,
        security_bits=security.bits,
        security_regime=security.regime,
        proof_bytes=len(data),
        seconds={
            "key": keyed - start,
            "replay": replayed - keyed,
            "engine": end - replayed,
            "total": end - start,
        },
        events=len(claim.events),
        event_words=sum(len(event.words) for event in claim.events),
    )
