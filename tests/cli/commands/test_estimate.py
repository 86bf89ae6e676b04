"""`solproof estimate`."""

from __future__ import annotations

from tests.cli.conftest import Command, Files


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
