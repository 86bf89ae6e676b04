"""Verify the proofs of a sequence of transactions, each on what the ones before it have left.

No transaction is executed: the accounts that a transaction sees follow from the verdicts on those before it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from solproof.errors import ProofRejected, Rejection, SolproofError
from solproof.host.files import read_file
from solproof.representation import short_repr
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.proof_file import MAXIMUM_BYTES
from solproof.statement.sequence_index import INDEX_NAME, SequenceIndex, proof_path, read_index
from solproof.statement.statement import input_digest
from solproof.statement.system import ProofSystem
from solproof.verifying.verify import Verdict, verify


@dataclass(frozen=True, slots=True)
class VerifiedTransaction:
    """A transaction of a sequence, whose proof is valid.

    number: counted from 1.
    signatures: of the transaction, 64 bytes each.
    output: follows from the caller's scenes, and from the proofs of this transaction and those before it.
    verdict: None if the message was processed before, because such a transaction is refused and has no proof.
    seconds: what the verification took.
    """

    number: int
    signatures: tuple[bytes, ...]
    output: TransactionOutput
    verdict: Verdict[TransactionOutput] | None
    seconds: float

    __repr__ = short_repr

    @property
    def proof_bytes(self) -> int | None:
        """The size of the proof file, None without a proof."""
        return None if self.verdict is None else self.verdict.proof_bytes


def verify_sequence(
    directory: str | os.PathLike[str],
    scenes: Iterable[Scene],
    progress: Callable[[VerifiedTransaction], object] | None = None,
    *,
    ledger: Ledger | None = None,
    system: ProofSystem | None = None,
) -> tuple[VerifiedTransaction, ...]:
    """Accept a directory of proofs only if it proves every transaction of the caller's scenes, in order.

    The accounts of each transaction are those that the ones before it left, by their proofs.

    directory: as `prove_sequence` leaves it.
    progress: called with each result, in the order of the transactions.
    ledger: the accounts at the start, and afterwards those at the end. It is empty by default. After an error
        it has the accounts after the last valid proof, and those that the next scene introduces.
    system: replaces the proof system of this version.

    Raises `ProofRejected` with the reason, `ProofVersionError` for a proof of another version, and
    `InputError` if the index or a transaction cannot be read. The error of a transaction has its number,
    counted from 1.
    """
    place, expected = Path(directory), tuple(scenes)
    index = read_index(place)
    if index.last > len(expected):
        raise ProofRejected(
            Rejection.PROOF_SURPLUS,
            f"{place / INDEX_NAME}: lists a proof of transaction {index.last}, "
            f"but the sequence has {len(expected)}",
        )
    ledger = Ledger() if ledger is None else ledger
    results = []
    for number, scene in enumerate(expected, start=1):
        try:
            result = _verified(number, scene, ledger, place, index, system)
        except SolproofError as error:
            raise error.placed(f"transaction {number}") from None
        results.append(result)
        if progress is not None:
            progress(result)
    return tuple(results)


def _verified(
    number: int,
    scene: Scene,
    ledger: Ledger,
    directory: Path,
    index: SequenceIndex,
    system: ProofSystem | None,
) -> VerifiedTransaction:
    """Verify one transaction, and keep in the ledger what it commits."""
    start = time.perf_counter()
    signatures = parse_transaction(scene.transaction).signatures
    seen = ledger.seen(scene)
    output, verdict = ledger.repeated(seen), None
    if output is None:
        verdict = verify(_proof(number, seen, directory, index), seen, system=system)
        output = verdict.output
    elif number in index.proofs:
        raise ProofRejected(Rejection.PROOF_SURPLUS, "the message is repeated, so it has no proof")
    ledger.commit(seen, output)
    return VerifiedTransaction(number, signatures, output, verdict, time.perf_counter() - start)


def _proof(number: int, seen: Scene, directory: Path, index: SequenceIndex) -> bytes:
    """The content of the proof file that the index lists for a scene."""
    if number not in index.proofs:
        raise ProofRejected(Rejection.PROOF_MISSING, f"{directory / INDEX_NAME}: lists no proof of it")
    listed, path = index.proofs[number], proof_path(directory, number)
    if listed.scene_digest != input_digest(seen):
        raise ProofRejected(
            Rejection.OTHER_INPUT,
            f"the proof is about the scene with SHA-256 {listed.scene_digest.hex()}, not about this one",
        )
    if not path.is_file():
        raise ProofRejected(Rejection.PROOF_MISSING, f"{path}: there is no such file")
    # A file that is too large is not the listed one either.
    data = read_file(path, "proof", MAXIMUM_BYTES) if path.stat().st_size <= MAXIMUM_BYTES else b""
    if not listed.is_of(data):
        raise ProofRejected(
            Rejection.PROOF_CHANGED,
            f"{path}: expected the SHA-256 {listed.proof_digest.hex()}, because it is that of the index",
        )
    return data
