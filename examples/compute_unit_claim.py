"""Show that one program needs fewer compute units than another, with proofs as the evidence.

    .venv/bin/python examples/compute_unit_claim.py

The classic token program and p-token run the same transfer. Whoever has the two programs and the input can
check both numbers without running anything.
"""

from __future__ import annotations

import solproof
from solproof.demo import programs, scenario


def show(name: str, program: bytes) -> solproof.ExecutionOutput:
    """Estimate, profile, prove and verify the transfer with one program; returns the proven result."""
    given = scenario.transfer(program)

    # The profile shows which kinds of instructions the compute units are for.
    execution = solproof.run(given)
    units = {
        family.name: family.own.compute_units for family in solproof.profile_execution(execution).families
    }
    most = max(units, key=lambda kind: units[kind])
    print(f"{name}: {execution.output.compute_units:,} compute units, {units[most]:,} of them for {most}")

    # The estimate shows what a proof will cost. Its rows and cells are exact.
    estimate = solproof.estimate(given)
    print(f"{name}: a proof takes about {estimate.seconds:.2f} seconds and {estimate.proof_bytes:,} bytes")
    proof = solproof.prove_execution(execution)
    assert proof.report.rows == estimate.rows

    # The verdict has the compute units that the proof shows.
    output = solproof.verify(proof.data, given).output
    print(f"{name}: proven: {output.compute_units:,} compute units, {output.instructions:,} instructions")
    return output


classic = show("classic token", programs.classic_token())
small = show("p-token", programs.p_token())
assert classic.accounts == small.accounts
print(f"the same transfer, with {classic.compute_units / small.compute_units:.0f} times fewer compute units")
