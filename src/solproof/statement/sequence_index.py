"""A directory of proofs of a sequence of transactions, and its index.

    index.json      which transactions are proven
    000001.proof    the proof of transaction 1

    {"format": 1,
     "system": digest of the proof system that made the proofs,
     "proofs": [{"number": of the transaction, counted from 1,
                 "scene": SHA-256 of the scene as the transaction has seen it,
                 "proof": SHA-256 of the proof file,
                 "milliseconds": what the proof took}, ...]}

Digests are in hexadecimal, and numbers rise. A transaction that is refused because its message was processed
before has no proof. The index helps a prover that continues, and it finds damaged files. It proves nothing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solproof.errors import InputError
from solproof.formats.json_fields import (
    decode_json,
    expected,
    read_array,
    read_integer,
    read_object,
    read_required,
)
from solproof.host.files import read_file, write_file

INDEX_NAME = "index.json"
FORMAT = 1
MOST_TRANSACTIONS = 65_536
MAXIMUM_BYTES = 16 * 1024 * 1024
MOST_MILLISECONDS = 10**12
DIGEST = re.compile("[0-9a-f]{64}")
INDEX_FIELDS = ("format", "system", "proofs")
PROOF_FIELDS = ("number", "scene", "proof", "milliseconds")


def proof_path(directory: Path, number: int) -> Path:
    """The file with the proof of a transaction, whose number counts from 1."""
    return directory / f"{number:06}.proof"


@dataclass(frozen=True, slots=True)
class IndexedProof:
    """A proof in the index. Digests are 32 bytes of SHA-256."""

    scene_digest: bytes
    proof_digest: bytes
    milliseconds: int

    def is_of(self, data: bytes) -> bool:
        """Whether these are the bytes of the proof file."""
        return hashlib.sha256(data).digest() == self.proof_digest


@dataclass(frozen=True, slots=True)
class SequenceIndex:
    """The index of a directory.

    system: the digest of the proof system.
    proofs: by the numbers of their transactions.
    """

    system: bytes
    proofs: dict[int, IndexedProof] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The largest number of a transaction that has a proof, 0 if there is none."""
        return max(self.proofs, default=0)

    def write(self, directory: Path) -> None:
        """Write the file whole or not at all. Raises `OutputError`."""
        write_file(directory / INDEX_NAME, self.to_bytes())

    def to_bytes(self) -> bytes:
        """The content of the file."""
        lines = ",".join(
            f'\n  {{"number": {number}, "scene": "{proof.scene_digest.hex()}", '
            f'"proof": "{proof.proof_digest.hex()}", "milliseconds": {proof.milliseconds}}}'
            for number, proof in sorted(self.proofs.items())
        )
        text = f'{{"format": {FORMAT}, "system": "{self.system.hex()}", "proofs": [{lines}\n]}}\n'
        return text.encode("ascii")


def read_index(directory: Path) -> SequenceIndex:
    """The index of a directory of proofs.

    Raises `InputError` if it cannot be read, has more than 16 MiB, or is not exactly of the form above.
    """
    path = directory / INDEX_NAME
    content = read_file(path, "index", MAXIMUM_BYTES)
    try:
        return parse_index(content)
    except InputError as error:
        raise InputError(f"index {path}: {str(error).removeprefix('index: ')}") from None


def parse_index(content: bytes) -> SequenceIndex:
    """The index in a file. Raises `InputError` if it is not exactly of the form above."""
    document = read_object(decode_json(content, "index"), "index", INDEX_FIELDS)
    version = read_required(document, "format", "format")
    if read_integer(version, "format", 2**31) != FORMAT:
        raise expected("format", str(FORMAT), version)
    proofs: dict[int, IndexedProof] = {}
    last = 0
    listed = read_array(read_required(document, "proofs", "proofs"), "proofs", MOST_TRANSACTIONS)
    for position, element in enumerate(listed):
        path = f"proofs[{position}]"
        fields = read_object(element, path, PROOF_FIELDS)
        number = read_required(fields, "number", f"{path}.number")
        if read_integer(number, f"{path}.number", MOST_TRANSACTIONS) <= last:
            raise expected(f"{path}.number", f"more than {last}", number)
        last = number
        proofs[number] = IndexedProof(
            _digest(fields, "scene", path),
            _digest(fields, "proof", path),
            read_integer(
                read_required(fields, "milliseconds", f"{path}.milliseconds"),
                f"{path}.milliseconds",
                MOST_MILLISECONDS,
            ),
        )
    return SequenceIndex(_digest(document, "system", ""), proofs)


def _digest(fields: dict[str, Any], name: str, path: str) -> bytes:
    place = f"{path}.{name}".lstrip(".")
    value = read_required(fields, name, place)
    if not isinstance(value, str) or not DIGEST.fullmatch(value):
        raise expected(place, "64 digits of lower-case hexadecimal", value)
    return bytes.fromhex(value)
