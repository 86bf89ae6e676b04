"""All files of `vectors/` that are generated, by path."""

from __future__ import annotations

from tests.vectors import proofs
from tests.vectors.loaders import loader_vectors
from tests.vectors.serialization import serialization_vectors
from tests.vectors.syscalls import syscall_vectors

DIRECTORY = proofs.DIRECTORY.parent


def files() -> dict[str, str]:
    """The content of each file, computed from the current code."""
    return {
        **{f"proofs/{name}.json": proofs.proof_vectors(name, proofs.proof_of(name)) for name in proofs.RUNS},
        "loaders.json": loader_vectors(),
        "serialization.json": serialization_vectors(),
        "syscalls.json": syscall_vectors(),
    }
