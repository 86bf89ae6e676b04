"""`solproof zisk`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from solproof.formats import bincode
from solproof.zisk.abi import ABIS, DEFAULT
from solproof.zisk.frame import frame
from solproof.zisk.guests import digests, file_name
from tests.cli.conftest import Command, Files
from tests.support.commands import found


def install(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for cargo-zisk that accepts everything."""
    tool = directory / "cargo-zisk"
    tool.write_text('#!/bin/sh\ntest "$1" = --version && echo 0.18.0\nexit 0\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/bin:/usr/bin")


def test_run(command: Command, files: Files) -> None:
    result = command("zisk", "run", files.program, "--input", files.input)
    assert result.status == 0
    lines = result.output.splitlines()
    assert lines[:6] == [
        "output 0  0           success flag, 0 for success",
        "output 1  0           exit code",
        "output 2  76          compute units",
        "output 3  76          instructions executed",
        "output 4  2           accounts modified",
        "ending    the program returned",
    ]
    assert lines[-1].startswith("steps ")


def test_run_as_json(command: Command, files: Files) -> None:
    fields = command("zisk", "run", files.input_bin, "--json").fields
    assert fields["outputs"][:5] == [0, 0, 76, 76, 2]
    assert len(fields["outputs"]) == 64
    assert 200_000 < fields["steps"] < 400_000
    expected = command("run", files.input_bin, "--json").fields
    for name in ("success", "exit_code", "fault", "pc", "compute_units", "instructions", "accounts_modified"):
        assert fields[name] == expected[name]
    assert fields["guest_sha256"] == digests()[file_name(DEFAULT)]


def test_a_failing_program_is_a_result(command: Command, files: Files) -> None:
    result = command("zisk", "run", files.program, "-i", files.failing, "--json")
    assert result.status == 0
    assert result.fields["outputs"][:6] == [1, 1, 181, 81, 0, 0]
    assert result.fields["success"] is False


def test_run_in_segments(command: Command, files: Files) -> None:
    fields = command("zisk", "run", files.input_bin, "--max-steps", 50, "--json").fields
    assert [part["outputs"][3] for part in fields["segments"]] == [50, 76]
    assert fields["success"] is True
    assert fields["steps"] == sum(part["steps"] for part in fields["segments"])
    text = command("zisk", "run", files.input_bin, "--max-steps", 50).output
    assert text.splitlines()[-1] == "segments  2, joined"


def test_segments_need_the_embedded_emulator(command: Command, files: Files) -> None:
    result = command("zisk", "run", files.input_bin, "--max-steps", 50, "--emulator", "ziskemu")
    assert result.status == 2
    assert result.errors == (
        "error: --max-steps: expected the embedded emulator, which keeps the state between segments\n"
    )


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_input(command: Command, files: Files, tmp_path: Path, abi: object) -> None:
    version = next(found for found in ABIS if found == abi)
    output = tmp_path / "framed.bin"
    result = command("zisk", "input", files.input_bin, "-o", output, "--zisk-version", version.name, "--json")
    expected = frame(files.input_bin.read_bytes(), version)
    assert output.read_bytes() == expected
    assert result.fields == {
        "files": [{"output": str(output), "bytes": len(expected)}],
        "abi": version.name,
        "guest": file_name(version),
        "guest_sha256": digests()[file_name(version)],
    }


def test_inputs_of_segments(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("zisk", "input", files.input_bin, "-o", tmp_path / "part.bin", "--max-steps", 30)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part-0.bin", "part-1.bin", "part-2.bin"]
    assert result.output.count("framed for ZisK 0.18") == 3


def test_without_unicorn(command: Command, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unicorn", None)
    result = command("zisk", "run", files.input_bin)
    assert result.status == 1
    assert result.errors == (
        "error: the embedded emulator is not installed: "
        "pip install 'solproof[zisk]' (or: pip install unicorn)\n"
    )


def test_what_the_guest_does_not_have(command: Command, tmp_path: Path) -> None:
    source, program, given = tmp_path / "curve.asm", tmp_path / "curve.so", tmp_path / "curve.json"
    source.write_text("entrypoint:\n  syscall sol_curve_validate_point\n  exit\n")
    assert command("asm", source, "-o", program).status == 0
    given.write_text(f'{{"program_id": "{"1" * 32}", "accounts": [], "instruction_data": []}}')
    result = command("zisk", "run", program, "-i", given)
    assert result.status == 3
    assert result.errors == (
        "error: the guest refused: the program calls a syscall that this guest does not have: "
        "sol_curve_validate_point\n"
    )


@pytest.mark.parametrize("arguments", [("run",), ("input", "-o", "zisk-input.bin"), ("prove",)])
def test_inputs_with_other_programs(
    command: Command,
    files: Files,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    install(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    document = json.loads(files.input.read_text()) | {"programs": {"1" * 32: "other.so"}}
    given = tmp_path / "given.json"
    given.write_text(json.dumps(document))
    (tmp_path / "other.so").write_bytes(b"ELF")
    result = command(
        "zisk", *arguments, "-q" if arguments == ("prove",) else "--json", files.program, "-i", given
    )
    assert result.status == 3
    assert result.errors == (
        "error: programs: the ZisK guest runs no calls of other programs, expected an input without them\n"
    )
    assert not (tmp_path / "zisk-input.bin").exists()


def test_a_program_that_is_not_loaded(command: Command, files: Files, tmp_path: Path) -> None:
    broken = tmp_path / "broken.so"
    broken.write_bytes(files.program.read_bytes()[:1000])
    result = command("zisk", "run", broken, "-i", files.input)
    assert result.status == 2
    assert result.errors == (
        f"error: program {broken}: the guest refused: the runtime would not load the program: "
        "ElfError::ValueOutOfBounds\n"
    )


def test_an_unknown_version(command: Command, files: Files) -> None:
    result = command("zisk", "run", files.input_bin, "--zisk-version", "7.0")
    assert result.status == 2
    assert result.errors.startswith("error: ZisK version '7.0': expected a version with a known memory map")


def test_prove_without_zisk(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    result = command("zisk", "prove", files.input_bin, "--directory", tmp_path / "out")
    assert result.status == 7
    assert result.errors.startswith("error: cargo-zisk is not installed: it comes with ZisK")


def test_prove(command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in accepts everything. The test checks what is called and which files are left."""
    install(tmp_path, monkeypatch)
    out = tmp_path / "out"
    result = command("zisk", "prove", files.input_bin, "--directory", out, "--max-steps", 50, "--json")
    assert result.status == 0
    assert result.fields["proofs"] == [
        str(out / f"segment-{number}/vadcop_final_proof.bin") for number in range(2)
    ]
    assert result.errors.count("  cargo-zisk program-setup -e ") == 1
    assert result.errors.count("  cargo-zisk prove -e ") == 2
    phases = ["run in the embedded emulator", "setup", "constraints", "proof", "verification"]
    assert re.findall(r"^zisk prove: (.+) \.\.\.$", result.errors, re.MULTILINE) == phases
    assert result.errors.splitlines()[-1].startswith("zisk prove: done in ")
    assert len((out / "segment-0/input.bin").read_bytes()) > len(
        bincode.pack(bincode.unpack(files.input_bin.read_bytes()))
    )


def test_progress_of_proving(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No progress with --quiet, and JSON lines with --progress json."""
    install(tmp_path, monkeypatch)
    arguments = ("zisk", "prove", files.input_bin, "--directory", tmp_path / "out")
    assert command(*arguments, "--quiet").errors == ""
    assert command(*arguments, "--progress", "none").errors == ""
    lines = [json.loads(line) for line in command(*arguments, "--progress", "json").errors.splitlines()]
    assert {line["command"] for line in lines} == {"zisk prove"}
    assert [line["phase"] for line in lines if "phase" in line][1:] == [
        "setup",
        "constraints",
        "proof",
        "verification",
    ]
    assert [line["call"].split()[1] for line in lines if "call" in line] == [
        "program-setup",
        "verify-constraints",
        "prove",
        "verify",
    ]
    assert lines[-1]["done"] is True


@pytest.mark.parametrize("name", ["input", "run", "prove"])
def test_arguments_are_those_of_pack(name: str) -> None:
    """Every parameter that describes an instruction has the same words and the same meaning as for `pack`.

    The guest runs no transactions, so its program is not optional.
    """
    of_pack, mine = (
        {
            parameter.name: (parameter.opts, parameter.multiple, parameter.to_info_dict())
            for parameter in found(words).params
            if parameter.name not in ("output", "program", "transaction")
        }
        for words in ("pack", f"zisk {name}")
    )
    assert {option: mine.get(option) for option in of_pack} == of_pack


def test_doctor(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    result = command("zisk", "doctor")
    assert result.status == 7
    lines = result.output.splitlines()
    assert (
        lines[0] == "cargo-zisk     bad      not installed; install ZisK; solproof zisk run works without it"
    )
    assert lines[-1].startswith("ROM rows       good     ")
    assert result.errors.startswith("error: ZisK cannot prove here because of: cargo-zisk, proving key")
