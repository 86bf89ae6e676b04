"""`solproof verify`: accepted proofs, and each way of being rejected."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from solproof import __version__
from solproof.statement.proof_file import ProofFile
from tests.cli.conftest import Command, Files, Scenes


def test_valid(command: Command, files: Files) -> None:
    result = command("verify", files.proof, "--program", files.program, "--input", files.input)
    assert (result.status, result.errors) == (0, "")
    assert result.output.splitlines()[:6] == [
        "proof              valid",
        "success            yes",
        "exit code          0",
        "compute units      76",
        "instructions       76",
        "accounts modified  2",
    ]


def test_json(command: Command, files: Files) -> None:
    fields = command("verify", files.proof, "--input", files.input_bin, "--json").fields
    assert [*fields] == [
        "success",
        "exit_code",
        "error",
        "error_message",
        "fault",
        "pc",
        "compute_units",
        "compute_units_charged",
        "instructions",
        "accounts_modified",
        "frames",
        "security_bits",
        "security_regime",
        "proof_bytes",
        "seconds",
        "replayed",
    ]
    assert fields["replayed"] == {"events": 0, "words": 0}
    assert fields["proof_bytes"] == files.proof.stat().st_size
    assert [*fields["seconds"]] == ["key", "replay", "engine", "total"]


def test_another_input(command: Command, files: Files) -> None:
    result = command("verify", files.proof, "--program", files.program, "--input", files.failing, "--json")
    assert result.status == 4
    assert result.fields == {
        "failure": {
            "kind": "ProofRejected",
            "message": result.errors.removeprefix("error: ").rstrip("\n"),
            "exit_status": 4,
            "reason": "other-input",
        }
    }


@pytest.mark.parametrize(("option", "value"), [("--compute-unit-limit", 1_399_999), ("--heap-size", 65_536)])
def test_other_parameters(option: str, value: int, command: Command, files: Files) -> None:
    assert command("verify", files.proof, "--input", files.input_bin, option, value).status == 4


def test_another_program(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "other.so"
    program.write_bytes(files.program.read_bytes() + b"\0")
    result = command("verify", files.proof, "--program", program, "--input", files.input)
    digest = hashlib.sha256(files.program.read_bytes()).hexdigest()
    message = f"error: the proof is about the program with SHA-256 {digest}, not about this one\n"
    assert (result.status, result.errors, result.output) == (4, message, "")


@pytest.mark.parametrize("part", [0.0001, 0.1, 0.5, 0.999])
def test_a_changed_byte(part: float, command: Command, files: Files, tmp_path: Path) -> None:
    content = bytearray(files.proof.read_bytes())
    content[int(len(content) * part)] ^= 0xFF
    proof = tmp_path / "changed.proof"
    proof.write_bytes(content)
    result = command("verify", proof, "--program", files.program, "--input", files.input)
    assert (result.status, result.output) == (4, "")
    assert result.errors.startswith("error: ") and result.errors.count("\n") == 1


def test_truncated(command: Command, files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "truncated.proof"
    proof.write_bytes(files.proof.read_bytes()[:20])
    result = command("verify", proof, "--program", files.program, "--input", files.input)
    message = "error: proof file: cut off in its proof system digest, at byte 20 of at least 48\n"
    assert (result.status, result.errors) == (4, message)


@pytest.mark.parametrize("options", [(), ("--verbose",)], ids=["plain", "verbose"])
def test_a_damaged_proof_in_words(
    options: tuple[str, ...], command: Command, files: Files, tmp_path: Path
) -> None:
    content = bytearray(files.proof.read_bytes())
    content[len(content) // 2] ^= 1
    proof = tmp_path / "changed.proof"
    proof.write_bytes(content)
    result = command("verify", proof, "--program", files.program, "--input", files.input, *options)
    told = "error: the engine's part of the proof opens other values than it commits to: it is damaged, or "
    assert result.status == 4
    assert f"{told}it belongs to another proof\n" in result.errors
    own_words = [line for line in result.errors.splitlines() if line.startswith("note: engine: ")]
    assert len(own_words) == len(options)


def test_a_file_that_is_no_proof(command: Command, files: Files) -> None:
    result = command("verify", files.program, "--program", files.program, "--input", files.input, "--json")
    message = "proof file: starts with b'\\x7fELF\\x02\\x01\\x01\\x00', expected b'SOLPROOF'"
    assert (result.status, result.errors) == (2, f"error: {message}\n")
    assert result.fields["failure"] == {
        "kind": "NotAProof",
        "message": message,
        "exit_status": 2,
        "reason": "file-magic",
    }


def test_another_format_version(command: Command, files: Files, tmp_path: Path) -> None:
    content = bytearray(files.proof.read_bytes())
    content[8:10] = (99).to_bytes(2, "little")
    proof = tmp_path / "future.proof"
    proof.write_bytes(content)
    result = command("verify", proof, "--program", files.program, "--input", files.input, "--json")
    assert result.status == 5
    assert result.fields["failure"]["reason"] == "file-format"
    assert result.errors.startswith("error: proof file: format version 99, this solproof reads version ")


def test_another_proof_system(command: Command, files: Files, tmp_path: Path) -> None:
    made = replace(ProofFile.from_bytes(files.proof.read_bytes()), version="9.8.7", system_digest=bytes(32))
    proof = tmp_path / "other.proof"
    proof.write_bytes(made.to_bytes())
    result = command("verify", proof, "--program", files.program, "--input", files.input)
    assert (result.status, result.errors) == (
        5,
        "error: the proof was made by solproof 9.8.7 with another circuit or other parameters of the proof "
        f"system than this solproof {__version__} has\n",
    )


def test_without_an_input(command: Command, files: Files) -> None:
    result = command("verify", files.proof)
    message = "error: Missing option '--input' / '-i', or --transaction (see solproof verify --help)\n"
    assert (result.status, result.errors) == (2, message)


def test_without_a_program(command: Command, files: Files) -> None:
    result = command("verify", files.proof, "--input", files.input)
    message = f"error: input {files.input}: JSON holds no program, expected the program's file as well\n"
    assert (result.status, result.errors) == (2, message)


def test_a_program_without_its_option(command: Command, files: Files) -> None:
    result = command("verify", files.proof, files.program, "--input", files.input)
    hint = "the program is given with --program, and the input with --input (see solproof verify --help)"
    message = f"error: Got unexpected extra argument ({files.program}): {hint}\n"
    assert (result.status, result.errors) == (2, message)


# TRANSACTIONS


def test_a_transaction(command: Command, scenes: Scenes) -> None:
    result = command("verify", scenes.proof, "--transaction", scenes.token_account)
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[:6] == [
        "proof              valid",
        "success            yes",
        "fee                5,000 lamports",
        "compute units      17,987",
        "instructions       7,408 in 4 frames of sBPF programs",
        "accounts modified  2",
    ]
    assert [line.partition("  ")[0] for line in lines[6:9]] == ["security", "seconds", "replayed"]
    assert lines[9:11] == ["", "instructions"]
    assert lines[13].startswith("       system  ")
    assert len(lines) == 16


def test_a_transaction_as_json(command: Command, scenes: Scenes) -> None:
    fields = command("verify", scenes.proof, "--transaction", scenes.token_account, "--json").fields
    assert [*fields] == [
        *("success", "error", "error_message", "status", "fee", "compute_units", "executed_instructions"),
        *("accounts_modified", "frames", "security_bits", "security_regime", "proof_bytes", "seconds"),
        "replayed",
    ]
    assert (fields["success"], fields["error"], fields["executed_instructions"]) == (True, None, 7_408)
    assert (fields["frames"], fields["replayed"]["events"]) == (4, 11)


def test_another_transaction(command: Command, scenes: Scenes) -> None:
    result = command("verify", scenes.proof, "--transaction", scenes.failing, "--json")
    assert (result.status, result.fields["failure"]["reason"]) == (4, "other-input")
    options = ["--no-feature", "abort_on_invalid_curve"]
    result = command("verify", scenes.proof, "-t", scenes.token_account, *options, "--json")
    assert (result.status, result.fields["failure"]["reason"]) == (4, "other-input")


def test_a_proof_of_another_kind(command: Command, files: Files, scenes: Scenes) -> None:
    for arguments in (
        [scenes.proof, "--input", files.input_bin],
        [files.proof, "--transaction", scenes.token_account],
    ):
        result = command("verify", *arguments, "--json")
        assert (result.status, result.fields["failure"]["reason"]) == (4, "other-kind")
