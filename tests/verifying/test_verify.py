"""A proof is accepted for the caller's own program and input, and for no other."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from solproof import __version__
from solproof.backend.engine_texts import UNREADABLE
from solproof.backend.plonky3 import Plonky3
from solproof.circuit.registry import CIRCUIT
from solproof.errors import (
    NotAProof,
    ProofRejected,
    ProofVersionError,
    Rejection,
    SolproofError,
    VersionMismatch,
)
from solproof.isa.instruction import decode_program
from solproof.isa.opcodes import by_mnemonic
from solproof.program.elf import load
from solproof.proving.prove import prove
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.serialization import serialize
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest
from solproof.statement.system import ProofSystem
from solproof.verifying.verify import verify
from solproof.vm.trace import SyscallEvent
from tests.support.small_circuits import with_parameters
from tests.verifying.conftest import Proven

Change = Callable[[ExecutionInput], ExecutionInput]


def rejection(data: bytes, given: ExecutionInput) -> tuple[Rejection, str]:
    """The reason for which a file is rejected, and the message."""
    with pytest.raises(ProofRejected) as caught:
        verify(data, given)
    assert str(caught.value)
    return caught.value.reason, str(caught.value)


def test_accepted(classic: Proven, pinocchio: Proven) -> None:
    for proven in (classic, pinocchio):
        verdict = verify(proven.file.to_bytes(), proven.given)
        assert verdict.output == proven.output
        assert verdict.security_bits >= 100
        assert verdict.security_regime == "unique decoding"
    assert classic.output.compute_units == 4644
    assert pinocchio.output.compute_units == 76


# ANOTHER PROGRAM, ANOTHER INPUT


def test_another_program(classic: Proven, pinocchio: Proven) -> None:
    """A valid proof of another program, unchanged, and with this program's digests in its header."""
    digest = hashlib.sha256(pinocchio.given.program).hexdigest()
    reason = rejection(pinocchio.file.to_bytes(), classic.given)
    sentence = f"the proof is about the program with SHA-256 {digest}, not about this one"
    assert reason == (Rejection.OTHER_PROGRAM, sentence)
    renamed = replace(
        pinocchio.file, program_sha256=classic.file.program_sha256, input_sha256=classic.file.input_sha256
    )
    assert rejection(renamed.to_bytes(), classic.given)[0] is Rejection.NO_ENDING


def about(given: ExecutionInput, file: ProofFile) -> bytes:
    """The file, with the digest of another input in its header."""
    return replace(file, input_sha256=input_digest(given)).to_bytes()


def _account(number: int, **changes: object) -> Change:
    def change(given: ExecutionInput) -> ExecutionInput:
        meta = given.accounts[number]
        changed = replace(meta, account=replace(meta.account, **changes))  # type: ignore[arg-type]
        return replace(given, accounts=(*given.accounts[:number], changed, *given.accounts[number + 1 :]))

    return change


def _data(number: int, position: int) -> Change:
    def change(given: ExecutionInput) -> ExecutionInput:
        data = bytearray(given.accounts[number].account.data)
        data[position] ^= 1
        return _account(number, data=bytes(data))(given)

    return change


INPUTS: dict[str, Change] = {
    "an amount": _data(0, 64),
    "a byte that the run never reads": _data(0, 164),
    "an owner": _account(1, owner=bytes(32)),
    "lamports": _account(1, lamports=5),
    "executable": _account(2, executable=True),
    "the instruction": lambda given: replace(given, instruction_data=given.instruction_data[:-1] + b"\1"),
    "the program's address": lambda given: replace(given, program_id=bytes(32)),
    "a signer": lambda given: replace(
        given, accounts=(replace(given.accounts[0], is_signer=True), *given.accounts[1:])
    ),
    "the limit": lambda given: replace(
        given, parameters=replace(given.parameters, compute_unit_limit=1_000_000)
    ),
    "the heap": lambda given: replace(given, parameters=replace(given.parameters, heap_size=64 * 1024)),
    "a program that could be called": lambda given: replace(
        given, programs=((bytes([9]) * 32, given.program),)
    ),
    "one account less": lambda given: replace(given, accounts=given.accounts[:-1]),
}


