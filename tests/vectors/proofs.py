"""`vectors/proofs/`: some proofs, and every way to spoil them, each with the reason of the rejection.

Two proofs of the same run differ, so a committed proof is kept for as long as it verifies.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from solproof.cli.terminal.show import account_fields, outcome_fields
from solproof.errors import ProofRejected, ProofVersionError, Reason, Rejection, VersionMismatch
from solproof.formats import bincode, scene_bincode
from solproof.formats.program_files import program_account
from solproof.formats.transaction_json import ending_fields
from solproof.program.bytecode_verifier import load_program
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.proving.prove import prove
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.serialization import serialize
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import MAGIC, MAXIMUM_BYTES, ProofFile
from solproof.statement.statement import input_digest
from solproof.verifying.verify import Verdict, verify
from solproof.vm.memory import HEAP as HEAP_REGION
from solproof.vm.memory import INPUT as INPUT_REGION
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses
from tests.support import frame_trees
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.syscall_harness import ACCOUNT, ACCOUNT_DATA, HEAP, PROGRAM
from tests.vectors.encoding import Fields, base64_text, document, patch_between

DIRECTORY = Path(__file__).resolve().parents[2] / "vectors" / "proofs"
LIMIT = 1_400_000
UNTOUCHED = 0xF00
"""A word of the heap that no call touches."""

# THE RUNS


def success() -> ExecutionInput:
    """A program that adds 1 to a number in an account, and calls three syscalls. It could call itself."""
    parts = [
        *call("sol_memset_", (HEAP, 7, 8)),
        f"lddw r6, {ACCOUNT_DATA}; ldxdw r7, [r6]; add64 r7, 1; stxdw [r6], r7",
        *call("sol_log_64_", (1, 2, 3, 4, 5)),
        *call("sol_set_return_data", (ACCOUNT_DATA, 8)),
        "mov64 r0, 0; exit",
    ]
    account = InstructionAccount(Account(ACCOUNT, PROGRAM, 10**9, bytes([41, *bytes(7)])), is_writable=True)
    own = InstructionAccount(program_account(PROGRAM))
    return ExecutionInput(build_elf(parts, 3), PROGRAM, (account, own), b"\1\2\3")


def failure() -> ExecutionInput:
    """A program that logs a line and panics, so that its last instruction is a syscall that fails."""
    parts = [
        *write_memory({HEAP: b"main.rs"}),
        *call("sol_log_64_", (1, 2, 3, 4, 5)),
        *call("sol_panic_", (HEAP, 7, 11, 12)),
        "exit",
    ]
    return ExecutionInput(build_elf(parts, 0), PROGRAM, (), b"")


def transaction() -> Scene:
    """A transaction whose program writes to its account, calls a second program, which calls a third one."""
    return frame_trees.chain().execution.scene


RUNS: dict[str, Callable[[], ExecutionInput | Scene]] = {
    "success": success,
    "failure": failure,
    "transaction": transaction,
}


# THE CASES


@dataclass(frozen=True)
class Proven:
    """A run with its proof file, whole and in parts."""

    given: ExecutionInput | Scene
    data: bytes

    @property
    def file(self) -> ProofFile:
        """The parts of the file."""
        return ProofFile.from_bytes(self.data)

    @property
    def claim(self) -> Claim:
        """The claim in the file."""
        return Claim.from_bytes(self.file.claim)

    def with_file(self, **changes: Any) -> bytes:
        """The file with some parts changed."""
        return replace(self.file, **changes).to_bytes()

    @property
    def frame(self) -> FrameClaim:
        """The claim about the first frame."""
        return self.claim.frames[0]

    def with_claim(self, *frames: FrameClaim) -> bytes:
        """The file with another claim."""
        return self.with_file(claim=Claim(frames).to_bytes())

    def with_frame(self, **changes: Any) -> bytes:
        """The file with some fields of the claim about the first frame changed."""
        return self.with_claim(replace(self.frame, **changes), *self.claim.frames[1:])

    def with_final(self, **changes: Any) -> bytes:
        """The file with some fields of the claimed final state changed."""
        return self.with_frame(final=replace(self.frame.final, **changes))

    def with_register(self, number: int) -> bytes:
        """The file with another value in a register of the claimed final state."""
        registers = list(self.frame.final.registers)
        registers[number] ^= 1
        return self.with_final(registers=tuple(registers))

    def with_event(self, number: int, **changes: Any) -> bytes:
        """The file with some fields of one event changed."""
        events = list(self.frame.events)
        events[number] = replace(events[number], **changes)
        return self.with_frame(events=tuple(events))


@dataclass(frozen=True)
class Case:
    """A spoiled file, or another program, input or scene, and the reason for the rejection.

    zeros: the number of zero bytes after `data`.
    """

    name: str
    reason: Reason
    data: bytes
    zeros: int = 0
    given: ExecutionInput | Scene | None = None


def success_cases(proven: Proven) -> Iterator[Case]:
    """Everything that can be wrong with the file, the statement, the claim, and the events that return."""
    data, file, claim, given = proven.data, proven.file, proven.frame, proven.given
    assert isinstance(given, ExecutionInput)
    yield from _file_cases(proven)
    yield Case(
        "another program", Rejection.OTHER_PROGRAM, data, given=replace(given, program=given.program + b"\0")
    )
    yield Case(
        "another digest of the program", Rejection.OTHER_PROGRAM, proven.with_file(program_sha256=bytes(32))
    )
    other_input = replace(given, instruction_data=b"\1\2\4")
    yield Case("another input", Rejection.OTHER_INPUT, data, given=other_input)
    yield Case("another digest of the input", Rejection.OTHER_INPUT, proven.with_file(input_sha256=bytes(32)))
    other_limit = replace(given, parameters=replace(given.parameters, compute_unit_limit=LIMIT - 1))
    yield Case("another limit", Rejection.OTHER_INPUT, data, given=other_limit)
    chain = frame_trees.chain().execution.scene
    yield Case("a transaction", Rejection.OTHER_KIND, data, given=chain)

    yield Case("a claim of 3 bytes", Rejection.CLAIM_TRUNCATED, proven.with_file(claim=file.claim[:3]))
    yield Case(
        "a fault with a control character", Rejection.CLAIM_TEXT, proven.with_frame(fault="Divide\x1b")
    )
    yield Case("the last word cut off", Rejection.CLAIM_COUNT, proven.with_file(claim=file.claim[:-1]))
    yield Case(
        "a byte after the claim", Rejection.CLAIM_TRAILING_BYTES, proven.with_file(claim=file.claim + b"\0")
    )
    yield Case(
        "no instruction",
        Rejection.FINAL_CLK,
        proven.with_frame(final=replace(claim.final, clk=0), slots=claim.slots[:0]),
    )
    yield from _slot_cases(proven)
    yield Case("too many instructions", Rejection.FINAL_CLK, proven.with_final(clk=LIMIT + 2))
    yield Case("no frame", Rejection.FRAME_MISSING, proven.with_claim())
    yield Case("the frame twice", Rejection.FRAME_SURPLUS, proven.with_claim(claim, claim))
    image = np.append(claim.image, -(-len(load_program(given.program).image) // 8))
    yield Case("a word after the image", Rejection.IMAGE_WORDS, proven.with_frame(image=image))
    index, last = claim.index, claim.last
    yield Case(
        "a word of the input twice",
        Rejection.INPUT_WORDS,
        proven.with_frame(index=np.repeat(index, 2), last=np.repeat(last, 2)),
    )
    region = serialize(
        given.accounts, given.instruction_data, given.program_id, given.parameters.loader
    ).region
    yield Case(
        "a word after the input",
        Rejection.INPUT_WORDS,
        proven.with_frame(index=np.append(index, len(region) // 8 + 1), last=np.append(last, np.uint64(0))),
    )
    yield Case(
        "a byte after the input",
        Rejection.INPUT_PADDING,
        proven.with_frame(index=np.append(index, len(region) // 8), last=np.append(last, np.uint64(1 << 63))),
    )
    yield from _event_cases(proven)

    yield Case("a pc after the text", Rejection.FINAL_STATE, proven.with_final(pc=2**32 - 1))
    yield Case("64 open calls", Rejection.FINAL_STATE, proven.with_final(depth=64))
    yield Case(
        "a call of the end of the text",
        Rejection.FINAL_CALL,
        proven.with_final(pc=load_program(given.program).slots, depth=1, open_call=claim.final.clk),
    )
    yield Case("more units than the limit", Rejection.COMPUTE_UNITS, proven.with_frame(memory_units=LIMIT))
    yield Case(
        "the instruction before the exit", Rejection.NO_ENDING, proven.with_final(pc=claim.final.pc - 1)
    )
    yield Case("a fault that did not happen", Rejection.OUTCOME, proven.with_frame(fault="DivideByZero"))
    yield from _engine_cases(proven)


def failure_cases(proven: Proven) -> Iterator[Case]:
    """Everything that can be wrong with the event of a syscall that fails, and with the fault."""
    claim = proven.frame
    *others, last = claim.events
    abort = replace(last, key=SYSCALL_HASHES["abort"], words=WordAccesses.of(()))
    yield Case(
        "another failing syscall at the end",
        Rejection.LAST_EVENT_SYSCALL,
        proven.with_frame(events=(*others, abort), fault="Abort"),
    )
    first, second, third, fourth, fifth = last.arguments
    yield Case(
        "another line in the panic",
        Rejection.LAST_EVENT_ARGUMENTS,
        proven.with_event(-1, arguments=(first, second, third + 1, fourth, fifth)),
    )
    yield Case("no event at the end", Rejection.LAST_EVENT_MISSING, proven.with_frame(events=tuple(others)))
    yield Case("the panic before the end", Rejection.EVENT_FAILS, proven.with_event(-1, clk=last.clk - 1))
    yield Case("the fault kept secret", Rejection.OUTCOME, proven.with_frame(fault=""))
    yield Case("another fault", Rejection.OUTCOME, proven.with_frame(fault="Abort"))
    word, *words = last.words
    found = replace(word, old=word.old ^ 1 << 16, new=word.new ^ 1 << 16)
    yield Case(
        "another text in the panic",
        Rejection.ENGINE_PROOF,
        proven.with_event(-1, words=WordAccesses.of([found, *words])),
    )
    yield Case("another r0", Rejection.ENGINE_PROOF, proven.with_register(0))


def transaction_cases(proven: Proven) -> Iterator[Case]:
    """Everything that can be wrong with the list of frames, and with a file without frames."""
    data, claim, scene = proven.data, proven.claim, proven.given
    assert isinstance(scene, Scene)
    first, second, third = claim.frames
    yield Case("one instruction", Rejection.OTHER_KIND, data, given=success())
    signature = replace(scene, transaction=scene.transaction[:64] + b"\0" + scene.transaction[65:])
    yield Case("another signature", Rejection.OTHER_INPUT, data, given=signature)
    blockhash = replace(scene, blockhashes=(*scene.blockhashes, bytes(32)))
    yield Case("another blockhash that is valid", Rejection.OTHER_INPUT, data, given=blockhash)
    yield Case("no frames", Rejection.FRAME_MISSING, proven.with_claim())
    yield Case("the last frame missing", Rejection.FRAME_MISSING, proven.with_claim(first, second))
    yield Case(
        "the last frame twice", Rejection.FRAME_SURPLUS, proven.with_claim(first, second, third, third)
    )
    changed = replace(third, final=replace(third.final, registers=(*third.final.registers[:6], *[1] * 5)))
    yield Case(
        "another end of the third frame", Rejection.ENGINE_PROOF, proven.with_claim(first, second, changed)
    )
    without = frame_trees.builtins().execution.scene
    renamed = {"input_sha256": input_digest(without), "claim": Claim(()).to_bytes()}
    yield Case(
        "frames of a run without frames",
        Rejection.FRAME_SURPLUS,
        proven.with_file(input_sha256=input_digest(without)),
        given=without,
    )
    yield Case(
        "a proof of a run without frames", Rejection.SURPLUS_PROOF, proven.with_file(**renamed), given=without
    )
    yield Case(
        "the security of a run without frames",
        Rejection.SURPLUS_PROOF,
        proven.with_file(**renamed, proof=b""),
        given=without,
    )


CASES: dict[str, Callable[[Proven], Iterator[Case]]] = {
    "success": success_cases,
    "failure": failure_cases,
    "transaction": transaction_cases,
}


def _file_cases(proven: Proven) -> Iterator[Case]:
    data, file = proven.data, proven.file
    yield Case("too many bytes", Rejection.FILE_TOO_LARGE, data, zeros=MAXIMUM_BYTES + 1 - len(data))
    yield Case("another magic", Rejection.FILE_MAGIC, b"s" + data[1:])
    yield Case("another format", VersionMismatch.FILE_FORMAT, data[:8] + b"\0\0" + data[10:])
    yield Case("the last byte missing", Rejection.FILE_TRUNCATED, data[:-1])
    yield Case("only the magic", Rejection.FILE_TRUNCATED, data[:8])
    yield Case(
        "a control character", Rejection.FILE_TEXT, proven.with_file(version=f"\x1b{file.version[1:]}")
    )
    yield Case("a byte more", Rejection.FILE_TRAILING_BYTES, data + b"\0")
    kind = len(MAGIC) + 2 + 1 + len(file.version) + 32
    yield Case("no kind", Rejection.FILE_KIND, data[:kind] + b"\2" + data[kind + 1 :])
    yield Case(
        "another proof system", VersionMismatch.PROOF_SYSTEM, proven.with_file(system_digest=bytes(32))
    )


def _slot_cases(proven: Proven) -> Iterator[Case]:
    slots = proven.frame.slots
    listed = {
        "a slot twice": np.insert(slots, 0, slots[0]),
        "slots that fall": slots[::-1],
        "more slots than steps": np.append(slots, slots[-1] + 1 + np.arange(len(slots))),
        "a slot after the text": np.append(slots[:-1], 2**32 - 1),
    }
    for name, changed in listed.items():
        yield Case(name, Rejection.SLOTS, proven.with_frame(slots=changed))
    for name, changed in (
        ("a slot omitted", slots[1:]),
        ("another slot", np.append(slots[1:], slots[-1] + 1)),
    ):
        yield Case(name, Rejection.ENGINE_PROOF, proven.with_frame(slots=changed))


def _event_cases(proven: Proven) -> Iterator[Case]:
    claim = proven.frame
    first, last = claim.events
    assert not first.words and last.words
    yield Case("an event twice", Rejection.EVENT_ORDER, proven.with_frame(events=(first, first, last)))
    yield Case(
        "an event after the end", Rejection.EVENT_ORDER, proven.with_event(-1, clk=claim.final.clk + 1)
    )
    yield Case(
        "more units before an event than in all",
        Rejection.EVENT_MEMORY_UNITS,
        proven.with_event(0, memory_units=claim.memory_units + 1),
    )
    late: tuple[SyscallEvent, ...] = (first, replace(last, memory_units=LIMIT))
    yield Case(
        "no unit left for an event", Rejection.EVENT_LIMIT, proven.with_frame(events=late, memory_units=LIMIT)
    )
    yield Case("no syscall", Rejection.EVENT_SYSCALL, proven.with_event(0, key=first.key ^ 1))
    yield Case(
        "a word twice",
        Rejection.EVENT_WORD_TWICE,
        proven.with_event(-1, words=WordAccesses.of([*last.words, last.words[0]])),
    )
    yield Case(
        "a word missing",
        Rejection.EVENT_WORD_MISSING,
        proven.with_event(-1, words=WordAccesses.of(last.words[:-1])),
    )
    unlisted = WordAccess(INPUT_REGION, 0, 0, 0)
    assert 0 not in claim.index
    yield Case(
        "a word that the frame does not list",
        Rejection.EVENT_WORD_UNLISTED,
        proven.with_event(-1, words=WordAccesses.of([*last.words, unlisted])),
    )
    yield Case(
        "an event that fails", Rejection.EVENT_FAILS, proven.with_event(0, key=SYSCALL_HASHES["abort"])
    )
    yield Case(
        "an event that returns, at the end",
        Rejection.EVENT_RETURNS,
        proven.with_event(-1, clk=claim.final.clk, memory_units=claim.memory_units),
    )
    yield Case("another result", Rejection.EVENT_RESULT, proven.with_event(0, result=1))
    more = WordAccess(HEAP_REGION, UNTOUCHED, 0, 0)
    yield Case(
        "a word more", Rejection.EVENT_WORD_UNTOUCHED, proven.with_event(0, words=WordAccesses.of([more]))
    )
    left = replace(last.words[0], new=last.words[0].new ^ 1)
    yield Case(
        "another value after the call",
        Rejection.EVENT_WORD_AFTER,
        proven.with_event(-1, words=WordAccesses.of([left, *last.words[1:]])),
    )


def _engine_cases(proven: Proven) -> Iterator[Case]:
    file, claim = proven.file, proven.frame
    yield Case("another version named", Rejection.ENGINE_PROOF, proven.with_file(version=f"{file.version}0"))
    yield Case("other bits named", Rejection.ENGINE_PROOF, proven.with_file(security_bits=128.0))
    yield Case(
        "another number of instructions", Rejection.ENGINE_PROOF, proven.with_final(clk=claim.final.clk + 1)
    )
    for number in (1, 10):
        yield Case(f"another r{number}", Rejection.ENGINE_PROOF, proven.with_register(number))
    last = claim.last.copy()
    last[-1] ^= np.uint64(1)
    yield Case("another number in the account", Rejection.ENGINE_PROOF, proven.with_frame(last=last))
    yield Case("no events", Rejection.ENGINE_PROOF, proven.with_frame(events=()))
    yield Case(
        "fewer units of memory syscalls", Rejection.ENGINE_PROOF, proven.with_frame(memory_units=0, events=())
    )
    yield Case("no proof", Rejection.ENGINE_PROOF, proven.with_file(proof=b""))
    call = proven.with_final(open_call=2**32 - 1)
    yield Case("a call that is no field element", Rejection.ENGINE_PUBLIC_DATA, call)
    yield Case("another engine", Rejection.ENGINE_PROOF, proven.with_file(proof=b"?" + file.proof[1:]))
    version = file.proof[:4] + b"\xff\xff" + file.proof[6:]
    yield Case("another format of the engine", VersionMismatch.ENGINE_FORMAT, proven.with_file(proof=version))
    middle = len(file.proof) // 2
    for name, at in (("at the start", 40), ("in the middle", middle), ("at the end", len(file.proof) - 1)):
        changed = bytearray(file.proof)
        changed[at] ^= 1
        yield Case(
            f"a bit {name} of the engine's proof",
            Rejection.ENGINE_PROOF,
            proven.with_file(proof=bytes(changed)),
        )


# THE FILES


def proof_of(name: str, directory: Path = DIRECTORY) -> Proven:
    """The committed proof of a run if it is still valid, else a new one."""
    given, path = RUNS[name](), directory / f"{name}.json"
    if path.exists():
        data = base64.b64decode(json.loads(path.read_text("utf-8"))["proof"])
        try:
            verify(data, given)
        except (ProofRejected, ProofVersionError):
            pass
        else:
            return Proven(given, data)
    return Proven(given, prove(given).data)


def proof_vectors(name: str, proven: Proven) -> str:
    """The content of a file of `vectors/proofs/`."""
    given, data = proven.given, proven.data
    cases: list[Fields] = [{"name": "as it is", "verdict": verdict_fields(verify(data, given))}]
    for case in CASES[name](proven):
        fields: Fields = {"name": case.name}
        if case.data != data:
            fields["patch"] = patch_between(data, case.data)
        if case.zeros:
            fields["zeros"] = case.zeros
        if case.given is not None:
            expected, own = given_fields(case.given), given_fields(given)
            fields |= {name: text for name, text in expected.items() if own.get(name) != text}
        outcome = "rejected" if isinstance(case.reason, Rejection) else "other_version"
        cases.append(fields | {outcome: case.reason.value})
    return document(
        {
            "about": " ".join((RUNS[name].__doc__ or "").split()),
            **given_fields(given),
            "proof": base64_text(data),
            "cases": cases,
        }
    )


def given_fields(given: ExecutionInput | Scene) -> Fields:
    """What the verifier expects: a program and the rest of the input, or a scene."""
    if isinstance(given, Scene):
        return {"scene": base64_text(scene_bincode.pack(given))}
    rest = bincode.pack(replace(given, program=b""))
    return {"program": base64_text(given.program), "input": base64_text(rest)}


def verdict_fields(verdict: Verdict[ExecutionOutput] | Verdict[TransactionOutput]) -> Fields:
    """Everything that a valid proof proves."""
    output = verdict.output
    if isinstance(output, TransactionOutput):
        fields, shown = ending_fields(output), output.keys_writable
    else:
        fields, shown = outcome_fields(output), (True,) * len(output.accounts)
    return {
        **fields,
        "logs": list(output.logs),
        "return_data": {
            "program_id": output.return_data.program_id.hex(),
            "data": output.return_data.data.hex(),
        },
        "accounts": [
            account_fields(account)
            for account, is_shown in zip(output.accounts, shown, strict=True)
            if is_shown
        ],
        "frames": verdict.frames,
        "security_bits": round(verdict.security_bits, 3),
        "security_regime": verdict.security_regime,
        "replayed": {"events": verdict.events, "words": verdict.event_words},
    }
