"""`solproof inspect`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from solproof import __version__
from tests.cli.conftest import Command, Files
from tests.svm.elf_builder import build_elf, call, leave


def test_proof(command: Command, files: Files) -> None:
    fields = command("inspect", files.proof, "--json").fields
    digest = hashlib.sha256(files.program.read_bytes()).hexdigest()
    assert (fields["kind"], fields["solproof_version"]) == ("proof", __version__)
    assert fields["program_sha256"] == digest
    assert fields["claim"]["exit_code"] == 0
    assert fields["claim"]["instructions"] == 76
    assert fields["claim"]["syscalls"] == {}
    assert fields["bytes"]["file"] == files.proof.stat().st_size
    assert fields["claimed_security_bits"] >= 100
    lines = command("inspect", files.proof).output.splitlines()
    assert "  instructions         76" in lines
    assert f"program_sha256           {digest}" in lines


def test_program(command: Command, files: Files) -> None:
    fields = command("inspect", files.program, "--json").fields
    assert fields == {
        "kind": "program",
        "format": "elf",
        "sha256": hashlib.sha256(files.program.read_bytes()).hexdigest(),
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
    }


def test_program_with_a_syscall_that_is_not_supported(command: Command, tmp_path: Path) -> None:
    program = tmp_path / "program.so"
    program.write_bytes(build_elf([*call("sol_sha256", (0, 0, 0)), leave()]))
    assert command("inspect", program, "--json").fields["syscalls"] == {"sol_sha256": "not supported yet"}


def test_input_bin(command: Command, files: Files) -> None:
    fields = command("inspect", files.input_bin, "--json").fields
    assert (fields["kind"], len(fields["accounts"])) == ("input", 3)
    assert fields["program_format"] == "elf"
    assert fields["parameters"] == {"compute_unit_limit": 1_400_000, "heap_size": 32_768, "loader": "V3"}
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
