"""Prove a run in one process, and verify the proof in another process that has only files.

    .venv/bin/python examples/prove_and_verify.py

The first process starts the second one with the name of a directory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import solproof
from solproof.demo import programs, scenario

PROGRAM, INPUT, PROOF = "p_token.so", "transfer.json", "transfer.proof"


def prove(directory: Path) -> None:
    """Prove a token transfer, and write the program, the input and the proof."""
    given = scenario.transfer(programs.p_token())
    proof = solproof.prove(given)
    (directory / PROGRAM).write_bytes(given.program)
    (directory / INPUT).write_text(solproof.input_to_json(given))
    (directory / PROOF).write_bytes(proof.data)
    print(f"prover: proved a run of {proof.output.instructions} instructions")
    print(f"prover: {proof.report.proof_bytes:,} bytes, {proof.report.seconds['total']:.2f} seconds")


def verify(directory: Path) -> None:
    """Verify the proof against the program and the input, which the verifier chooses itself."""
    given = solproof.load(directory / PROGRAM, directory / INPUT)
    verdict = solproof.verify((directory / PROOF).read_bytes(), given)
    # The verifier did not run the program. The proof shows that this is the result.
    print(f"verifier: success {verdict.output.success}, {verdict.output.compute_units} compute units")
    print(f"verifier: {verdict.security_bits:.1f} bits of security, {verdict.seconds['total']:.2f} seconds")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        verify(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            prove(Path(name))
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, name], check=True)
