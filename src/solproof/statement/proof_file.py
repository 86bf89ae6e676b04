"""The proof file.

    8 bytes  magic "SOLPROOF"
    u16      format version
    u8 + n   version of solproof that made it, ASCII
    32 bytes digest of the proof system: circuit and engine parameters
    32 bytes SHA-256 of the program's file
    32 bytes SHA-256 of the rest of the input, as `input.bin` with an empty program
    32 bytes digest of the key: circuit and loaded program
    u32      security in thousandths of a bit, as computed when it was made (the verifier computes its own)
    u8 + n   security regime, ASCII
    u32 + n  claim
    u32 + n  proof of the engine

All little-endian; nothing may follow. A file with another format version is neither valid nor invalid here.
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.errors import ProofRejected, ProofVersionError

MAGIC = b"SOLPROOF"
FORMAT = 4
MAXIMUM_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The parts of a proof file; `security_bits` is what the maker computed."""

    version: str
    system_digest: bytes
    program_sha256: bytes
    input_sha256: bytes
    key_digest: bytes
    security_bits: float
    security_regime: str
    claim: bytes
    proof: bytes

    def header(self) -> bytes:
        """The file as far as the claim."""
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
        """The file."""
        return self.header() + _sized(self.claim, 4) + _sized(self.proof, 4)

    @classmethod
    def from_bytes(cls, data: bytes) -> ProofFile:
        """Parse a file; raises `ProofRejected`, or `ProofVersionError` for another format version."""
        if len(data) > MAXIMUM_BYTES:
            raise ProofRejected(f"proof file: {len(data)} bytes, more than the limit of {MAXIMUM_BYTES}")
        reader = _Reader(data)
        magic = reader.take(8, "magic")
        if magic != MAGIC:
            raise ProofRejected(f"proof file: starts with {magic!r}, expected {MAGIC!r}")
        version = int.from_bytes(reader.take(2, "format version"), "little")
        if version != FORMAT:
            raise ProofVersionError(
                f"proof file: format version {version}, this solproof reads version {FORMAT}"
            )
        parsed = cls(
            version=reader.text("version"),
            system_digest=reader.take(32, "proof system digest"),
            program_sha256=reader.take(32, "program digest"),
            input_sha256=reader.take(32, "input digest"),
            key_digest=reader.take(32, "key digest"),
            security_bits=int.from_bytes(reader.take(4, "security bits"), "little") / 1000,
            security_regime=reader.text("security regime"),
            claim=reader.sized(4, "claim"),
            proof=reader.sized(4, "proof"),
        )
        if reader.position != len(data):
            raise ProofRejected(f"proof file: {len(data) - reader.position} bytes follow its end")
        return parsed


def _sized(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "little") + content


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, count: int, what: str) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise ProofRejected(
                f"proof file: cut off in its {what}, at byte {len(self.data)} of at least {end}"
            )
        block, self.position = self.data[self.position : end], end
        return block

    def sized(self, width: int, what: str) -> bytes:
        return self.take(int.from_bytes(self.take(width, f"length of the {what}"), "little"), what)

    def text(self, what: str) -> str:
        content = self.sized(1, what)
        if not content.isascii() or not content.decode("ascii").isprintable():
            raise ProofRejected(f"proof file: its {what} is not printable ASCII")
        return content.decode("ascii")
