"""`solproof check`."""

from __future__ import annotations

import pytest

from solproof.air.check import Failure
from tests.cli.conftest import Command, Files, Scenes


def test_everything_holds(command: Command, files: Files) -> None:
    result = command("check", files.program, "--input", files.input)
    assert result.status == 0
    *phases, done = result.errors.splitlines()
    assert phases == ["check: execute ...", "check: witness ...", "check: constraints and buses ..."]
    assert done.startswith("check: done in ")
    line = next(line for line in result.output.splitlines() if line.startswith("constraints"))
    assert line.endswith(" rows: hold")


def test_json(command: Command, files: Files) -> None:
    fields = command("check", files.input_bin, "--json", "--quiet").fields
    assert (fields["holds"], fields["failures"], fields["compute_units"]) == (True, [], 76)
    assert fields["rows"]["add"] >= 1


def test_a_failure_is_named(command: Command, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = Failure("add", "carry out of limb 0 is 0 or 1", 3, "0", "2", 292, invocation=1)
    monkeypatch.setattr("solproof.air.check.check", lambda _: [failure])
    result = command("check", files.input_bin, "--quiet")
    assert result.status == 1
    assert result.output.splitlines()[-1] == (
        "  add row 3 of invocation 1 (pc 292: ldxb r2, [r1+0x0]): carry out of limb 0 is 0 or 1: "
        "expected 0, got 2"
    )
    described = command("check", files.input_bin, "--quiet", "--json").fields["failures"]
    assert described == [
        {
            "chip": "add",
            "name": "carry out of limb 0 is 0 or 1",
            "row": 3,
            "frame": 1,
            "pc": 292,
            "instruction": "ldxb r2, [r1+0x0]",
            "expected": "0",
            "got": "2",
        }
    ]


def test_a_fault(command: Command, files: Files) -> None:
    result = command("check", files.input_bin, "--compute-unit-limit", 10, "--json", "--quiet")
    assert (result.status, result.fields["holds"]) == (0, True)
    assert (result.fields["fault"], result.fields["instructions"]) == ("ExceededMaxInstructions", 10)


def test_a_transaction(command: Command, scenes: Scenes) -> None:
    result = command("check", "--transaction", scenes.token_account, "--quiet")
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[5].startswith("constraints        ") and lines[5].endswith(" rows: hold")
    assert lines[7:9] == ["", "instructions"]
    assert len(lines) == 14
    fields = command("check", "--transaction", scenes.failing, "--json", "--quiet").fields
    assert (fields["holds"], fields["success"], fields["status"]) == (True, False, "executed")
    assert (fields["frames"], fields["failures"]) == (1, [])


def test_a_failure_in_a_frame_of_a_transaction(
    command: Command, scenes: Scenes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instruction is that of the frame's own program."""
    failures = [Failure("add", "a rule", 3, "0", "2", 0, invocation=frame) for frame in (1, 2)]
    monkeypatch.setattr("solproof.air.check.check", lambda _: failures)
    result = command("check", "--transaction", scenes.token_account, "--quiet", "--json")
    assert result.status == 1
    first, second = result.fields["failures"]
    assert (first["frame"], second["frame"]) == (1, 2)
    assert first["instruction"] != second["instruction"]
