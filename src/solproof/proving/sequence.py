"""Prove transactions in order, several at a time, into a directory.

Transactions are executed one after the other, because each sees what the ones before it left. Each proof is
about one scene as its transaction has seen it, so the proofs are made side by side, in worker processes.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from solproof import __version__
from solproof.errors import InputError, ProofVersionError, ProvingError, SolproofError, VersionMismatch
from solproof.execution.sequence import run_sequence
from solproof.host.files import read_file, remove_partial_files, reserved, write_file
from solproof.host.resources import usable_cores
from solproof.host.workers import Finished, Workers
from solproof.proving.prove import Proof, prove
from solproof.representation import short_repr
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.proof_file import MAXIMUM_BYTES
from solproof.statement.sequence_index import (
    INDEX_NAME,
    MOST_TRANSACTIONS,
    IndexedProof,
    SequenceIndex,
    proof_path,
    read_index,
)
from solproof.statement.statement import input_digest
from solproof.statement.system import default_system

THREADS = "RAYON_NUM_THREADS"
"""The variable for the number of the engine's threads in a process."""


@dataclass(frozen=True, slots=True)
class ProvenTransaction:
    """A transaction of a sequence, whose proof is in the directory.

    number: counted from 1.
    signatures: of the transaction, 64 bytes each.
    proof_bytes: the size of the proof file. None if the message was processed before, because such a
        transaction is refused and has no proof.
    seconds: what the proof took.
    """

    number: int
    signatures: tuple[bytes, ...]
    output: TransactionOutput
    proof_bytes: int | None = None
    seconds: float = 0.0

    __repr__ = short_repr


