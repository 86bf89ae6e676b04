"""`solproof fixture`, and fixtures as the input of the other commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from solproof.demo import scenario
from solproof.formats.fixtures.messages import MOLLUSK
from tests.cli.conftest import Command, Files
from tests.support.fixtures import firedancer_instruction, make, mollusk_instruction, serialized, transfer


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with three fixtures. That of Mollusk lacks its program."""
    directory = tmp_path_factory.mktemp("fixtures")
    given, result = transfer()
    (directory / "firedancer.fix").write_bytes(serialized(firedancer_instruction(given, result)))
    mollusk = mollusk_instruction(given, result)
    mollusk.input.compute_budget.MergeFrom(make(MOLLUSK, "ComputeBudget", invoke_units=1_000))
    (directory / "mollusk.fix").write_bytes(serialized(mollusk))
    failing = firedancer_instruction(*transfer(scenario.SOURCE_AMOUNT + 1))
    failing.output.custom_err = 2
    (directory / "nested").mkdir()
    (directory / "nested" / "wrong.fix").write_bytes(serialized(failing))
    return directory


def test_equal(command: Command, place: Path) -> None:
    path = place / "firedancer.fix"
    result = command("fixture", path, "--quiet")
    assert (result.status, result.output, result.errors) == (0, f"equal  {path}\n", "")


def test_a_directory(command: Command, place: Path, files: Files) -> None:
    result = command("fixture", place, "--program", files.program, "--quiet")
    assert (result.status, result.errors) == (1, "")
    assert result.output.splitlines() == [
        f"equal  {place / 'firedancer.fix'}",
        f"equal  {place / 'mollusk.fix'}",
        "  note: compute_budget.invoke_units is 1,000, but the run has the runtime's 946",
        f"differs  {place / 'nested/wrong.fix'}",
        "  error: expected Custom(2), got Custom(1)",
        "3 fixtures: 2 equal, 1 differs",
    ]


def test_json(command: Command, place: Path) -> None:
    result = command("fixture", place / "mollusk.fix", place / "nested", "--json", "--quiet")
    assert result.status == 1
    assert result.fields == {
        "fixtures": [
            {
                "file": str(place / "mollusk.fix"),
                "verdict": "refused",
                "message": "the fixture has no file of the program "
                "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, expected the program's file as well",
                "exit_status": 2,
            },
            {
                "file": str(place / "nested/wrong.fix"),
                "verdict": "differs",
                "origin": "Firedancer",
                "error": "Custom(2)",
                "compute_units": transfer(scenario.SOURCE_AMOUNT + 1)[1].transaction_compute_units,
                "differences": [{"field": "error", "expected": "Custom(2)", "got": "Custom(1)"}],
                "departures": [],
            },
        ],
        "counts": {"refused": 1, "differs": 1},
    }


def test_refused(command: Command, place: Path, tmp_path: Path) -> None:
    assert command("fixture", place / "mollusk.fix", "--quiet").status == 2
    result = command("fixture", tmp_path, "--quiet")
    assert (result.status, result.errors) == (2, f"error: {tmp_path}: has no file *.fix\n")
    missing = tmp_path / "missing.fix"
    result = command("fixture", missing, "--quiet")
    said = f"refused  {missing}\n  fixture {missing}: cannot be read: No such file or directory\n"
    assert (result.status, result.output) == (2, said)


# OTHER COMMANDS


def test_a_fixture_is_an_input(command: Command, place: Path, files: Files, tmp_path: Path) -> None:
    fixture, proof = place / "firedancer.fix", tmp_path / "proof"
    for arguments in ([fixture], ["--input", fixture], [files.program, "--input", fixture]):
        assert command("run", *arguments, "--json").fields["compute_units"] == 76
    assert command("prove", "--input", fixture, "--output", proof, "--quiet").status == 0
    assert command("verify", proof, "--input", fixture).status == 0
    assert command("verify", proof, "--input", fixture, "--compute-unit-limit", 1_000).status == 4
    packed = tmp_path / "input.bin"
    assert command("pack", fixture, "--output", packed).status == 0
    assert command("verify", proof, "--input", packed).status == 0


def test_the_program_beside_a_fixture(command: Command, place: Path, files: Files) -> None:
    fixture = place / "mollusk.fix"
    result = command("run", files.program, "--input", fixture)
    said = "compute_budget.invoke_units is 1,000, but the run has the runtime's 946"
    assert (result.status, result.errors) == (0, f"note: {fixture}: {said}\n")
    result = command("run", files.input, "--input", place / "firedancer.fix")
    said = f"the program in it is not {files.input}"
    assert (result.status, result.errors) == (2, f"error: input {place / 'firedancer.fix'}: {said}\n")
    result = command("run", "--transaction", place / "firedancer.fix")
    said = "this fixture has an instruction, expected a fixture of a transaction"
    assert (result.status, result.errors) == (2, f"error: scene {place / 'firedancer.fix'}: {said}\n")
