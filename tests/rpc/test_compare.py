"""The comparison of a run with its record."""

from __future__ import annotations

from dataclasses import replace

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.transaction_response import RecordedResult
from solproof.rpc.compare import compare
from solproof.runtime.transaction.scene import Scene
from tests.support import proof_scenes


def recorded(scene: Scene) -> RecordedResult:
    """The record of a run that agrees with it."""
    output = execute_transaction(scene).output
    return RecordedResult(output.error, output.fee, (), {}, None, output.compute_units, output.logs)


def differing(scene: Scene, **changes: object) -> list[tuple[str, object]]:
    """The names and recorded values of what differs."""
    record = replace(recorded(scene), **changes)  # type: ignore[arg-type]
    found = compare(record, execute_transaction(scene).output)
    return [(entry.name, entry.recorded) for entry in found if not entry.agrees]


def test_equal() -> None:
    for scene in (proof_scenes.token_account(), proof_scenes.failing()):
        assert differing(scene) == []


def test_differences() -> None:
    scene = proof_scenes.failing()
    assert differing(scene, error=None) == [("success", True), ("error", "none")]
    assert differing(scene, fee=7) == [("fee", 7)]
    lines = recorded(scene).logs
    assert lines is not None
    assert differing(scene, logs=(*lines, "more")) == [
        ("log_lines", len(lines) + 1),
        (f"log_line_{len(lines) + 1}", "more"),
    ]
    assert differing(scene, logs=lines[:-1])[1] == (f"log_line_{len(lines)}", "missing")


def test_what_is_not_recorded() -> None:
    scene = proof_scenes.frameless()
    record = replace(recorded(scene), compute_units=None, logs=None)
    agrees = {entry.name: entry.agrees for entry in compare(record, execute_transaction(scene).output)}
    assert agrees == {"success": True, "error": True, "fee": True, "compute_units": None, "log_lines": None}
