"""The parts that a patch release keeps: the proof system, and the keys of programs.

A whole proof is too large to be kept here. tests/engine/test_pinned.py has a proof of the engine alone.
"""

from __future__ import annotations

from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.runtime.features import MAINNET
from solproof.statement.system import default_system, program_key

WHAT_TO_DO = (
    "the circuit, the engine's parameters or the loading of programs has changed, so earlier proofs are now "
    "proofs of another version. If this is intended, VERSIONING.md states which release may contain it; "
    "describe it in CHANGELOG.md and replace the digest here"
)


def test_proof_system() -> None:
    digest = default_system().digest().hex()
    assert digest == "6434a57424c73311d5389063284d5369f4de88b57d6dffd5c7a58091e857f289", WHAT_TO_DO


def test_key_of_a_program() -> None:
    program = load_program(write_elf(assemble("entrypoint:\n    mov64 r0, 7\n    exit\n", 0)))
    digest = program_key(default_system(), program, MAINNET).engine_key.digest.hex()
    assert digest == "1d769ee0e940d8f1c720f5002c8bfc80bb8fc14de222e204e28d2d2194908b79", WHAT_TO_DO
