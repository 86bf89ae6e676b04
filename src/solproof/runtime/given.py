"""What can be run: an input of one instruction, or the scene of a transaction."""

from __future__ import annotations

from solproof.arguments import wrong_type
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene


def check_given(given: object) -> None:
    """Raise `TypeError` if a value is neither an input nor a scene."""
    if not isinstance(given, (ExecutionInput, Scene)):
        wrong_type(
            given,
            "given",
            "an ExecutionInput or a Scene (solproof.load and solproof.scene_from_json make them)",
        )
