"""Every bad input gives one line with the problem, the place and the expected value, and no output."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from solproof.demo import scenario
from solproof.formats import scene_bincode
from solproof.formats.scene_file import format_scene
from solproof.runtime.accounts import address_text
from tests.cli.conftest import Command, Files, Result
from tests.support.elf_files import small_elf
from tests.support.frame_trees import chain

ERROR_NAME = "Detected sbpf_version required by the executable which are not enabled"


def refused(result: Result, status: int, message: str) -> None:
    """Check the exit status and the whole message."""
    assert (result.errors, result.output, result.status) == (f"error: {message}\n", "", status)


# PROGRAMS


def test_truncated_elf(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "truncated.so"
    program.write_bytes(files.program.read_bytes()[:1000])
    refused(
        command("run", program, "--input", files.input),
        2,
        f"program {program}: ElfError::ValueOutOfBounds: Offset or value is out of bounds "
        "(the section header table ends at 0x187d8, the file at 0x3e8)",
    )


def test_empty_file(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "empty.so"
    program.touch()
    refused(
        command("run", program, "--input", files.input),
        2,
        f"program {program}: ElfError::ValueOutOfBounds: Offset or value is out of bounds "
        "(the file has 0 bytes, expected at least 64 for the ELF header)",
    )


@pytest.mark.parametrize("name", ["run", "check"])
def test_oversized_program(name: str, command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "large.so"
    with program.open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    result = command(name, program, "--input", files.input)
    refused(result, 2, f"program {program}: has more than 10485760 bytes")


def test_not_an_elf(command: Command, files: Files) -> None:
    result = command("run", files.input, "--input", files.input)
    assert result.status == 2
    assert result.errors.startswith(
        f"error: program {files.input}: JSON, not a program; ElfError::UnsupportedSBPFVersion: {ERROR_NAME}"
    )
    assert result.errors.endswith("the file does not start with the ELF magic either)\n")


def test_an_elf_for_another_machine(command: Command, files: Files, tmp_path: Path) -> None:
    interpreter = Path(sys.executable).resolve().read_bytes()
    if not interpreter.startswith(b"\x7fELF") or len(interpreter) > 10 * 1024 * 1024:
        pytest.skip("the interpreter is not an ELF file of at most 10 MiB")
    program = tmp_path / "python"
    program.write_bytes(interpreter)
    result = command("run", program, "--input", files.input)
    assert result.status == 2
    assert re.match(
        f"error: program {program}: an ELF file for .*, expected a program for BPF; ElfError::", result.errors
    )
    assert result.errors.count("\n") == 1


def test_machine_field(command: Command, files: Files, tmp_path: Path) -> None:
    content = bytearray(files.program.read_bytes())
    content[18:20] = (62).to_bytes(2, "little")
    program = tmp_path / "x86.so"
    program.write_bytes(content)
    refused(
        command("run", program, "--input", files.input),
        2,
        f"program {program}: an ELF file for x86-64, expected a program for BPF; "
        "ElfError::WrongMachine: Incompatible ELF: wrong machine "
        "(e_machine is 62, expected 247 (BPF) or 263 (SBPF))",
    )


def test_newer_version(command: Command, files: Files, tmp_path: Path) -> None:
    content = bytearray(files.program.read_bytes())
    content[48] = 4
    program = tmp_path / "v4.so"
    program.write_bytes(content)
    message = (
        f"program {program}: ElfError::UnsupportedSBPFVersion: {ERROR_NAME} (e_flags is 0x4, expected 0 to 3)"
    )
    refused(command("run", program, "--input", files.input), 2, message)


def test_control_characters_do_not_reach_the_terminal(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "colourful.so"
    program.write_bytes(small_elf().replace(b".rel.dyn\0", b".rel.dy\x1b[").data)
    refused(
        command("run", program, "--input", files.input),
        2,
        f"program {program}: ElfError::FailedToParse: Failed to parse ELF file: Section or symbol name "
        "`.rel.dy\\x1b[.shstrt` is longer than `16` bytes "
        "(the name at offset 53 of its string table has no end)",
    )


def test_missing_program(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "missing.so"
    message = f"program {program}: cannot be read: No such file or directory"
    refused(command("run", program, "--input", files.input), 2, message)


def test_directory(command: Command, files: Files, tmp_path: Path) -> None:
    message = f"input {tmp_path}: cannot be read: Is a directory"
    refused(command("run", files.program, "--input", tmp_path), 2, message)


# INPUTS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not JSON at line 1, column 1: Expecting value"),
        (b'{"program_id": ', "not JSON at line 1, column 16: Expecting value"),
        (b"\xff", "expected UTF-8, but byte 0 is invalid"),
        (b"[]", "expected an object, got []"),
        (b"{}", "program_id: missing"),
        (b'{"program_id": 5}', "program_id: expected a base58 address, got 5"),
        (b"[" * 100_000, "not JSON: nested too deeply, or a number is too long"),
    ],
)
def test_broken_json(text: bytes, message: str, command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(text)
    refused(command("run", files.program, "--input", path), 2, f"input {path}: {message}")


ACCOUNT_FIELDS = "key, owner, is_signer, is_writable, lamports, data, executable"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('"lamports": 0', '"lamports": -1'),
            "accounts[2].lamports: expected an integer from 0 to 18446744073709551615, got -1",
        ),
        (
            ('"lamports": 0', '"lamport": 0'),
            f"accounts[2]: unknown field 'lamport', expected {ACCOUNT_FIELDS}",
        ),
        (
            ('"data": []', '"data": [256]'),
            "accounts[2].data[0]: expected an integer from 0 to 255, got 256",
        ),
        (
            ('"is_signer": true', '"is_signer": 1'),
            "accounts[2].is_signer: expected true or false, got 1",
        ),
    ],
)
def test_wrong_accounts(
    change: tuple[str, str], message: str, command: Command, files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.json"
    text = files.input.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    refused(command("run", files.program, "--input", path), 2, f"input {path}: {message}")


def test_accounts_that_disagree(command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "disagree.json"
    source, destination = (address_text(key) for key in (scenario.SOURCE, scenario.DESTINATION))
    path.write_text(files.input.read_text().replace(destination, source))
    result = command("run", files.program, "--input", path)
    assert result.status == 2
    assert result.errors.startswith(f"error: input {path}: accounts[1]: the same account as accounts[0] ")


def test_truncated_input_bin(command: Command, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "truncated.bin"
    content = files.input_bin.read_bytes()[:-1]
    path.write_bytes(content)
    place = f"input.bin: program_format at offset {len(content) - 3}"
    refused(command("run", path), 2, f"input {path}: {place}: expected 4 bytes, 3 are left")


def test_json_without_a_program(command: Command, files: Files) -> None:
    message = f"input {files.input}: JSON holds no program, expected the program's file as well"
    refused(command("run", files.input), 2, message)
    expected = "is a proof, expected a program, an input.bin or a fixture"
    refused(command("run", files.proof), 2, f"input {files.proof}: {expected}")


def test_files_of_another_kind(command: Command, files: Files, tmp_path: Path) -> None:
    proof, text = files.proof, tmp_path / "text"
    text.write_text("text")
    message = f"input {proof}: is a proof, expected JSON, an input.bin or a fixture"
    refused(command("run", files.program, "--input", proof), 2, message)
    message = f"program {proof}: is a proof, expected a program"
    refused(command("run", proof, "--input", files.input), 2, message)
    message = f"input {text}: expected JSON, an input.bin or a fixture"
    refused(command("run", "--input", text), 2, message)
    refused(command("run", "-t", proof), 2, f"scene {proof}: is a proof, expected a scene")
    refused(
        command("run", "-t", files.program), 2, f"scene {files.program}: is an ELF file, expected a scene"
    )


def test_scenes_and_inputs_in_each_others_place(command: Command, files: Files, tmp_path: Path) -> None:
    scene = chain().execution.scene
    text, packed = tmp_path / "scene.json", tmp_path / "scene.bin"
    text.write_text(format_scene(scene))
    packed.write_bytes(scene_bincode.pack(scene))
    for path in (text, packed):
        message = f"input {path}: is a scene, expected --transaction {path} and no program"
        for arguments in ([path], ["--input", path], [files.program, "--input", path]):
            refused(command("run", *arguments), 2, message)
    for path in (files.input, files.input_bin):
        message = f"scene {path}: is the input of one instruction, expected --input {path}"
        refused(command("run", "--transaction", path), 2, message)


def test_program_without_an_input(command: Command, files: Files) -> None:
    message = f"program {files.program}: expected --input with a JSON file as well"
    refused(command("run", files.program), 2, message)


def test_swapped_arguments(command: Command, files: Files) -> None:
    example = f"solproof run {files.program} --input {files.input}"
    hint = f"an input is given with --input, as in: {example} (see solproof run --help)"
    result = command("run", files.program, files.input)
    refused(result, 2, f"Got unexpected extra argument ({files.input}): {hint}")
    result = command("run", files.input, files.program)
    refused(result, 2, f"Got unexpected extra argument ({files.program}): {hint}")
    result = command("run", files.input, "--input", files.program)
    message = f"input {files.program}: is an ELF file, expected JSON or an input.bin"
    example = f"{files.program} --input {files.input}"
    refused(result, 2, f"{message}; the arguments are swapped, expected: {example}")
    refused(command("run", files.program, "--input", files.program), 2, message)


def test_input_bin_of_another_program(command: Command, files: Files, tmp_path: Path) -> None:
    program = tmp_path / "other.so"
    program.write_bytes(files.program.read_bytes() + b"\0")
    message = f"input {files.input_bin}: the program in it is not {program}"
    refused(command("run", program, "--input", files.input_bin), 2, message)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--heap-size",
            5,
            "parameters.heap_size: expected a multiple of 1024 from 32768 to 262144, got 5",
        ),
        (
            "--compute-unit-limit",
            2_000_000,
            "parameters.compute_unit_limit: expected 0 to 1400000, got 2000000",
        ),
        (
            "--compute-unit-limit",
            "many",
            "Invalid value for '--compute-unit-limit': 'many' is not a valid integer "
            "(see solproof run --help)",
        ),
        (
            "--loader",
            "v9",
            "Invalid value for '--loader': 'v9' is not one of 'v1', 'v2', 'v3' (see solproof run --help)",
        ),
    ],
)
def test_parameters(option: str, value: object, message: str, command: Command, files: Files) -> None:
    refused(command("run", files.input_bin, option, value), 2, message)
