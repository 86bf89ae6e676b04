"""The executor that has a claim: every frame of the claim begins, ends, and is proven."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from solproof.errors import ProofRejected, Rejection
from solproof.runtime.instruction_error import failure
from solproof.runtime.transaction.process import process_transaction
from solproof.statement.claim import Claim
from solproof.verifying import claimed_frames
from solproof.verifying.claimed_frames import ClaimedFrames
from solproof.verifying.verify import verify
from solproof.vm.memory import ReplayMemory
from tests.support import frame_trees
from tests.verifying.conftest import ProvenTransaction


@pytest.fixture(scope="module")
def chain() -> ProvenTransaction:
    """Three programs that call each other."""
    return ProvenTransaction.of(frame_trees.chain().execution.scene)


def test_frames_are_numbered_as_they_begin(chain: ProvenTransaction) -> None:
    claimed = ClaimedFrames(chain.claim)
    processed = process_transaction(chain.scene, claimed)
    claimed.finish(len(processed.frames))
    assert processed.output == chain.output
    assert [frame.outcome.public.invocation for frame in processed.frames] == [1, 2, 3]
    assert [frame.invocation.height for frame in processed.frames] == [1, 2, 3]


def test_a_frame_that_never_begins(chain: ProvenTransaction) -> None:
    first, second, third = chain.claim.frames
    claimed = ClaimedFrames(Claim((first, second, third, third)))
    ended = len(process_transaction(chain.scene, claimed).frames)
    with pytest.raises(ProofRejected, match=r"^the claim has 4 frames, but the run has 3$") as caught:
        claimed.finish(ended)
    assert caught.value.reason is Rejection.FRAME_SURPLUS


def test_a_frame_that_never_ends(chain: ProvenTransaction, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime would take an error of an instruction for the end of the frame, and nobody would prove it.

    A syscall that failed in this way would be a bug. Even then the verifier accepts no frame without a proof.
    """

    def failing(*_: object) -> None:
        raise failure("InvalidArgument")

    monkeypatch.setattr(claimed_frames, "replay", failing)
    claim = Claim(chain.claim.frames[:1])
    claimed = ClaimedFrames(claim)
    assert process_transaction(chain.scene, claimed).frames == ()
    file = replace(chain.file, claim=claim.to_bytes(), proof=b"", security_bits=0.0, security_regime="")
    with pytest.raises(ProofRejected, match=r"^the claim has 1 frames, but the run has 0$") as caught:
        verify(file.to_bytes(), chain.scene)
    assert caught.value.reason is Rejection.FRAME_SURPLUS


def memories() -> int:
    """How many memories of frames there are."""
    return sum(isinstance(each, ReplayMemory) for each in gc.get_objects())


def test_a_frame_that_has_ended_leaves_no_memory_behind(chain: ProvenTransaction) -> None:
    """A transaction has up to 64 frames, and each can have 64 MiB of accounts in its memory."""
    gc.collect()
    before = memories()
    gc.disable()
    try:
        processed = process_transaction(chain.scene, ClaimedFrames(chain.claim))
        assert len(processed.frames) == 3
        assert memories() == before
    finally:
        gc.enable()
