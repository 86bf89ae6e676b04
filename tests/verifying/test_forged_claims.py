"""Proofs of transactions whose claims are changed: the replay rejects the change, or the engine does.

A change that the replay accepts must be visible to the circuit. So the tables of the statement differ from
the true ones, and not only the transcript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.backend.engine_texts import UNREADABLE
from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Key, PublicInput, Security
from solproof.circuit.frames import access_logs
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.errors import ProofRejected, Rejection
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.proving.prove import prove_execution
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import registry
from solproof.runtime.transaction.scene import Scene
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest
from solproof.statement.system import ProofSystem
from solproof.verifying.verify import verify
from solproof.vm.memory import INPUT
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses
from tests.support import frame_trees
from tests.support.claim_changes import (
    event_changes,
    event_list_changes,
    frame_changes,
    frame_list_changes,
    with_event,
    with_frame,
)
from tests.support.puppet.stage import CALLEE, CALLERS, Mention, owned, stage
from tests.support.token_transactions import TokenMachine
from tests.verifying.conftest import Proven, ProvenTransaction

PANIC = "mov64 r1, 0; mov64 r2, 0; syscall sol_panic_; exit"
ACCOUNT = bytes([7]) * 32
MOST_WORDS = {"token_account": 1}
"""How many words of each event are changed, if not all of them."""


def chain() -> Scene:
    """Three programs of V0 that call each other."""
    return frame_trees.chain().execution.scene


def panic() -> Scene:
    """Three programs of V0, of which the last one panics, so that all of them fail."""
    return frame_trees.chain(PANIC).execution.scene


def puppets() -> Scene:
    """A program of V0 that calls one of V3, which changes an account."""
    accounts = {ACCOUNT: owned(CALLEE.key, bytes(24))}
    mentions = [Mention(ACCOUNT), Mention(CALLEE.key, is_writable=False)]
    frame = stage().frame(CALLERS["loader v3, V0"], mentions, accounts)
    below = stage().frame(CALLEE, [Mention(ACCOUNT)], accounts)
    below.script.write(below.layout.accounts[ACCOUNT].data, b"changed")
    below.script.return_data(b"returned")
    frame.call(below)
    frame.script.syscall("sol_get_stack_height")
    return stage().scene(accounts, frame)


SCENES: dict[str, Callable[[], Scene]] = {"chain": chain, "panic": panic, "puppets": puppets}


@cache
def small(name: str) -> ProvenTransaction:
    """The proof of a small transaction."""
    return ProvenTransaction.of(SCENES[name]())


@pytest.fixture(params=[*SCENES, "token_account"])
def proven(request: pytest.FixtureRequest) -> tuple[str, ProvenTransaction]:
    """Each transaction with its name."""
    name = str(request.param)
    return name, request.getfixturevalue(name) if name == "token_account" else small(name)


class Watching(Plonky3):
    """A backend that keeps the public tables which it verified last."""

    tables: list[tuple[int, bytes]] | None = None

    def verify(self, key: Key, proof: bytes, public: Sequence[PublicInput], transcript: bytes) -> Security:
        self.tables = [(given.chip, given.columns.tobytes()) for given in public]
        return super().verify(key, proof, public, transcript)


BACKEND = Watching()
SYSTEM = ProofSystem(CIRCUIT, BACKEND)


def rejection(proven: ProvenTransaction, claim: Claim, truth: Sequence[tuple[int, bytes]]) -> Rejection:
    """The reason for which the file with another claim is rejected.

    truth: the public tables of the true claim, which a claim that the replay accepts must not have.
    """
    assert claim.to_bytes() != proven.file.claim
    BACKEND.tables = None
    with pytest.raises(ProofRejected) as caught:
        verify(proven.with_claim(claim), proven.scene, system=SYSTEM)
    assert not str(caught.value).startswith(UNREADABLE)
    assert BACKEND.tables != truth, "the circuit does not notice the change"
    return caught.value.reason


def true_tables(proven: ProvenTransaction) -> Sequence[tuple[int, bytes]]:
    """The public tables of the true claim. Its proof is accepted."""
    verdict = verify(proven.file.to_bytes(), proven.scene, system=SYSTEM)
    assert verdict.output == proven.output
    assert verdict.frames == len(proven.claim.frames) > 1
    assert BACKEND.tables is not None
    return BACKEND.tables


# ONE CHANGE AT A TIME

R = Rejection
WRONG_CALL = {R.EVENT_WORD_MISSING, R.EVENT_WORD_UNTOUCHED, R.EVENT_FAILS, R.EVENT_RESULT, R.OUTCOME}
"""The call does something else than the event says."""
AT_THE_END = {R.LAST_EVENT_SYSCALL, R.LAST_EVENT_ARGUMENTS}
OTHER_FRAME = {
    *(R.SLOTS, R.IMAGE_WORDS, R.INPUT_WORDS, R.NO_ENDING, R.OUTCOME, R.LAST_EVENT_SYSCALL),
    *(R.FRAME_MISSING, R.FRAME_SURPLUS, R.EVENT_RESULT, R.EVENT_WORD_MISSING),
}
"""A frame is in the place of another one."""
EXPECTED: dict[str, set[Rejection]] = {
    "clk more": {R.ENGINE_PROOF, R.EVENT_FAILS},
    "clk less": {R.ENGINE_PROOF, R.SLOTS, R.EVENT_ORDER},
    "clk most": {R.FINAL_CLK},
    "pc more": {R.NO_ENDING, R.OUTCOME, R.LAST_EVENT_SYSCALL},
    "pc less": {R.NO_ENDING, R.LAST_EVENT_SYSCALL},
    "pc most": {R.FINAL_STATE},
    "open_call more": {R.ENGINE_PROOF},
    "open_call most": {R.ENGINE_PUBLIC_DATA},
    "depth more": {R.NO_ENDING, R.ENGINE_PROOF},
    "depth most": {R.FINAL_STATE},
    "register": {R.ENGINE_PROOF, R.EVENT_FAILS, R.LAST_EVENT_ARGUMENTS},
    "fault": {R.OUTCOME},
    "units more": {R.ENGINE_PROOF, R.EVENT_MEMORY_UNITS},
    "units less": {R.ENGINE_PROOF, R.EVENT_MEMORY_UNITS},
    "units most": {R.COMPUTE_UNITS, R.EVENT_MEMORY_UNITS},
    "slot added": {R.ENGINE_PROOF, R.SLOTS},
    "slot omitted": {R.ENGINE_PROOF},
    "no slots": {R.ENGINE_PROOF},
    "slots of another frame": {R.ENGINE_PROOF, R.SLOTS},
    "slot beyond the program": {R.SLOTS},
    "slot doubled": {R.SLOTS},
    "slots not rising": {R.SLOTS},
    "image word beyond": {R.IMAGE_WORDS},
    "image word omitted": {R.ENGINE_PROOF, R.EVENT_WORD_UNLISTED},
    "image word doubled": {R.IMAGE_WORDS},
    "image words not rising": {R.IMAGE_WORDS},
    "input word beyond": {R.INPUT_WORDS},
    "input word omitted": {R.ENGINE_PROOF, R.EVENT_WORD_UNLISTED},
    "no input words": {R.ENGINE_PROOF, R.EVENT_WORD_UNLISTED},
    "input word doubled": {R.INPUT_WORDS},
    "input words not rising": {R.INPUT_WORDS},
    "input word left otherwise": {R.ENGINE_PROOF, R.EVENT_FAILS},
    "no syscall": {R.EVENT_SYSCALL},
    "another syscall": {R.EVENT_WORD_UNTOUCHED, R.EVENT_RESULT, R.EVENT_RETURNS},
    "earlier": {R.ENGINE_PROOF, R.EVENT_FAILS, R.EVENT_ORDER},
    "later": {R.ENGINE_PROOF, R.EVENT_ORDER},
    "result": {R.EVENT_RESULT},
    "argument": {R.ENGINE_PROOF, *WRONG_CALL, *AT_THE_END},
    "word more": {R.EVENT_WORD_UNTOUCHED},
    "word of no region": {R.EVENT_WORD_UNTOUCHED},
    "no words": {R.EVENT_WORD_MISSING},
    "words exchanged": {R.ENGINE_PROOF},
    "word omitted": {R.EVENT_WORD_MISSING},
    "word doubled": {R.EVENT_WORD_TWICE},
    "word found otherwise": {R.ENGINE_PROOF, R.EVENT_WORD_AFTER, *WRONG_CALL},
    "word left otherwise": {R.EVENT_WORD_AFTER},
    "word found and left otherwise": {R.ENGINE_PROOF, R.EVENT_WORD_AFTER, *WRONG_CALL},
    "word elsewhere": {R.EVENT_WORD_MISSING, R.EVENT_WORD_UNLISTED},
    "word in another region": {R.EVENT_WORD_MISSING, R.EVENT_WORD_UNLISTED, R.EVENT_WORD_TWICE},
    "event missing": {R.ENGINE_PROOF, R.FRAME_SURPLUS, R.LAST_EVENT_MISSING, R.EVENT_RESULT, R.EVENT_FAILS},
    "event twice": {R.EVENT_ORDER},
    "event again": {R.ENGINE_PROOF, R.EVENT_ORDER, R.EVENT_FAILS, *OTHER_FRAME},
    "events exchanged": {R.ENGINE_PROOF, R.EVENT_FAILS, *OTHER_FRAME},
    "events out of order": {R.EVENT_ORDER, R.EVENT_RESULT},
    "no frames": {R.FRAME_MISSING},
    "frame dropped": {R.ENGINE_PROOF, *OTHER_FRAME},
    "frame doubled": OTHER_FRAME,
    "frames swapped": OTHER_FRAME,
    "frame of another claim": {R.ENGINE_PROOF, R.EVENT_FAILS, *OTHER_FRAME},
    "frame added": {R.FRAME_SURPLUS},
}
"""The reasons for which each kind of change is rejected, in any transaction."""


def another(name: str) -> ProvenTransaction:
    """A transaction without common frames."""
    return small("chain" if name == "puppets" else "puppets")


def changed_frames(claim: Claim, frame: FrameClaim, most_words: int) -> Iterator[tuple[str, FrameClaim]]:
    """Every change of a frame and of its events."""
    yield from frame_changes(frame)
    for other in claim.frames:
        if other.slots.tolist() != frame.slots.tolist():
            yield "slots of another frame", replace(frame, slots=other.slots)
    random = Random(1)
    for number, event in enumerate(frame.events):
        for kind, changed in event_changes(event, _another_key(event), random, most_words):
            yield kind, with_event(frame, number, changed)
        yield from event_list_changes(frame, number)


def _another_key(event: SyscallEvent) -> int:
    keys = (SYSCALL_HASHES["sol_log_64_"], SYSCALL_HASHES["sol_get_stack_height"])
    return next(key for key in keys if key != event.key)


def test_every_change_of_a_frame(proven: tuple[str, ProvenTransaction]) -> None:
    name, transaction = proven
    truth = true_tables(transaction)
    claim = transaction.claim
    for number, frame in enumerate(claim.frames):
        for kind, changed in changed_frames(claim, frame, MOST_WORDS.get(name, 1000)):
            reason = rejection(transaction, with_frame(claim, number, changed), truth)
            assert reason in EXPECTED[kind], f"frame {number}: {kind}: {reason}"


def test_every_change_of_the_list_of_frames(proven: tuple[str, ProvenTransaction]) -> None:
    name, transaction = proven
    truth = true_tables(transaction)
    for kind, claim in frame_list_changes(transaction.claim, another(name).claim.frames):
        reason = rejection(transaction, claim, truth)
        assert reason in EXPECTED[kind], f"{kind}: {reason}"


def test_every_kind_of_change_occurs(token_account: ProvenTransaction) -> None:
    """So no line of the table above is out of use."""
    transactions = {"token_account": token_account, **{name: small(name) for name in SCENES}}
    kinds = set()
    for name, transaction in transactions.items():
        claim = transaction.claim
        kinds |= {kind for kind, _ in frame_list_changes(claim, another(name).claim.frames)}
        for frame in claim.frames:
            kinds |= {kind for kind, _ in changed_frames(claim, frame, 1)}
    assert kinds == set(EXPECTED)


# WORDS AND SLOTS THAT ARE LISTED IN VAIN, OR NOT AT ALL


def proof_with_slots(execution: TransactionExecution, slots: Sequence[Integers]) -> bytes:
    """The proof of a prover who lists these slots in each frame."""
    logs = []
    for number, (log, listed) in enumerate(zip(access_logs(execution.frames), slots, strict=True), start=1):
        table = program_table(log.run.program, registry(MAINNET).keys(), listed)
        logs.append(AccessLog(log.run, listed, table, number))
    return prove_execution(execution, logs=logs).data


@pytest.mark.parametrize("number", range(2))
def test_a_surplus_slot_is_harmless(number: int) -> None:
    """The verifier says what its own program has there. But a proof is bound to the slots that it lists."""
    execution = execute_transaction(puppets())
    slots = [log.slots for log in access_logs(execution.frames)]
    program = execution.frames[number].invocation.program
    unused = np.setdiff1d(np.arange(program.slots), slots[number])
    slots[number] = np.union1d(slots[number], unused[[0, -1]])
    data = proof_with_slots(execution, slots)
    assert verify(data, execution.scene).output == execution.output
    listed = ProofFile.from_bytes(data)
    true = ProofFile.from_bytes(prove_execution(execution).data)
    for file in (replace(true, claim=listed.claim), replace(listed, claim=true.claim)):
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), execution.scene)
        assert caught.value.reason is Rejection.ENGINE_PROOF


@pytest.mark.parametrize("number", range(3))
def test_a_slot_that_is_not_listed_cannot_be_executed(number: int) -> None:
    """The prover makes the tables for the slots that it lists, so the statement is consistent."""
    execution = frame_trees.chain().execution
    slots = [log.slots for log in access_logs(execution.frames)]
    slots[number] = slots[number][:-1]
    with pytest.raises(ProofRejected) as caught:
        verify(proof_with_slots(execution, slots), execution.scene)
    assert caught.value.reason is Rejection.ENGINE_PROOF


def test_an_event_lists_only_words_that_the_frame_lists(token_account: ProvenTransaction) -> None:
    """An unlisted word of the input is known to the verifier, so an event cannot give it a value."""
    claim = token_account.claim
    frame = claim.frames[0]
    number, event = next((place, event) for place, event in enumerate(frame.events) if len(event.words) > 20)
    unlisted = int(np.setdiff1d(np.arange(len(frame.index) + 1), frame.index)[0])
    for region, index in ((INPUT, unlisted), (INPUT, 2**32 - 1), (1, 2**32 - 1)):
        words = WordAccesses.of([*event.words, WordAccess(region, index, 0, 0)])
        lie = with_frame(claim, 0, with_event(frame, number, replace(event, words=words)))
        with pytest.raises(
            ProofRejected, match=f"lists word {index} of region {region}, which is not"
        ) as caught:
            verify(token_account.with_claim(lie), token_account.scene)
        assert caught.value.reason is Rejection.EVENT_WORD_UNLISTED


def test_an_event_lists_every_word_that_the_frame_lists(token_account: ProvenTransaction) -> None:
    claim = token_account.claim
    regions = set()
    for number, frame in enumerate(claim.frames):
        for place, event in enumerate(frame.events):
            for position, word in enumerate(event.words):
                if word.region in (1, INPUT):
                    kept = event.words.where(np.arange(len(event.words)) != position)
                    lie = with_event(frame, place, replace(event, words=kept))
                    with pytest.raises(ProofRejected) as caught:
                        verify(token_account.with_claim(with_frame(claim, number, lie)), token_account.scene)
                    assert caught.value.reason is Rejection.EVENT_WORD_MISSING
                    regions.add(word.region)
    assert INPUT in regions


# ANOTHER SCENE


def _account(scene: Scene, key: bytes, **changes: Any) -> Scene:
    accounts = [replace(each, **changes) if each.key == key else each for each in scene.accounts]
    assert tuple(accounts) != scene.accounts
    return replace(scene, accounts=tuple(accounts))


def _environment(scene: Scene, **changes: Any) -> Scene:
    return replace(scene, environment=replace(scene.environment, **changes))


def other_scenes(scene: Scene) -> dict[str, Scene]:
    """The scene with one thing changed."""
    wire, sysvars = scene.transaction, scene.environment.sysvars
    features = scene.environment.features.changed(["blake3_syscall_enabled"])
    later = (sysvars.slot + 1).to_bytes(8, "little") + sysvars.clock[8:]
    mint = bytes(TokenMachine().mint.pubkey())
    (data,) = [account.data for account in scene.accounts if account.key == mint]
    program = next(
        account for account in scene.accounts if account.data[:4] == b"\x7fELF" or account.executable
    )
    held = (
        program
        if program.data[:4] == b"\x7fELF"
        else next(account for account in scene.accounts if b"\x7fELF" in account.data[:64])
    )
    return {
        "a signature": replace(scene, transaction=wire[:1] + bytes([wire[1] ^ 1]) + wire[2:]),
        "the message": replace(scene, transaction=wire[:100] + bytes([wire[100] ^ 1]) + wire[101:]),
        "a slot": _environment(scene, sysvars=replace(sysvars, clock=later)),
        "a feature": _environment(scene, features=features),
        "an account's data": _account(scene, mint, data=data[:-1] + bytes([data[-1] ^ 1])),
        "an account's lamports": _account(scene, mint, lamports=5),
        "one account less": replace(
            scene, accounts=tuple(account for account in scene.accounts if account.key != mint)
        ),
        "a program": _account(scene, held.key, data=held.data[:-1] + bytes([held.data[-1] ^ 1])),
        "no valid blockhash": replace(scene, blockhashes=(bytes(32),)),
        "one more blockhash": replace(scene, blockhashes=(*scene.blockhashes, bytes(32))),
        "the fee": replace(scene, lamports_per_signature=1),
        "signatures are not verified": replace(scene, verify_signatures=False),
    }


NOT_PROCESSED = ("a signature", "the message", "no valid blockhash")
"""In these scenes the transaction is refused before its first instruction, so no frame begins."""


def test_another_scene(token_account: ProvenTransaction) -> None:
    for name, scene in other_scenes(token_account.scene).items():
        with pytest.raises(ProofRejected, match=r"^the proof is about the input with SHA-256 ") as caught:
            verify(token_account.file.to_bytes(), scene)
        assert caught.value.reason is Rejection.OTHER_INPUT, name
        renamed = replace(token_account.file, input_sha256=input_digest(scene))
        with pytest.raises(ProofRejected) as caught:
            verify(renamed.to_bytes(), scene)
        # Once the header names the other scene, the engine notices everything that the replay does not.
        expected = {R.FRAME_SURPLUS} if name in NOT_PROCESSED else {R.ENGINE_PROOF, *OTHER_FRAME, *WRONG_CALL}
        assert caught.value.reason in expected, (name, caught.value)


def test_the_proof_of_another_transaction(token_account: ProvenTransaction) -> None:
    """Its proof under this header, with its own claim and with the claim of this one."""
    chain = small("chain")
    other = replace(chain.file, input_sha256=token_account.file.input_sha256)
    for file, reason in (
        (other, Rejection.EVENT_FAILS),
        (replace(other, claim=token_account.file.claim), Rejection.ENGINE_PROOF),
    ):
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), token_account.scene)
        assert caught.value.reason is reason


# KINDS


def test_kinds(pinocchio: Proven) -> None:
    """A file about a transaction proves no instruction, and the reverse, whatever its header says."""
    transaction = small("chain")
    instruction = pinocchio.file
    for file, given, about in (
        (transaction.file, pinocchio.given, "a transaction"),
        (instruction, transaction.scene, "one instruction"),
        (replace(instruction, program_sha256=None), pinocchio.given, "a transaction"),
    ):
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), given)
        assert caught.value.reason is Rejection.OTHER_KIND
        assert str(caught.value) == f"the proof is about {about}, the given input is not"
    renamed = replace(instruction, program_sha256=None, input_sha256=input_digest(transaction.scene))
    with pytest.raises(ProofRejected) as caught:
        verify(renamed.to_bytes(), transaction.scene)
    assert caught.value.reason in EXPECTED["frame of another claim"]


def test_a_kind_that_does_not_exist() -> None:
    transaction = small("chain")
    data = bytearray(transaction.file.to_bytes())
    position = 8 + 2 + 1 + len(transaction.file.version) + 32
    assert data[position] == 1
    data[position] = 2
    with pytest.raises(ProofRejected) as caught:
        verify(bytes(data), transaction.scene)
    assert caught.value.reason is Rejection.FILE_KIND


# WITHOUT FRAMES


def test_a_transaction_without_frames() -> None:
    """The verifier executes it. Nothing is proven, so nothing in the file may look proven."""
    scene = frame_trees.builtins().execution.scene
    proven = ProvenTransaction.of(scene)
    verdict = verify(proven.file.to_bytes(), scene)
    assert verdict.output == proven.output
    assert (verdict.frames, verdict.security_bits, verdict.security_regime) == (0, 0.0, "")
    chain = small("chain").file
    for changes in (
        {"proof": chain.proof},
        {"proof": b"\0"},
        {"security_bits": 0.001},
        {"security_bits": chain.security_bits, "security_regime": chain.security_regime},
        {"security_regime": "unique decoding"},
    ):
        file = replace(proven.file, **changes)
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), scene)
        assert caught.value.reason is Rejection.SURPLUS_PROOF
    with pytest.raises(ProofRejected) as caught:
        verify(proven.with_claim(small("chain").claim), scene)
    assert caught.value.reason is Rejection.FRAME_SURPLUS


def test_frames_without_a_proof() -> None:
    """A file of a run that has frames cannot leave them out."""
    transaction = small("chain")
    file = replace(transaction.file, proof=b"", security_bits=0.0, security_regime="")
    for claim, reason in (
        (file.claim, Rejection.ENGINE_PROOF),
        (Claim(()).to_bytes(), Rejection.FRAME_MISSING),
    ):
        with pytest.raises(ProofRejected) as caught:
            verify(replace(file, claim=claim).to_bytes(), transaction.scene)
        assert caught.value.reason is reason
