"""Prove that a program failed, and see which proofs are rejected.

    .venv/bin/python examples/what_a_failure_proves.py

A failure is a result like any other. Its proof shows that this program, on this input, fails in this way.
"""

from __future__ import annotations

from dataclasses import replace

import solproof
from solproof.demo import programs, scenario

# The source account has 250,000,000 tokens, so this transfer must fail.
given = scenario.transfer(programs.p_token(), amount=250_000_001)
proof = solproof.prove(given)
verdict = solproof.verify(proof.data, given)
print(f"proven: success {verdict.output.success}, {verdict.output.error}")
assert verdict.output.accounts == tuple(entry.account for entry in given.accounts)
print("proven: no account has changed")

# A program that runs out of compute units has a proof as well. Its last instruction is the one that does not
# run any more.
short = replace(given, parameters=solproof.Parameters(compute_unit_limit=20))
stopped = solproof.verify(solproof.prove(short).data, short).output
print(f"proven: {stopped.fault} after {stopped.compute_units} compute units")


def reason(data: bytes, claimed: solproof.ExecutionInput) -> solproof.Rejection:
    """Why the verifier rejects a proof."""
    try:
        solproof.verify(data, claimed)
    except solproof.ProofRejected as error:
        return error.reason
    raise AssertionError("this proof should be rejected")


# The proof is about one input. Nobody can use it for a transfer that would succeed.
print("rejected:", reason(proof.data, scenario.transfer(programs.p_token(), amount=1)))

# A changed byte makes the proof invalid.
changed = bytearray(proof.data)
changed[len(changed) // 2] ^= 1
print("rejected:", reason(bytes(changed), given))
