"""What a patch release keeps: the proof system, and the keys of programs.

A whole proof is too large to be kept here; one of the engine is, in tests/engine/test_pinned.py.
"""

from __future__ import annotations

from solproof import _engine
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.program.verifier import load_program
from solproof.proof.key import program_key, system_digest
from solproof.svm.features import MAINNET

WHAT_TO_DO = (
    "the circuit, the engine's parameters or the way a program is loaded has changed: proofs made before are "
    "of another version now. If that is meant, VERSIONING.md says which release it may be in; write it into "
    "CHANGELOG.md and replace the digest here"
)


def test_proof_system() -> None:
    digest = system_digest(_engine.parameters_default()).hex()
    assert digest == "96400e704fc162fc3ebd6f6826e3adb06a22c933dac6cdb5e1579992ea4ee7d7", WHAT_TO_DO


def test_key_of_a_program() -> None:
    program = load_program(write_elf(assemble("entrypoint:\n    mov64 r0, 7\n    exit\n", 0)))
    digest = program_key(program, MAINNET).engine_key.digest.hex()
    assert digest == "313b602062b8cd68a3482c8edb6ccc05830cefdbba78e38ade77467525b032fe", WHAT_TO_DO
