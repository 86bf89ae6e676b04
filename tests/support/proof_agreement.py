"""Proofs that must agree with what was run: the tables, the replay of the claim, and the verdict."""

from __future__ import annotations

import numpy as np

from solproof.circuit.registry import CIRCUIT
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.proving.check import check_witness, witness_of
from solproof.proving.prove import prove_execution
from solproof.runtime.single_instruction import run_instruction
from solproof.runtime.transaction.process import process_transaction
from solproof.statement.claim import Claim, claim_of
from solproof.verifying.claimed_frames import ClaimedFrames
from solproof.verifying.verify import verify


def assert_provable(execution: Execution | TransactionExecution) -> None:
    """Assert that the tables meet every constraint, and that the claim replays to the same result.

    This is everything except the engine, which needs more time.
    """
    witness = witness_of(execution)
    assert check_witness(execution, witness) == []
    runs = (frame.outcome for frame in execution.frames)
    claim = Claim.from_bytes(claim_of(zip(runs, witness.public, strict=True)).to_bytes())
    claimed = ClaimedFrames(claim)
    if isinstance(execution, TransactionExecution):
        transaction = process_transaction(execution.scene, claimed)
        output, frames = transaction.output, transaction.frames
        assert output == execution.output
    else:
        instruction = run_instruction(execution.input, claimed)
        assert instruction.output == execution.output
        frames = instruction.frames
    claimed.finish(len(frames))
    if frames:
        public = CIRCUIT.public_inputs([frame.outcome.public for frame in frames])
        columns = {CIRCUIT.number(item.chip): item.public for item in witness.instances}
        for given in public:
            proven = columns[given.chip]
            assert proven is not None and np.array_equal(given.columns, proven)


def assert_proven(execution: Execution | TransactionExecution) -> None:
    """Prove, and assert that the verdict is what the run reported."""
    verdict = verify(prove_execution(execution).data, execution.given)
    assert verdict.output == execution.output
