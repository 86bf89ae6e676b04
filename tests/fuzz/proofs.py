"""Targets: a proof file, the claim in it, and the proof of the engine. Only the honest one is accepted."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from solproof._native import prover
from solproof.cli.commands.inspect import describe_proof
from solproof.errors import ProofRejected, ProofVersionError
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import registry
from solproof.runtime.transaction.scene import Scene
from solproof.statement.claim import Claim
from solproof.statement.proof_file import MAGIC, ProofFile
from solproof.verifying.verify import verify
from tests.fuzz import postcard
from tests.fuzz.inputs import given_inputs
from tests.fuzz.target import MEBIBYTE, Target, outcome
from tests.support import frame_trees
from tests.support.elf_builder import build_elf, call
from tests.support.small_circuits import Machine, machine, with_parameters

HEAP, INPUT = 0x3_0000_0000, 0x4_0000_0000
# Without proofs of work, the transcript does not stop damaged commitments and openings.
PARAMETERS = with_parameters(
    queries=260, grinding=dict.fromkeys(("lookup", "out_of_domain", "batch", "commit", "query"), 0)
)
EXPECTED_MALFORMED = (
    "a commitment without its opened rows",
    "two statements of the heights",
    "two statements of the opened rows",
    "not in canonical form",
    "an opened row is missing",
    "a pattern of rows is missing",
    "the rows of other than",
    "more than",
    "Serde Deserialization Error",
    "Hit the end of buffer",
    "Found a varint that didn't terminate",
    "Found an Option discriminant that wasn't 0 or 1",
)
"""The decoder's messages. Anything else after "malformed proof:" is a panic that the engine has caught."""


@dataclass(frozen=True, slots=True)
class Honest:
    """A proof of a run that calls syscalls and writes to its input."""

    given: ExecutionInput
    data: bytes
    file: ProofFile


@dataclass(frozen=True, slots=True)
class HonestTransaction:
    """A proof of a transaction with three frames, each of which calls the next one."""

    scene: Scene
    data: bytes
    file: ProofFile


@cache
def honest_transaction() -> HonestTransaction:
    """The proof of the transaction."""
    scene = frame_trees.chain().execution.scene
    data = prove(scene).data
    return HonestTransaction(scene, data, ProofFile.from_bytes(data))


@cache
def honest() -> Sequence[Honest]:
    """The proofs of a run that exits and of a run that fails."""
    return [_prove(_body(failing=False)), _prove(_body(failing=True))]


def _prove(body: Sequence[str]) -> Honest:
    given = replace(given_inputs()[1], program=build_elf(body))
    data = prove(given).data
    return Honest(given, data, ProofFile.from_bytes(data))


def _body(*, failing: bool) -> Sequence[str]:
    return [
        f"lddw r6, {INPUT + 8}; stxdw [r6+80], r7",
        *call("sol_memcpy_", (HEAP, INPUT + 8, 24)),
        *call("sol_log_", (INPUT + 8, 5)),
        *call("sol_set_return_data", (HEAP, 8)),
        *call("sol_get_clock_sysvar", (HEAP + 128,)),
        *(call("sol_memcpy_", (HEAP, HEAP + 4, 16)) if failing else []),
        "exit",
    ]


# PROOF FILE


def read_proof_file(data: bytes) -> str:
    """A file that decodes is encoded again to the same bytes, and only the honest file is accepted."""
    try:
        assert ProofFile.from_bytes(data).to_bytes() == data
        described = describe_proof(data)
        assert described["bytes"]["file"] == len(data)
    except (ProofRejected, ProofVersionError) as error:
        return outcome(error)
    return _verdict(data, honest()[0])


def _verdict(data: bytes, proven: Honest | HonestTransaction) -> str:
    try:
        if isinstance(proven, Honest):
            verify(data, proven.given)
        else:
            verify(data, proven.scene)
    except (ProofRejected, ProofVersionError) as error:
        return outcome(error)
    assert data == proven.data, "accepted, though it is not the honest proof"
    return "accepted"


def proof_file_seeds() -> Sequence[bytes]:
    """Files without the engine's proof, because another target changes that proof."""
    return [replace(proven.file, proof=b"").to_bytes() for proven in _claimed()]


# CLAIM


def read_claim(data: bytes) -> str:
    """A claim under a good header, with the honest engine proof. The first byte selects the run."""
    runs = _claimed()
    proven = runs[data[0] % len(runs) if data else 0]
    claim = data[1:]
    try:
        assert Claim.from_bytes(claim).to_bytes() == claim
    except ProofRejected as error:
        return outcome(error)
    return _verdict(replace(proven.file, claim=claim).to_bytes(), proven)


def claim_seeds() -> Sequence[bytes]:
    """The claims of the honest proofs."""
    return [bytes([number]) + proven.file.claim for number, proven in enumerate(_claimed())]


def _claimed() -> Sequence[Honest | HonestTransaction]:
    return [*honest(), honest_transaction()]


# ENGINE


def read_engine_proof(proof: bytes) -> str:
    """A proof of a small circuit, which takes milliseconds to verify."""
    try:
        _machine().verify(proof, parameters=PARAMETERS)
    except prover.EngineVersionError as error:
        return outcome(error)
    except prover.EngineRejected as error:
        _, malformed, reason = str(error).partition("malformed proof: ")
        assert not malformed or reason.startswith(EXPECTED_MALFORMED), f"the engine panicked: {reason}"
        return outcome(error)
    assert proof in engine_seeds(), "accepted, though it is not the honest proof"
    return "accepted"


@cache
def engine_seeds() -> Sequence[bytes]:
    """The honest proof."""
    return [_machine().prove(parameters=PARAMETERS)]


@cache
def _machine() -> Machine:
    return machine()


CLAIM_WORDS = (
    *(struct.pack("<I", key) for key in registry(MAINNET)),
    *(struct.pack("<Q", value) for value in (HEAP, INPUT, 1 << 32, 1 << 63, (1 << 64) - 1)),
    *(b"\x0fAccessViolation", b"\x17ExceededMaxInstructions", b"\x0cSyscallError", b"\x0cDivideByZero"),
)
TARGETS = (
    Target("proof_file", proof_file_seeds, read_proof_file, 4096, 2.0, 8 * MEBIBYTE, (MAGIC,)),
    # A claim of a few bytes may name as many slots as a transaction has compute units.
    Target("claim", claim_seeds, read_claim, 4096, 2.0, 64 * MEBIBYTE, CLAIM_WORDS),
    Target("engine", engine_seeds, read_engine_proof, MEBIBYTE, 2.0, 8 * MEBIBYTE, mutate=postcard.mutate),
)
