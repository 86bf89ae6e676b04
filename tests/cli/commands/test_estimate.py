"""`solproof estimate`."""

from __future__ import annotations

from tests.cli.conftest import Command, Files, Scenes


def test_lines(command: Command, files: Files) -> None:
    result = command("estimate", files.input_bin, "--quiet")
    assert (result.status, result.errors) == (0, "")
    names = [line.partition("  ")[0] for line in result.output.splitlines()]
    assert names[5:12] == ["security", "proof", "memory", "time", "measured", "rows", "cells"]
    assert "rows by chip, padding included" in result.output


def test_json(command: Command, files: Files) -> None:
    fields = command("estimate", files.program, "--input", files.input, "--json", "--quiet").fields
    proven = command("inspect", files.proof, "--json").fields
    assert fields["proof_bytes"] == abs(fields["proof_bytes"])
    assert abs(fields["proof_bytes"] / proven["bytes"]["file"] - 1) < 0.05
    assert set(fields["calibration"]["errors"]) == {"seconds", "peak_bytes", "proof_bytes"}
    assert fields["available_bytes"] > fields["peak_bytes"] > 2**26
    assert fields["rows"]["lookup"] == 2**14


def test_a_transaction(command: Command, scenes: Scenes) -> None:
    fields = command("estimate", "--transaction", scenes.token_account, "--json", "--quiet").fields
    assert (fields["status"], fields["frames"], fields["fee"]) == ("executed", 4, 5_000)
    proven = command("inspect", scenes.proof, "--json").fields
    assert abs(fields["proof_bytes"] / proven["bytes"]["file"] - 1) < 0.05
    assert fields["security_bits"] == proven["claimed_security_bits"]
    lines = command("estimate", "--transaction", scenes.token_account, "--quiet").output.splitlines()
    assert lines[lines.index("instructions") + 3].startswith("       system")
    assert "rows by chip, padding included" in lines