def prove_sequence(
    scenes: Iterable[Scene],
    directory: str | os.PathLike[str],
    jobs: int = 1,
    progress: Callable[[ProvenTransaction], object] | None = None,
    *,
    ledger: Ledger | None = None,
    prover: Callable[[Scene], Proof[TransactionOutput]] = prove,
) -> tuple[ProvenTransaction, ...]:
    """Prove the transactions of scenes in order, each on the accounts that the ones before it left.

    A transaction that fails or is refused is proven too. Each proof is on disk before the next one is
    counted, so an interrupted call can be repeated: it keeps the finished proofs, and makes the others. If a
    proof cannot be made, those that have begun are finished before the error is raised.

    directory: where the proofs and their index are. It is created if it does not exist.
    jobs: how many processes prove at the same time. They share the processor cores.
    progress: called with each result, in the order of the transactions.
    ledger: the accounts at the start, and afterwards those at the end. It is empty by default.
    prover: makes one proof. It runs in the processes, so it must be picklable.

    Raises `InputError` if a transaction cannot be read, if the directory has proofs of another sequence, or
    other files and no index; `UnsupportedError` for a Solana feature that solproof does not run or prove yet;
    `ProvingError` if the engine refuses or a process is killed; `ProofVersionError` if another version made
    the proofs in the directory; `OutputError` if a file cannot be written, or another process proves into the
    directory. The error of a transaction has its number, counted from 1.
    """
    if jobs < 1:
        raise InputError(f"jobs: expected at least 1, got {jobs}")
    place = Path(directory)
    with reserved(place):
        index = _opened(place)
        steps = _steps(scenes, Ledger() if ledger is None else ledger)
        # Everything that the index lists is compared before anything is written.
        known = [_compared(step, index, place) for step in islice(steps, index.last)]
        if len(known) < index.last:
            raise InputError(
                f"{place / INDEX_NAME}: lists a proof of transaction {index.last}, but the sequence has "
                f"{len(known)}; expected the same sequence, or another directory"
            )
        remove_partial_files(place)
        index.write(place)
        threads = max(usable_cores() // jobs, 1)
        with Workers(jobs, {THREADS: os.environ.get(THREADS, str(threads))}) as workers:
            session = _Session(place, index, workers, prover, progress)
            try:
                for step in chain(known, steps):
                    session.take(step)
                session.finish()
            except SolproofError:
                session.finish_others()
                raise
        return tuple(session.results.values())


def _opened(directory: Path) -> SequenceIndex:
    """The index of the directory, or a new one. Raises as `prove_sequence` does."""
    system = default_system().digest()
    if not (directory / INDEX_NAME).exists():
        others = [path.name for path in directory.iterdir() if not path.name.startswith(".")]
        if others:
            raise InputError(f"{directory}: has files but no {INDEX_NAME}; expected an empty directory")
        return SequenceIndex(system)
    index = read_index(directory)
    if index.system != system:
        raise ProofVersionError(
            VersionMismatch.PROOF_SYSTEM,
            f"{directory / INDEX_NAME}: the proofs were made with another circuit or other parameters of the "
            f"proof system than this solproof {__version__} has; expected another directory",
        )
    return index


# EXECUTION


@dataclass(frozen=True, slots=True)
class _Step:
    """A transaction that was executed. `scene`, as the transaction has seen it, is None without a proof."""

    number: int
    signatures: tuple[bytes, ...]
    output: TransactionOutput
    scene: Scene | None
    digest: bytes


def _steps(scenes: Iterable[Scene], ledger: Ledger) -> Iterator[_Step]:
    """Execute the transactions as they are asked for."""
    for number, execution in enumerate(run_sequence(scenes, ledger, recorded=False), start=1):
        if number > MOST_TRANSACTIONS:
            raise InputError(f"transaction {number}: expected at most {MOST_TRANSACTIONS} in a sequence")
        scene, output = execution.scene, execution.output
        signatures = parse_transaction(scene.transaction).signatures
        yield _Step(number, signatures, output, None if output.is_repeated else scene, input_digest(scene))


def _compared(step: _Step, index: SequenceIndex, directory: Path) -> _Step:
    """The step, if the index lists no proof of another transaction with its number."""
    proof = index.proofs.get(step.number)
    if proof is not None and (step.scene is None or proof.scene_digest != step.digest):
        raise InputError(
            f"{directory / INDEX_NAME}: lists a proof of another transaction {step.number}; "
            "expected the same sequence, or another directory"
        )
    return step


# PROOFS


class _Session:
    """Makes the proofs that are missing, and keeps the index."""

    def __init__(
        self,
        directory: Path,
        index: SequenceIndex,
        workers: Workers,
        prover: Callable[[Scene], Proof[TransactionOutput]],
        progress: Callable[[ProvenTransaction], object] | None,
    ) -> None:
        self.results: dict[int, ProvenTransaction] = {}
        self._directory = directory
        self._index = index
        self._workers = workers
        self._prover = prover
        self._progress = progress
        self._waiting: dict[int, _Step] = {}
        self._finished: dict[int, ProvenTransaction] = {}  # before all transactions before them

    def take(self, step: _Step) -> None:
        """Begin the proof of a transaction if it is missing. Waits while all workers are busy."""
        if step.scene is None:
            self._report(ProvenTransaction(step.number, step.signatures, step.output))
        elif (size := self._intact(step.number)) is not None:
            self._report(self._proven(step, size))
        else:
            if self._workers.is_full:
                self._record(self._workers.wait())
            self._waiting[step.number] = step
            self._workers.start(step.number, _timed, self._prover, step.scene)

    def finish(self) -> None:
        """Wait for all proofs that have begun."""
        while self._workers.busy:
            self._record(self._workers.wait())

    def finish_others(self) -> None:
        """Wait for all proofs that have begun, after an error."""
        while self._workers.busy:
            with suppress(SolproofError):
                self._record(self._workers.wait())

    def _intact(self, number: int) -> int | None:
        """The size of a proof that was made before, or None if it is missing or damaged."""
        proof, path = self._index.proofs.get(number), proof_path(self._directory, number)
        if proof is None or not path.is_file() or path.stat().st_size > MAXIMUM_BYTES:
            return None
        data = read_file(path, "proof", MAXIMUM_BYTES)
        return len(data) if proof.is_of(data) else None

    def _record(self, finished: Finished) -> None:
        """Write a proof, and then the index. Raises the error of a proof that could not be made."""
        step = self._waiting.pop(finished.key)
        match finished.error:
            case None:
                pass
            case SolproofError() as error:
                raise error.placed(f"transaction {step.number}")
            case ChildProcessError() as error:
                raise ProvingError(
                    f"transaction {step.number}: the process that proved it {error}; "
                    "repeat the command to continue, with fewer jobs if memory was short"
                )
            case error:
                raise error
        data, seconds = finished.value
        write_file(proof_path(self._directory, step.number), data)
        self._index.proofs[step.number] = IndexedProof(
            step.digest, hashlib.sha256(data).digest(), round(seconds * 1000)
        )
        self._index.write(self._directory)
        self._report(self._proven(step, len(data)))

    def _proven(self, step: _Step, size: int) -> ProvenTransaction:
        seconds = self._index.proofs[step.number].milliseconds / 1000
        return ProvenTransaction(step.number, step.signatures, step.output, size, seconds)

    def _report(self, result: ProvenTransaction) -> None:
        """Report a result, once all transactions before it have been reported."""
        self._finished[result.number] = result
        while (number := len(self.results) + 1) in self._finished:
            self.results[number] = self._finished.pop(number)
            if self._progress is not None:
                self._progress(self.results[number])


def _timed(prover: Callable[[Scene], Proof[TransactionOutput]], scene: Scene) -> tuple[bytes, float]:
    """The content of a proof file, and the seconds that it took. Runs in a worker process."""
    start = time.perf_counter()
    return prover(scene).data, time.perf_counter() - start
