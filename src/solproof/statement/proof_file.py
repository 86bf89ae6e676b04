"""The proof file.

    8 bytes  magic "SOLPROOF"
    u16      format version
    u8 + n   version of solproof that made the file, ASCII
    32 bytes digest of the proof system: circuit and engine parameters
    32 bytes SHA-256 of the program's file
    32 bytes SHA-256 of the rest of the input, as `input.bin` with an empty program
    32 bytes digest of the key: circuit and loaded program
    u32      security in thousandths of a bit, as the prover computed it (the verifier computes it again)
    u8 + n   security regime, ASCII
    u32 + n  claim
    u32 + n  proof of the engine

All integers are little-endian, and no bytes may follow. A file with another format version is neither valid
nor invalid here.
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.errors import ProofRejected, ProofVersionError, Rejection, VersionMismatch
from solproof.formats.reader import ByteReader, Problem, ReaderErrors
from solproof.representation import short_repr

MAGIC = b"SOLPROOF"
FORMAT = 4
MAXIMUM_BYTES = 64 * 1024 * 1024
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


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The parts of a proof file. `security_bits` is the value that the prover computed."""

    version: str
    system_digest: bytes
    program_sha256: bytes
    input_sha256: bytes
    key_digest: bytes
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
                self.program_sha256,
                self.input_sha256,
                self.key_digest,
                round(self.security_bits * 1000).to_bytes(4, "little"),
                _sized(self.security_regime.encode("ascii"), 1),
            ]
        )

    def to_bytes(self) -> bytes:
        """The bytes of the file."""
        return self.header() + _sized(self.claim, 4) + _sized(self.proof, 4)

    @classmethod
    def from_bytes(cls, data: bytes) -> ProofFile:
        """Parse a file. Raises `ProofRejected`, or `ProofVersionError` for another format version."""
        if len(data) > MAXIMUM_BYTES:
            raise ProofRejected(
                Rejection.FILE_TOO_LARGE,
                f"proof file: {len(data)} bytes, more than the limit of {MAXIMUM_BYTES}",
            )
        reader = ByteReader(data, "proof file", ERRORS)
        magic = reader.take(len(MAGIC), "magic")
        if magic != MAGIC:
            raise ProofRejected(
                Rejection.FILE_MAGIC, f"proof file: starts with {magic!r}, expected {MAGIC!r}"
            )
        version = reader.unsigned(2, "format version")
        if version != FORMAT:
            raise ProofVersionError(
                VersionMismatch.FILE_FORMAT,
                f"proof file: format version {version}, this solproof reads version {FORMAT}",
            )
        parsed = cls(
            version=_text(reader, "version"),
            system_digest=reader.take(32, "proof system digest"),
            program_sha256=reader.take(32, "program digest"),
            input_sha256=reader.take(32, "input digest"),
            key_digest=reader.take(32, "key digest"),
            security_bits=reader.unsigned(4, "security bits") / 1000,
            security_regime=_text(reader, "security regime"),
            claim=_block(reader, "claim"),
            proof=_block(reader, "proof"),
        )
        reader.finish()
        return parsed


def _sized(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "little") + content


def _block(reader: ByteReader, what: str) -> bytes:
    return reader.take(reader.unsigned(4, f"length of the {what}"), what)


def _text(reader: ByteReader, what: str) -> str:
    return reader.printable(reader.unsigned(1, f"length of the {what}"), what, f"its {what}")
