"""The proof file.

    8 bytes  magic "SOLPROOF"
    u16      format version
    u8 + n   version of solproof that made the file, ASCII
    32 bytes digest of the proof system: circuit, key and engine parameters
    u8       kind: 0 for an instruction, 1 for a transaction
    32 bytes SHA-256 of the program's file, only for an instruction
    32 bytes SHA-256 of the scene of a transaction, as `scene.bin`; or of the rest of an instruction's input,
             as `input.bin` with an empty program
    u32      security in thousandths of a bit, as the prover computed it (the verifier computes it again)
    u8 + n   security regime, ASCII
    u32 + n  claim
    u32 + n  proof of the engine

A run that executes no sBPF program has no frame. Then the proof is empty, the security is 0, and the regime
has no text. All integers are little-endian, and no bytes may follow. A file with another format version is
neither valid nor invalid here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from solproof.arguments import bytes_argument
from solproof.backend.protocol import Security
from solproof.errors import NotAProof, ProofRejected, ProofVersionError, Rejection, VersionMismatch
from solproof.formats.reader import ByteReader, Problem, ReaderErrors
from solproof.host.files import read_file
from solproof.representation import short_repr

MAGIC = b"SOLPROOF"
FORMAT = 5
INSTRUCTION, TRANSACTION = 0, 1
MAXIMUM_BYTES = 64 * 1024 * 1024
NO_SECURITY = Security(0.0, "")
"""What a file states that has no frames, so that nothing is proven by a STARK."""

REASONS = {
    Problem.CUT_OFF: Rejection.FILE_TRUNCATED,
    Problem.NOT_PRINTABLE: Rejection.FILE_TEXT,
    Problem.NOT_ENDED: Rejection.FILE_TRAILING_BYTES,
}
ERRORS = ReaderErrors(
    lambda problem, message: ProofRejected(REASONS[problem], message),
    "cut off in its {field}, at byte {size} of at least {end}",
    "{left} bytes follow its end",
)


class HasProofFile(Protocol):
    """A value whose `data` is the content of a proof file, such as a `Proof`."""

    @property
    def data(self) -> bytes: ...


ProofSource: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str] | HasProofFile
"""A proof: the content of its file, the path of its file, or the result of `prove`."""


def proof_content(proof: ProofSource) -> bytes:
    """The content of a proof file.

    Raises `InputError` if the file cannot be read, and `TypeError` for a value that is no proof.
    """
    if isinstance(proof, (str, os.PathLike)):
        return read_file(Path(proof), "proof")
    needed = "the result of solproof.prove, the bytes of its file, or the path of its file"
    if isinstance(proof, (bytes, bytearray, memoryview)):
        return bytes(proof)
    return bytes_argument(getattr(proof, "data", proof), "proof", needed)


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The parts of a proof file. `security_bits` is the value that the prover computed.

    `program_sha256` is None for a transaction.
    """

    version: str
    system_digest: bytes
    program_sha256: bytes | None
    input_sha256: bytes
    security_bits: float
    security_regime: str
    claim: bytes
    proof: bytes

    __repr__ = short_repr

    def header(self) -> bytes:
        """The part of the file before the claim."""
        return b"".join(
            [
                MAGIC,
                FORMAT.to_bytes(2, "little"),
                _sized(self.version.encode("ascii"), 1),
                self.system_digest,
                self._kind(),
                self.input_sha256,
                round(self.security_bits * 1000).to_bytes(4, "little"),
                _sized(self.security_regime.encode("ascii"), 1),
            ]
        )

    def _kind(self) -> bytes:
        if self.program_sha256 is None:
            return bytes([TRANSACTION])
        return bytes([INSTRUCTION]) + self.program_sha256

    def to_bytes(self) -> bytes:
        """The bytes of the file."""
        return self.header() + _sized(self.claim, 4) + _sized(self.proof, 4)

    @classmethod
    def from_bytes(cls, data: bytes) -> ProofFile:
        """Parse a file.

        Raises `ProofRejected`, `NotAProof` for any other file, and `ProofVersionError` for another format
        version.
        """
        if len(data) > MAXIMUM_BYTES:
            raise ProofRejected(
                Rejection.FILE_TOO_LARGE,
                f"proof file: {len(data)} bytes, more than the limit of {MAXIMUM_BYTES}",
            )
        if not data.startswith(MAGIC):
            start = bytes(data[: len(MAGIC)])
            raise NotAProof(Rejection.FILE_MAGIC, f"proof file: starts with {start!r}, expected {MAGIC!r}")
        reader = ByteReader(data, "proof file", ERRORS)
        reader.take(len(MAGIC), "magic")
        version = reader.unsigned(2, "format version")
        if version != FORMAT:
            raise ProofVersionError(
                VersionMismatch.FILE_FORMAT,
                f"proof file: format version {version}, this solproof reads version {FORMAT}",
            )
        parsed = cls(
            version=_text(reader, "version"),
            system_digest=reader.take(32, "proof system digest"),
            program_sha256=_program_digest(reader),
            input_sha256=reader.take(32, "input digest"),
            security_bits=reader.unsigned(4, "security bits") / 1000,
            security_regime=_text(reader, "security regime"),
            claim=_block(reader, "claim"),
            proof=_block(reader, "proof"),
        )
        reader.finish()
        return parsed


def _program_digest(reader: ByteReader) -> bytes | None:
    kind = reader.unsigned(1, "kind")
    if kind not in (INSTRUCTION, TRANSACTION):
        raise ProofRejected(
            Rejection.FILE_KIND, f"proof file: kind {kind}, expected {INSTRUCTION} or {TRANSACTION}"
        )
    return reader.take(32, "program digest") if kind == INSTRUCTION else None


def _sized(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "little") + content


def _block(reader: ByteReader, what: str) -> bytes:
    return reader.take(reader.unsigned(4, f"length of the {what}"), what)


def _text(reader: ByteReader, what: str) -> str:
    return reader.printable(reader.unsigned(1, f"length of the {what}"), what, f"its {what}")