@pytest.mark.parametrize("name", INPUTS)
def test_another_input(name: str, classic: Proven, pinocchio: Proven) -> None:
    for proven in (classic, pinocchio):
        given = INPUTS[name](proven.given)
        assert given != proven.given
        reason = rejection(proven.file.to_bytes(), given)
        digest = proven.file.input_sha256.hex()
        sentence = f"the proof is about the input with SHA-256 {digest}, not about this one"
        assert reason == (Rejection.OTHER_INPUT, sentence)
        # Without one account the input is too short for the claim, so the engine is not called.
        renamed = Rejection.INPUT_WORDS if name == "one account less" else Rejection.ENGINE_PROOF
        assert rejection(about(given, proven.file), given)[0] is renamed


def test_a_limit_below_the_run(pinocchio: Proven) -> None:
    """The limit is too low even if the statement has it: a run of 76 instructions does not fit into 75."""
    tight = replace(pinocchio.given, parameters=replace(pinocchio.given.parameters, compute_unit_limit=75))
    assert rejection(about(tight, pinocchio.file), tight) == (
        Rejection.OUTCOME,
        "the claim says that the run ended with an exit, it ended with ExceededMaxInstructions",
    )


# ANOTHER OUTPUT


def changed_claims(claim: FrameClaim, exits: Sequence[int]) -> dict[str, FrameClaim]:
    """Changes of every field of a claim about a frame. test_forged_events.py changes words of events."""
    final = claim.final

    def with_final(**changes: object) -> FrameClaim:
        return replace(claim, final=replace(final, **changes))  # type: ignore[arg-type]

    def with_register(number: int, bit: int) -> FrameClaim:
        registers = list(final.registers)
        registers[number] ^= 1 << bit
        return with_final(registers=tuple(registers))

    first, *others = claim.events

    def with_first(event: SyscallEvent) -> FrameClaim:
        return replace(claim, events=(event, *others))

    last = claim.last.copy()
    last[3] ^= np.uint64(1)
    index = claim.index.copy()
    index[-1] += 1
    swapped = claim.index.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    return {
        "clk, one more": with_final(clk=final.clk + 1),
        "clk, one less": with_final(clk=final.clk - 1),
        "clk, none": with_final(clk=0),
        "clk, too many": with_final(clk=2**32 - 1),
        "pc, another exit": with_final(pc=next(pc for pc in exits if pc != final.pc)),
        "pc, no exit": with_final(pc=final.pc - 1),
        "pc, the end": with_final(pc=2**32 - 1),
        **{f"r{number}": with_register(number, bit) for number, bit in enumerate((0, 1, 8, 63, *[16] * 7))},
        "an open call": with_final(open_call=1),
        "open calls": with_final(depth=1),
        "open calls, too many": with_final(depth=64),
        "a fault": replace(claim, fault="DivideByZero"),
        "a word's last value": replace(claim, last=last),
        "a word's index": replace(claim, index=index),
        "words out of order": replace(claim, index=swapped),
        "a word twice": replace(claim, index=np.repeat(claim.index, 2), last=np.repeat(claim.last, 2)),
        "a word missing": replace(claim, index=claim.index[:-1], last=claim.last[:-1]),
        "no words": replace(claim, index=claim.index[:0], last=claim.last[:0]),
        "a word beyond the input": replace(claim, index=np.append(claim.index[:-1], 2**32 - 1)),
        "an event missing": replace(claim, events=tuple(others)),
        "no events": replace(claim, events=()),
        "an event twice": replace(claim, events=(first, first, *others)),
        "an event's clk": with_first(replace(first, clk=first.clk - 1)),
        "an event's clk, zero": with_first(replace(first, clk=0)),
        "an event's clk, at the end": replace(
            claim,
            events=(
                *claim.events[:-1],
                replace(claim.events[-1], clk=final.clk, memory_units=claim.memory_units),
            ),
        ),
        "an event's syscall": with_first(replace(first, key=first.key ^ 1)),
        "an event's argument": with_first(
            replace(first, arguments=(first.arguments[0] ^ 8, *first.arguments[1:]))
        ),
        "an event's result": with_first(replace(first, result=first.result ^ 1)),
    }


