"""Raw bytecode: named by options, recognised, packed and proven, and options that contradict each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from solproof.formats import bincode
from solproof.isa.instruction import Instruction
from solproof.program.bytecode_verifier import RAW_HINT
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import address_text
from tests.cli.conftest import Command, Files
from tests.support.elf_files import strict_elf
from tests.support.random_instructions import EXIT, encode

# The slots after the first EXIT are not all zeros, so this can only be bytecode. From slot 1, r0 = 7.
RETURN_7 = encode(EXIT, Instruction(0xB7, immediate=7), EXIT)
RETURN_0 = encode(Instruction(0xB7, immediate=0), EXIT)
NOTE = "not ELF but valid sBPF, so it is read with --raw --sbpf-version 0 --entry 0"


@dataclass(frozen=True, slots=True)
class RawFiles:
    """A program that returns 7 from slot 1 and 0 from slot 0, and inputs for it."""

    program: Path
    input: Path
    described: Path


@pytest.fixture
def raw_files(tmp_path: Path) -> RawFiles:
    found = RawFiles(*(tmp_path / name for name in ("program.bin", "input.json", "described.json")))
    found.program.write_bytes(RETURN_7)
    document: dict[str, Any] = {
        "program_id": address_text(bytes([4]) * 32),
        "accounts": [],
        "instruction_data": [],
    }
    found.input.write_text(json.dumps(document))
    document["program_format"] = {"raw": {"version": 0, "entry": 1}}
    found.described.write_text(json.dumps(document))
    return found


# POSITIVE


def test_options(command: Command, raw_files: RawFiles) -> None:
    result = command("run", raw_files.program, "-i", raw_files.input, "--raw", "--entry", 1, "--json")
    assert (result.fields["exit_code"], result.fields["error"]) == (7, "Custom(7)")
    assert result.errors == ""


def test_the_input_says_it(command: Command, raw_files: RawFiles) -> None:
    result = command("run", raw_files.program, "--input", raw_files.described, "--json")
    assert (result.fields["exit_code"], result.errors) == (7, "")
    agreeing = ("--raw", "--entry", 1, "--sbpf-version", 0)
    result = command("run", raw_files.program, "--input", raw_files.described, "--json", *agreeing)
    assert result.fields["exit_code"] == 7


def test_detection(command: Command, raw_files: RawFiles) -> None:
    result = command("run", raw_files.program, "--input", raw_files.input, "--json")
    assert result.fields["exit_code"] == 0
    assert result.errors == f"note: program {raw_files.program}: {NOTE}\n"


@pytest.mark.parametrize(
    "content",
    [
        RETURN_0 + b"\0",
        b"",
        encode(Instruction(0x06), EXIT),
        encode(Instruction(0x85, immediate=7), EXIT),
    ],
)
def test_what_is_no_bytecode_is_a_broken_elf_file(
    content: bytes, command: Command, raw_files: RawFiles
) -> None:
    raw_files.program.write_bytes(content)
    result = command("run", raw_files.program, "--input", raw_files.input)
    # If the length rules out raw bytecode, the message does not mention it.
    hint = f"; {RAW_HINT}" if content and len(content) % 8 == 0 else ""
    kind = f"starts with {content[:8]!r}, expected a program (b'\\x7fELF'); " if content else ""
    assert result.status == 2
    assert result.errors == (
        f"error: program {raw_files.program}: {kind}"
        "ElfError::ValueOutOfBounds: Offset or value is out of bounds "
        f"(the file has {len(content)} bytes, expected at least 64 for the ELF header{hint})\n"
    )


def test_bytecode_of_another_version_is_told_of_the_option(command: Command, raw_files: RawFiles) -> None:
    """A long file, whose bytes 48 to 51 are not a version. The option in the hint works."""
    raw_files.program.write_bytes(encode(*[Instruction(0xB6, immediate=3)] * 8, Instruction(0xB7), EXIT))
    result = command("run", raw_files.program, "--input", raw_files.input)
    assert result.status == 2
    assert result.errors.startswith(f"error: program {raw_files.program}: starts with b'\\xb6\\x00")
    assert "; ElfError::UnsupportedSBPFVersion: " in result.errors
    assert result.errors.endswith(
        "; for raw bytecode, give its version: --raw --sbpf-version N, or a RawFormat in Python)\n"
    )
    result = command(
        "run", raw_files.program, "--input", raw_files.input, "--raw", "--sbpf-version", 2, "--json"
    )
    assert result.fields["exit_code"] == 0


def test_an_input_that_says_elf_is_believed(command: Command, raw_files: RawFiles) -> None:
    raw_files.input.write_text(raw_files.input.read_text()[:-1] + ', "program_format": "elf"}')
    result = command("run", raw_files.program, "--input", raw_files.input)
    assert result.status == 2
    assert result.errors.startswith(f"error: program {raw_files.program}: starts with b'\\x95\\x00")
    assert "; ElfError::ValueOutOfBounds: " in result.errors


def test_pack(command: Command, raw_files: RawFiles, tmp_path: Path) -> None:
    packed = tmp_path / "input.bin"
    options = ("--raw", "--entry", 1)
    assert command("pack", raw_files.program, "-i", raw_files.input, "-o", packed, *options).status == 0
    assert bincode.unpack(packed.read_bytes()).program_format == RawFormat(0, 1)
    assert command("run", packed, "--json").fields["exit_code"] == 7
    with_program = ("run", raw_files.program, "--input", packed, "--json")
    assert command(*with_program).fields["exit_code"] == 7
    assert command(*with_program, *options).fields["exit_code"] == 7
    fields = command("inspect", packed, "--json").fields
    assert fields["program_format"] == "raw, sBPF V0, entry 1"


def test_prove_and_verify(command: Command, raw_files: RawFiles, tmp_path: Path) -> None:
    proof = tmp_path / "raw.proof"
    options = ("--input", raw_files.input, "--raw", "--entry", 1)
    assert command("prove", raw_files.program, *options, "-o", proof, "--quiet").status == 0
    fields = command("verify", proof, "--program", raw_files.program, *options, "--json").fields
    assert (fields["exit_code"], fields["success"]) == (7, False)
    elsewhere = command("verify", proof, "--program", raw_files.program, "--input", raw_files.input, "--raw")
    assert elsewhere.status == 4
    assert elsewhere.errors.startswith("error: the proof is about the input with SHA-256 ")


def test_inspect(command: Command, raw_files: RawFiles) -> None:
    result = command("inspect", raw_files.program, "--raw", "--sbpf-version", 3, "--entry", 2, "--json")
    fields = result.fields
    assert (fields["kind"], fields["format"], result.errors) == ("program", "raw", "")
    assert (fields["sbpf_version"], fields["entry"], fields["slots"]) == (3, 2, 3)
    assert (fields["text_address"], fields["image_bytes"]) == ("0x100000000", 0)
    result = command("inspect", raw_files.program, "--json")
    assert (result.fields["format"], result.fields["sbpf_version"]) == ("raw", 0)
    assert result.errors == f"note: program {raw_files.program}: {NOTE}\n"


def test_help_has_an_example(command: Command) -> None:
    for name in ("run", "prove", "verify", "check", "pack", "inspect"):
        text = " ".join(command(name, "--help").output.split())
        assert "as in: program.bin --raw --sbpf-version 3 --entry 12" in text


# NEGATIVE


def refused(command: Command, arguments: tuple[object, ...], message: str) -> None:
    result = command(*arguments)
    assert (result.errors, result.output, result.status) == (f"error: {message}\n", "", 2)


@pytest.mark.parametrize("option", ["--sbpf-version", "--entry"])
def test_options_need_raw(option: str, command: Command, raw_files: RawFiles) -> None:
    arguments = ("run", raw_files.program, "--input", raw_files.input, option, 0)
    refused(command, arguments, f"{option}: expected --raw as well, because an ELF file has its own value")


def test_an_elf_file_is_not_raw(command: Command, raw_files: RawFiles) -> None:
    raw_files.program.write_bytes(strict_elf(EXIT.encode()).data)
    message = f"program {raw_files.program}: starts with the ELF magic, which contradicts --raw"
    refused(command, ("run", raw_files.program, "--input", raw_files.input, "--raw"), message)
    refused(command, ("inspect", raw_files.program, "--raw"), message)


@pytest.mark.parametrize(("option", "said", "value"), [("--sbpf-version", 0, 3), ("--entry", 1, 0)])
def test_options_that_the_input_contradicts(
    option: str, said: int, value: int, command: Command, raw_files: RawFiles
) -> None:
    arguments = ("run", raw_files.program, "--input", raw_files.described, "--raw", option, value)
    refused(
        command,
        arguments,
        f"input {raw_files.described}: the recorded value {said} contradicts {option} {value}",
    )


def test_raw_and_an_input_bin_with_elf(command: Command, files: Files) -> None:
    message = f"input {files.input_bin}: its program is an ELF file, which contradicts --raw"
    refused(command, ("run", files.program, "--input", files.input_bin, "--raw"), message)


@pytest.mark.parametrize("options", [(), ("--raw",)])
def test_raw_bytecode_alone(options: tuple[str, ...], command: Command, raw_files: RawFiles) -> None:
    message = f"program {raw_files.program}: expected --input with a JSON file as well"
    refused(command, ("run", raw_files.program, *options), message)


def test_values_out_of_range(command: Command, raw_files: RawFiles) -> None:
    arguments = ("run", raw_files.program, "--input", raw_files.input, "--raw")
    hint = "(see solproof run --help)"
    refused(
        command,
        (*arguments, "--sbpf-version", 5),
        f"Invalid value for '--sbpf-version': 5 is not in the range 0<=x<=4 {hint}",
    )
    refused(
        command,
        (*arguments, "--entry", -1),
        f"Invalid value for '--entry': -1 is not in the range x>=0 {hint}",
    )
    refused(
        command,
        (*arguments, "--entry", 3),
        f"program {raw_files.program}: ElfError::EntrypointOutOfBounds: Entrypoint out of bounds "
        "(the entry is slot 3, expected 0 to 2)",
    )
    refused(
        command,
        (*arguments, "--entry", 1 << 64),
        "program_format.entry: expected 0 to 18446744073709551615, got 18446744073709551616",
    )
