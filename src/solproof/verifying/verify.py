"""Verify a proof against the caller's own input.

Nothing that the file asserts about itself is trusted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from solproof import __version__
from solproof.accesses.public import PublicData
from solproof.backend.protocol import Security
from solproof.display import counted, html_table, security_text
from solproof.errors import ProofRejected, ProofVersionError, Rejection, VersionMismatch
from solproof.program.bytecode_verifier import load_program
from solproof.representation import described
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.given import check_given
from solproof.runtime.single_instruction import ProcessedInstruction, run_instruction
from solproof.runtime.transaction.process import Processed, process_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput, result_lines
from solproof.statement.claim import Claim
from solproof.statement.proof_file import NO_SECURITY, ProofFile, ProofSource, proof_content
from solproof.statement.statement import input_digest, program_digest, statement_bytes
from solproof.statement.system import ProofSystem, default_system
from solproof.verifying.claimed_frames import ClaimedFrames, ClaimedOutcome

Output_co = TypeVar("Output_co", bound="ExecutionOutput | TransactionOutput", covariant=True)


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Output_co]):
    """The result of a valid proof. `output` follows from the caller's input and the proof alone.

    frames: how many frames of sBPF programs were proven. events: how many syscalls were replayed.
    event_words: how many words of memory they list.
    """

    output: Output_co
    security_bits: float
    security_regime: str
    proof_bytes: int
    seconds: dict[str, float]
    frames: int
    events: int
    event_words: int

    def __repr__(self) -> str:
        names = ("security_bits", "security_regime", "proof_bytes", "frames", "events", "event_words")
        return described(self, {**self.output.headline(), **{name: getattr(self, name) for name in names}})

    def _repr_html_(self) -> str:
        rows = [
            ("security", security_text(self.security_bits, self.security_regime)),
            ("proof", f"{self.proof_bytes:,} bytes"),
            ("replayed", f"{counted(self.events, 'syscall')}, {counted(self.event_words, 'word')}"),
            ("time", f"{self.seconds['total']:.3f} s"),
        ]
        return html_table("Valid proof", [*result_lines(self.output), *rows])


@overload
def verify(
    data: ProofSource, given: ExecutionInput, *, system: ProofSystem | None = None
) -> Verdict[ExecutionOutput]: ...


@overload
def verify(
    data: ProofSource, given: Scene, *, system: ProofSystem | None = None
) -> Verdict[TransactionOutput]: ...


def verify(
    data: ProofSource, given: ExecutionInput | Scene, *, system: ProofSystem | None = None
) -> Verdict[ExecutionOutput] | Verdict[TransactionOutput]:
    """Accept a proof only if it proves this instruction, or the transaction of this scene.

    data: the content of a proof file, its path, or the result of `prove`.

    `system` replaces the proof system of this version.

    Raises `ProofRejected` with the reason, `ProofVersionError` for a proof of another version,
    `ProgramError` or `InputError` if the caller's own input cannot be used, and `TypeError` for a value that
    is no proof or no input.
    """
    check_given(given)
    data = proof_content(data)
    start = time.perf_counter()
    file = ProofFile.from_bytes(data)
    system = system or default_system()
    _check_header(file, given, system)
    keyed = time.perf_counter()

    claim = Claim.from_bytes(file.claim)
    claimed = ClaimedFrames(claim)
    processed = _replay(given, claimed)
    claimed.finish(len(processed.frames))
    replayed = time.perf_counter()

    security = _verify_frames(file, [frame.outcome.public for frame in processed.frames], system)
    end = time.perf_counter()
    events = [event for frame in claim.frames for event in frame.events]
    facts = (
        security.bits,
        security.regime,
        len(data),
        {
            "key": keyed - start,
            "replay": replayed - keyed,
            "engine": end - replayed,
            "total": end - start,
        },
        len(claim.frames),
        len(events),
        sum(len(event.words) for event in events),
    )
    if isinstance(processed, Processed):
        return Verdict(processed.output, *facts)
    return Verdict(processed.output, *facts)


def _check_header(file: ProofFile, given: ExecutionInput | Scene, system: ProofSystem) -> None:
    if file.system_digest != system.digest():
        raise ProofVersionError(
            VersionMismatch.PROOF_SYSTEM,
            f"the proof was made by solproof {file.version} with another circuit or other parameters of the "
            f"proof system than this solproof {__version__} has",
        )
    program = program_digest(given)
    if (file.program_sha256 is None) != (program is None):
        about = "a transaction" if file.program_sha256 is None else "one instruction"
        raise ProofRejected(Rejection.OTHER_KIND, f"the proof is about {about}, the given input is not")
    if file.program_sha256 is not None and file.program_sha256 != program:
        raise ProofRejected(
            Rejection.OTHER_PROGRAM,
            f"the proof is about the program with SHA-256 {file.program_sha256.hex()}, not about this one",
        )
    if file.input_sha256 != input_digest(given):
        raise ProofRejected(
            Rejection.OTHER_INPUT,
            f"the proof is about the input with SHA-256 {file.input_sha256.hex()}, not about this one",
        )


def _replay(
    given: ExecutionInput | Scene, claimed: ClaimedFrames
) -> ProcessedInstruction[ClaimedOutcome] | Processed[ClaimedOutcome]:
    if isinstance(given, Scene):
        return process_transaction(given, claimed)
    versions = given.parameters.features.sbpf_versions
    program = load_program(given.program, given.program_format, versions)
    return run_instruction(given, claimed, program)


def _verify_frames(file: ProofFile, frames: list[PublicData], system: ProofSystem) -> Security:
    if frames:
        public = system.circuit.public_inputs(frames)
        return system.backend.verify(system.key, file.proof, public, statement_bytes(file))
    # There is nothing for the engine to prove, so nothing in the file may look as if it were proven.
    if file.proof or file.security_bits or file.security_regime:
        raise ProofRejected(
            Rejection.SURPLUS_PROOF, "the file has no frames, but holds a proof or states a security"
        )
    return NO_SECURITY