REASONS = {  # only the engine notices the changes that are not listed here
    "clk, none": (Rejection.SLOTS, r"claim: \d+ slots were executed, more than the -1 steps of the run"),
    "clk, too many": (
        Rejection.FINAL_CLK,
        "the claim's last instruction is number 4294967295, expected 1 to 1400001",
    ),
    "pc, no exit": (
        Rejection.NO_ENDING,
        r"the run does not end at pc \d+: the instruction there leads to a next one",
    ),
    "pc, the end": (
        Rejection.FINAL_STATE,
        r"the claim's final state is not one of the machine: pc 4294967295 of \d+, 0 open calls",
    ),
    "open calls": (
        Rejection.NO_ENDING,
        r"the run does not end at pc \d+: the instruction there leads to a next one",
    ),
    "open calls, too many": (Rejection.FINAL_STATE, r"not one of the machine: pc \d+ of \d+, 64 open calls"),
    "a fault": (
        Rejection.OUTCOME,
        "the claim says that the run ended with DivideByZero, it ended with an exit",
    ),
    "a word's index": (Rejection.INPUT_WORDS, "the claim's words of the input do not rise from 0 to"),
    "words out of order": (Rejection.INPUT_WORDS, "the claim's words of the input do not rise from 0 to"),
    "a word twice": (Rejection.INPUT_WORDS, "the claim's words of the input do not rise from 0 to"),
    "a word beyond the input": (
        Rejection.INPUT_WORDS,
        "the claim's words of the input do not rise from 0 to",
    ),
    "an event twice": (
        Rejection.EVENT_ORDER,
        r"event 1 \(clk \d+\): expected a clk above \d+ and at most \d+",
    ),
    "an event's clk, zero": (
        Rejection.EVENT_ORDER,
        r"event 0 \(clk 0\): expected a clk above 0 and at most \d+",
    ),
    "an event's clk, at the end": (Rejection.EVENT_RETURNS, r"returns, so the instruction is not the last"),
    "an event's syscall": (
        Rejection.EVENT_SYSCALL,
        r"event 0 \(clk \d+\): 0x[0-9a-f]{8} is not the hash of a syscall",
    ),
    "an event's result": (
        Rejection.EVENT_RESULT,
        r"event 0 \(clk \d+\): sol_\w+: returns \d+, the claim says \d+",
    ),
}


def test_another_output(classic: Proven) -> None:
    assert classic.frame.events
    program = load(classic.given.program)
    slots = decode_program(program.text)
    exits = [pc for pc, slot in enumerate(slots) if slot.code == by_mnemonic("EXIT").code]
    for name, claim in changed_claims(classic.frame, exits).items():
        data = replace(classic.file, claim=Claim((claim,)).to_bytes()).to_bytes()
        reason, sentence = rejection(data, classic.given)
        expected, pattern = REASONS.get(name, (Rejection.ENGINE_PROOF, "^the engine's part of the proof "))
        assert reason is expected, f"{name}: {reason}"
        assert re.search(pattern, sentence), f"{name}: {sentence}"
        assert not sentence.startswith(UNREADABLE), f"{name}: {sentence}"


