"""The executor that has a claim: what it leaves behind."""

from __future__ import annotations

import gc

from solproof.accesses.public import public_data
from solproof.circuit.frames import access_logs
from solproof.execution.run import run
from solproof.runtime.transaction.process import process_transaction
from solproof.statement.claim import claim_of
from solproof.verifying.claimed_frames import ClaimedFrames
from solproof.vm.memory import ReplayMemory
from tests.support.proof_scenes import token_account


def memories() -> int:
    """How many memories of frames there are."""
    return sum(isinstance(each, ReplayMemory) for each in gc.get_objects())


def test_a_frame_that_has_ended_leaves_no_memory_behind() -> None:
    """A transaction has up to 64 frames, and each can have 64 MiB of accounts in its memory."""
    execution = run(token_account())
    claim = claim_of((log.run, public_data(log)) for log in access_logs(execution.frames))
    gc.collect()
    before = memories()
    gc.disable()
    try:
        processed = process_transaction(token_account(), ClaimedFrames(claim))
        assert len(processed.frames) == len(claim.frames) > 1
        assert memories() == before
    finally:
        gc.enable()
