"""`solproof demo` shows everything that the README promises."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from solproof.demo import run_demo, scenario
from tests.cli.conftest import Command

SUCCESS = "success true, exit_code 0"


def test_demo(command: Command, tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    result = command("demo", "--directory", directory, "--quiet")
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    for expected in (
        "    compute units (76): equal",
        "    compute units (4,644): equal",
        f"    public outputs: {SUCCESS}, compute_units 76, instructions 76, accounts_modified 2",
        f"    public outputs: {SUCCESS}, compute_units 4644, instructions 4484, accounts_modified 2",
    ):
        assert lines.count(expected) == 1
    for expected in ("result", "log", "return data", "number of accounts (3)"):
        assert lines.count(f"    {expected}: equal") == 2
    assert sum(line.endswith(" afterwards: equal") for line in lines) == 2 * 3
    assert sum(": rejected: " in line for line in lines) == 2 * 2
    assert sorted(path.name for path in directory.iterdir()) == [
        "classic_token.so",
        "classic_token_transfer.json",
        "classic_token_transfer.proof",
        "p_token.so",
        "p_token_transfer.json",
        "p_token_transfer.proof",
    ]
    # The commands that it prints at the end work as they are.
    for line in lines[-2:]:
        program, *arguments = line.split()
        assert program == "solproof"
        assert command(*arguments).status == 0


def test_json(command: Command, tmp_path: Path) -> None:
    fields = command("demo", "--directory", tmp_path, "--quiet", "--json").fields
    assert [*fields] == ["p_token", "classic_token", "peak_bytes"]
    for name, units in (("p_token", 76), ("classic_token", 4644)):
        assert (fields[name]["success"], fields[name]["compute_units"]) == (True, units)
        assert len(fields[name]["rejected"]) == 2
    assert fields["peak_bytes"] > 10**7


@pytest.mark.skipif(sys.version_info < (3, 11), reason="PYTHONSAFEPATH is of Python 3.11")
def test_a_program_called_as_a_module_of_python(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m` looks in the current directory first, where a `.so` file is an extension module."""
    (tmp_path / "token.so").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_demo, "CASES", run_demo.CASES[:1])
    assert command("demo", "--quiet").status == 0


def test_a_difference_is_loud(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = scenario.run_token_instruction

    def other_runtime(*arguments: object, **options: object) -> object:
        return replace(honest(*arguments, **options), compute_units=77)  # type: ignore[arg-type]

    monkeypatch.setattr(scenario, "run_token_instruction", other_runtime)
    result = command("demo", "--directory", tmp_path, "--quiet")
    assert (result.status, result.errors) == (1, "error: compute units: got 76, expected 77\n")
    assert list(tmp_path.iterdir()) == []


def test_unwritable_directory(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = command("demo", "--directory", tmp_path / "file")
    message = f"error: {tmp_path / 'file'}: cannot be made: File exists\n"
    assert (result.status, result.errors) == (6, message)