def test_bytes_after_the_input(pinocchio: Proven) -> None:
    """If the length of an input is not a multiple of 8, its last word has bytes that do not exist."""
    given = replace(pinocchio.given, instruction_data=pinocchio.given.instruction_data + b"\0\0")
    region = serialize(
        given.accounts, given.instruction_data, given.program_id, given.parameters.loader
    ).region
    assert len(region) % 8
    data = pinocchio.with_frame(
        index=np.append(pinocchio.frame.index, len(region) // 8),
        last=np.append(pinocchio.frame.last, np.uint64(2**63)),
    )
    assert rejection(about(given, ProofFile.from_bytes(data)), given) == (
        Rejection.INPUT_PADDING,
        "the claim changes bytes after the end of the input",
    )


# THE FILE


@pytest.mark.parametrize(
    ("changes", "reason", "start"),
    [
        ({"version": "0.1.1"}, Rejection.ENGINE_PROOF, "the engine's part of the proof "),
        ({"security_bits": 128.0}, Rejection.ENGINE_PROOF, "the engine's part of the proof "),
        ({"security_regime": "list decoding"}, Rejection.ENGINE_PROOF, "the engine's part of the proof "),
        (
            {"input_sha256": bytes(32)},
            Rejection.OTHER_INPUT,
            "the proof is about the input with SHA-256 0000",
        ),
        (
            {"program_sha256": bytes(32)},
            Rejection.OTHER_PROGRAM,
            "the proof is about the program with SHA-256 0000",
        ),
        ({"proof": b""}, Rejection.ENGINE_PROOF, "the engine's part of the proof "),
    ],
)
def test_header_fields(changes: dict[str, object], reason: Rejection, start: str, pinocchio: Proven) -> None:
    changed = replace(pinocchio.file, **changes)  # type: ignore[arg-type]
    given, sentence = rejection(changed.to_bytes(), pinocchio.given)
    assert given is reason
    assert sentence.startswith(start)


def test_other_engine_parameters(pinocchio: Proven) -> None:
    """A true proof made with other parameters is a proof of another version, unless its header lies."""
    other = with_parameters(queries=230)
    system = ProofSystem(CIRCUIT, Plonky3(other))
    data = prove(pinocchio.given, system=system).data
    assert verify(data, pinocchio.given, system=system).output == pinocchio.output
    with pytest.raises(ProofVersionError) as caught:
        verify(data, pinocchio.given)
    assert caught.value.reason is VersionMismatch.PROOF_SYSTEM
    assert str(caught.value) == (
        f"the proof was made by solproof {__version__} with another circuit or other parameters of the proof "
        f"system than this solproof {__version__} has"
    )
    lying = replace(ProofFile.from_bytes(data), system_digest=pinocchio.file.system_digest)
    reason, sentence = rejection(lying.to_bytes(), pinocchio.given)
    assert reason is Rejection.ENGINE_PROOF
    assert sentence.startswith("the engine's part of the proof ")


def test_another_format_version(pinocchio: Proven) -> None:
    data = bytearray(pinocchio.file.to_bytes())
    data[8] += 1
    with pytest.raises(ProofVersionError) as caught:
        verify(bytes(data), pinocchio.given)
    assert caught.value.reason is VersionMismatch.FILE_FORMAT
    assert str(caught.value) == "proof file: format version 6, this solproof reads version 5"


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bits(seed: int, pinocchio: Proven) -> None:
    """Bits anywhere, half of them at the start: the header, the claim, commitments and openings."""
    source = random.Random(seed)
    data = pinocchio.file.to_bytes()
    for number in range(40):
        position = source.randrange(min(len(data), 4000) if number % 2 else len(data))
        changed = bytearray(data)
        changed[position] ^= 1 << source.randrange(8)
        with pytest.raises((ProofRejected, ProofVersionError)) as caught:
            verify(bytes(changed), pinocchio.given)
        assert str(caught.value)


def test_truncated_and_extended(pinocchio: Proven) -> None:
    data = pinocchio.file.to_bytes()
    source = random.Random(3)
    for length in (0, 1, 7):
        with pytest.raises(NotAProof) as caught:
            verify(data[:length], pinocchio.given)
        assert caught.value.reason is Rejection.FILE_MAGIC
        assert str(caught.value) == f"proof file: starts with {data[:length]!r}, expected b'SOLPROOF'"
    lengths = [8, 9, 10, 20, 42, 74, 100, len(data) - 1]
    for length in [*lengths, *(source.randrange(len(data)) for _ in range(10))]:
        reason, sentence = rejection(data[:length], pinocchio.given)
        assert reason is Rejection.FILE_TRUNCATED
        assert sentence.startswith("proof file: ")
    assert rejection(data + b"\0", pinocchio.given) == (
        Rejection.FILE_TRAILING_BYTES,
        "proof file: 1 bytes follow its end",
    )


def test_proofs_exchanged(classic: Proven, pinocchio: Proven) -> None:
    """The engine's part of one file, put into the other."""
    exchanged = replace(classic.file, proof=pinocchio.file.proof)
    reason, sentence = rejection(exchanged.to_bytes(), classic.given)
    assert reason is Rejection.ENGINE_PROOF
    assert sentence.startswith("the engine's part of the proof ")


@pytest.mark.parametrize("part", ["claim", "proof"])
def test_random_parts(part: str, pinocchio: Proven) -> None:
    source = random.Random(part)
    for length in (0, 1, 12, 13, 16, 17, 40, 1000):
        changed = replace(pinocchio.file, **{part: source.randbytes(length)})  # type: ignore[arg-type]
        with pytest.raises(SolproofError):
            verify(changed.to_bytes(), pinocchio.given)


def test_the_same_file(pinocchio: Proven) -> None:
    assert ProofFile.from_bytes(pinocchio.file.to_bytes()) == pinocchio.file
    assert Claim.from_bytes(pinocchio.claim.to_bytes()).to_bytes() == pinocchio.file.claim
