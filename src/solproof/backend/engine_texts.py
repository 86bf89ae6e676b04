"""Why the engine rejects a proof, in words for people.

The engine's own words name the steps of its protocol. They stay with the error as its `engine_detail`.
"""

from __future__ import annotations

import re

PART = "the engine's part of the proof"
UNREADABLE = f"{PART} cannot be read: it is damaged"
OTHERWISE = f"{PART} is damaged, or it belongs to another proof"
"""For a step of the protocol that fails without saying more."""

_TEXTS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"malformed proof|\d+ bytes|the bytes are not a proof of this engine",
            UNREADABLE,
        ),
        (
            r"made for another circuit, statement or parameters",
            f"{PART} is about another statement than the file's header and claim, or it is damaged",
        ),
        (
            r"invalid opening argument",
            f"{PART} opens other values than it commits to: it is damaged, or it belongs to another proof",
        ),
        (
            r"table \d+, chip \d+ \((?P<chip>\w+)\): its constraints do not hold",
            f"{PART} breaks the constraints of the chip {{chip}}: the claim is false, or the file is damaged",
        ),
        (
            r"the buses do not balance",
            f"{PART} has tables that do not fit each other or the input (the buses do not balance): the "
            "claim is false, or the file is damaged",
        ),
        (r"(?P<bits>the proof has [\d.]+ proven bits .*)", "{bits}"),
    )
)


def rejection_text(said: str) -> str:
    """Which part of the proof is wrong, and how, from the words of the engine's rejection."""
    for pattern, text in _TEXTS:
        if found := pattern.match(said):
            return text.format(**found.groupdict())
    return OTHERWISE
