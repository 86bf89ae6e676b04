"""What people read if the engine rejects a proof."""

from __future__ import annotations

import pytest

from solproof.backend.engine_texts import OTHERWISE, rejection_text

PART = "the engine's part of the proof"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            "invalid opening argument: InputError(CapMismatch)",
            f"{PART} opens other values than it commits to: it is damaged, or it belongs to another proof",
        ),
        ("malformed proof: not in canonical form", f"{PART} cannot be read: it is damaged"),
        ("3 bytes, expected a header of 6", f"{PART} cannot be read: it is damaged"),
        ("the bytes are not a proof of this engine", f"{PART} cannot be read: it is damaged"),
        (
            "made for another circuit, statement or parameters, or damaged (witness 5)",
            f"{PART} is about another statement than the file's header and claim, or it is damaged",
        ),
        (
            "table 3, chip 5 (memory_copy): its constraints do not hold",
            f"{PART} breaks the constraints of the chip memory_copy: "
            "the claim is false, or the file is damaged",
        ),
        (
            "the buses do not balance",
            f"{PART} has tables that do not fit each other or the input (the buses do not balance): "
            "the claim is false, or the file is damaged",
        ),
        (
            "the proof has 88.0 proven bits (unique decoding, weakest term queries), the target is 100",
            "the proof has 88.0 proven bits (unique decoding, weakest term queries), the target is 100",
        ),
        ("LookupError(Unknown)", OTHERWISE),
    ],
)
def test_texts(said: str, text: str) -> None:
    assert rejection_text(said) == text
