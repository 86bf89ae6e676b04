"""`solproof inspect`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from solproof import __version__
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.statement.statement import input_digest
from tests.cli.conftest import Command, Files, Scenes
from tests.support.elf_builder import build_elf, call
from tests.support.proof_scenes import token_account


def test_proof(command: Command, files: Files) -> None:
    fields = command("inspect", files.proof, "--json").fields
    digest = hashlib.sha256(files.program.read_bytes()).hexdigest()
    assert (fields["kind"], fields["solproof_version"]) == ("proof", __version__)
    assert fields["program_sha256"] == digest
    assert fields["about"] == "instruction"
    (frame,) = fields["claim"]["frames"]
    assert (frame["number"], frame["exit_code"], frame["instructions"]) == (1, 0, 76)
    assert (frame["executed_slots"], frame["syscalls"], frame["events"]) == (75, {}, [])
    assert fields["bytes"]["file"] == files.proof.stat().st_size
    assert fields["claimed_security_bits"] >= 100
    lines = command("inspect", files.proof).output.splitlines()
    assert "    instructions         76" in lines
    assert f"program_sha256           {digest}" in lines


def test_a_proof_of_a_transaction(command: Command, scenes: Scenes) -> None:
    fields = command("inspect", scenes.proof, "--json").fields
    assert (fields["about"], fields["program_sha256"]) == ("transaction", None)
    assert fields["input_sha256"] == input_digest(token_account()).hex()
    frames = fields["claim"]["frames"]
    assert [frame["number"] for frame in frames] == [1, 2, 3, 4]
    assert [frame["instructions"] for frame in frames] == [7_162, 83, 38, 125]
    assert [frame["fault"] for frame in frames] == [None] * 4
    assert frames[0]["executed_slots"] == 2_574
    assert frames[0]["syscalls"]["sol_invoke_signed_rust"] == 4
    assert [len(frame["events"]) for frame in frames] == [9, 1, 0, 1]
    lines = command("inspect", scenes.proof).output.splitlines()
    assert [line for line in lines if line.startswith("    number")] == [
        f"    number               {number}" for number in range(1, 5)
    ]
    assert "  frames  4" in lines


def test_a_transaction_names_no_program(command: Command, files: Files, scenes: Scenes) -> None:
    result = command("inspect", scenes.proof, "--program", files.program)
    message = f"error: program {files.program}: the proof is about a transaction, which names no program\n"
    assert (result.status, result.errors) == (2, message)


def test_program(command: Command, files: Files) -> None:
    fields = command("inspect", files.program, "--json").fields
    assert fields == {
        "kind": "program",
        "format": "elf",
        "sha256": hashlib.sha256(files.program.read_bytes()).hexdigest(),
        "executable_hash": hashlib.sha256(files.program.read_bytes().rstrip(b"\0")).hexdigest(),
        "bytes": 100_312,
        "sbpf_version": 0,
        "entry": 292,
        "slots": 11_805,
        "text_address": "0x100000120",
        "image_bytes": 97_536,
        "functions": 33,
        "syscalls": {
            name: "supported"
            for name in (
                "sol_get_sysvar",
                "sol_log_",
                "sol_memcmp_",
                "sol_memcpy_",
                "sol_memset_",
                "sol_panic_",
                "sol_set_return_data",
            )
        },
        "unknown_calls": {},
    }


def test_a_dump_has_the_hash_of_its_program(command: Command, files: Files, tmp_path: Path) -> None:
    dump = tmp_path / "dump.so"
    dump.write_bytes(files.program.read_bytes() + bytes(4_096))
    padded, own = (command("inspect", path, "--json").fields for path in (dump, files.program))
    assert padded["executable_hash"] == own["executable_hash"]
    assert padded["sha256"] != own["sha256"]


def test_syscalls_that_mainnet_does_not_have(command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.so"
    names = ("sol_invoke_signed_c", "sol_blake3", "sol_get_fees_sysvar", "sol_sha256")
    program.write_bytes(build_elf([*(f"syscall {name}" for name in names), "exit"]))
    assert command("inspect", program, "--json").fields["syscalls"] == {
        "sol_blake3": "supported where blake3_syscall_enabled is active, unlike on mainnet",
        "sol_get_fees_sysvar": "supported where disable_fees_sysvar is not active, unlike on mainnet",
        "sol_invoke_signed_c": "supported",
        "sol_sha256": "supported",
    }


def test_events_of_a_proof(command: Command, tmp_path: Path) -> None:
    program, given, proof = (tmp_path / name for name in ("program.so", "input.json", "proof"))
    heap = 0x3_0000_0000
    parts = [*call("sol_sha256", (0, 0, heap + 8)), *call("sol_log_64_", (1, 2, 3, 4, 5)), "exit"]
    program.write_bytes(build_elf(parts))
    given.write_text(
        '{"program_id": "11111111111111111111111111111112", "accounts": [], "instruction_data": []}'
    )
    assert command("prove", program, "--input", given, "-o", proof, "--quiet").status == 0
    (claim,) = command("inspect", proof, "--json").fields["claim"]["frames"]
    assert claim["syscalls"] == {"sol_log_64_": 1, "sol_sha256": 1}
    assert claim["events"] == [
        {
            "number": 0,
            "clk": 4,
            "pcs": None,
            "syscall": "sol_sha256",
            "arguments": [0, 0, heap + 8, 0, 0],
            "result": 0,
            "words": 4,
        },
        {
            "number": 1,
            "clk": 10,
            "pcs": None,
            "syscall": "sol_log_64_",
            "arguments": [1, 2, 3, 4, 5],
            "result": 0,
            "words": 0,
        },
    ]
    lines = command("inspect", proof).output.splitlines()
    assert "      0  clk 4: sol_sha256(0x0, 0x0, 0x300000008, 0x0, 0x0) = 0x0, 4 words" in lines
    (named,) = command("inspect", proof, "--program", program, "--json").fields["claim"]["frames"]
    assert [event["pcs"] for event in named["events"]] == [[6], [17]]
    lines = command("inspect", proof, "--program", program).output.splitlines()
    assert "      0  clk 4, pc 6: sol_sha256(0x0, 0x0, 0x300000008, 0x0, 0x0) = 0x0, 4 words" in lines
    verified = command("verify", proof, "--program", program, "--input", given, "--json").fields
    assert verified["replayed"] == {"events": 2, "words": 4}
    text = command("verify", proof, "--program", program, "--input", given).output
    assert "replayed           2 syscalls, 4 words of memory" in text.splitlines()


def test_where_syscalls_are_called(command: Command, tmp_path: Path) -> None:
    """The claim cannot tell two calls of one syscall apart, but it contains the last instruction."""
    program, given, proof = (tmp_path / name for name in ("program.so", "input.json", "proof"))
    program.write_bytes(build_elf("syscall sol_log_64_; syscall sol_log_64_; syscall abort; exit"))
    given.write_text(
        '{"program_id": "11111111111111111111111111111112", "accounts": [], "instruction_data": []}'
    )
    assert command("prove", program, "--input", given, "-o", proof, "--quiet").status == 0
    events = command("inspect", proof, "--json").fields["claim"]["frames"][0]["events"]
    assert [event["pcs"] for event in events] == [None, None, [2]]
    events = command("inspect", proof, "--program", program, "--json").fields["claim"]["frames"][0]["events"]
    assert [event["pcs"] for event in events] == [[0, 1], [0, 1], [2]]
    lines = command("inspect", proof, "--program", program).output.splitlines()
    assert any(line.startswith("      1  clk 2, pc 0 or 1: sol_log_64_(0x400000000, ") for line in lines)


def test_another_program_than_the_proof_names(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "other.so"
    program.write_bytes(build_elf("exit"))
    result = command("inspect", files.proof, "--program", program)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (program, files.program)]
    message = f"error: program {program}: has the SHA-256 {digests[0]}, but the proof names {digests[1]}\n"
    assert (result.status, result.errors) == (2, message)


def test_input_bin(command: Command, files: Files) -> None:
    fields = command("inspect", files.input_bin, "--json").fields
    assert (fields["kind"], len(fields["accounts"])) == ("input", 3)
    assert fields["program_format"] == "elf"
    assert fields["parameters"] == {
        "compute_unit_limit": 1_400_000,
        "heap_size": 32_768,
        "loader": "V3",
        "features": "mainnet's",
        "epoch_stake": 0,
    }
    assert "  loader              V3" in command("inspect", files.input_bin).output.splitlines()


def test_neither(command: Command, files: Files) -> None:
    result = command("inspect", files.input)
    message = (
        f"error: file {files.input}: starts with b'{{\\n  \"pro', expected a proof (b'SOLPROOF'), "
        "a program (b'\\x7fELF') or an input.bin\n"
    )
    assert (result.status, result.errors) == (2, message)


def test_broken_program(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "truncated.so"
    program.write_bytes(files.program.read_bytes()[:1000])
    result = command("inspect", program)
    assert result.status == 2
    assert result.errors.startswith(f"error: program {program}: ElfError::ValueOutOfBounds: ")


def test_broken_input_bin(command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(files.input_bin.read_bytes()[:-1])
    start = len(files.input_bin.read_bytes()) - 4
    result = command("inspect", path)
    message = f"input.bin: program_format at offset {start}: expected 4 bytes, 3 are left"
    assert (result.status, result.errors) == (2, f"error: file {path}: {message}\n")


def test_features_and_stake_of_an_input(command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    options = ["--feature", "blake3_syscall_enabled", "--no-feature", "abort_on_invalid_curve"]
    assert command("pack", files.input_bin, *options, "--output", path).status == 0
    parameters = command("inspect", path, "--json").fields["parameters"]
    assert parameters["features"] == "mainnet's, with blake3_syscall_enabled, without abort_on_invalid_curve"


@pytest.mark.parametrize(("version", "name"), [(0, "sol_lgo_"), (3, "0x5e21902d")])
def test_calls_that_nothing_answers(version: int, name: str, command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.so"
    program.write_bytes(
        write_elf(assemble("syscall sol_lgo_\nsyscall sol_log_\nsyscall sol_lgo_\nexit", version))
    )
    assert command("inspect", program, "--json").fields["unknown_calls"] == {name: "pc 0, 2"}
    assert f"unknown_calls\n  {name}  pc 0, 2\n" in command("inspect", program).output
