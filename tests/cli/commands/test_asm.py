"""`solproof asm`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solproof.program.elf import load
from solproof.program.raw import load_raw
from solproof.runtime.execution_input import ExecutionInput
from tests.cli.conftest import Command
from tests.support.litesvm_oracle import litesvm_result

DOCUMENTS = Path(__file__).resolve().parents[3] / "docs"
SOURCE = "f: exit\nentrypoint: call f\nsyscall sol_log_\nexit\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "program.s"
    path.write_text(SOURCE)
    return path


def test_asm(command: Command, source: Path, tmp_path: Path) -> None:
    output = tmp_path / "program.so"
    result = command("asm", source, "-o", output)
    assert (result.status, result.output) == (0, f"{output}: 152 bytes of sBPF V3\n")
    program = load(output.read_bytes())
    assert (program.version, program.entry, program.slots) == (3, 1, 4)


@pytest.mark.parametrize("version", range(5))
def test_json(version: int, command: Command, source: Path, tmp_path: Path) -> None:
    output = tmp_path / "program.so"
    fields = command("asm", source, "-o", output, "--sbpf-version", version, "--json").fields
    assert fields == {
        "output": str(output),
        "format": "elf",
        "bytes": output.stat().st_size,
        "sbpf_version": version,
        "entry": 1,
        "slots": 4,
        "labels": {"f": 0, "entrypoint": 1},
        "data_bytes": 0,
    }
    text = (DOCUMENTS / "command-line.md").read_text()
    assert [name for name in fields if f"`{name}`" not in text] == []


@pytest.mark.parametrize("version", range(5))
def test_raw(version: int, command: Command, source: Path, tmp_path: Path) -> None:
    output = tmp_path / "program.bin"
    result = command("asm", source, "-o", output, "--raw", "--sbpf-version", version)
    how = f"read it with --raw --sbpf-version {version} --entry 1"
    assert result.output == f"{output}: 32 bytes of sBPF V{version}; {how}\n"
    program = load_raw(output.read_bytes(), version, 1)
    assert program.slots == 4


def test_the_example_of_the_documentation(command: Command, tmp_path: Path) -> None:
    (example,) = re.findall(
        r"^```asm\n(.*?)^```", (DOCUMENTS / "assembly.md").read_text(), re.MULTILINE | re.DOTALL
    )
    source, output = tmp_path / "hello.s", tmp_path / "hello.so"
    source.write_text(example)
    for version in (0, 1, 3):
        assert command("asm", source, "-o", output, "--sbpf-version", version).status == 0
        result = litesvm_result(ExecutionInput(output.read_bytes(), bytes([9] * 32), (), b""))
        assert (result.success, result.logs[1]) == (True, "Program log: hello")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (b"exit\nfoo r1", [], "line 2, column 1: found foo, expected the name of an instruction"),
        (
            b"lddw r1, 5",
            ["--sbpf-version", 2],
            "line 1, column 1: found lddw, which is in V0, V1, V3, V4, expected an instruction of V2",
        ),
        (b"", [], "the entrypoint is slot 0, expected one of the 0 slots of the text"),
        (
            b"exit\n.rodata\n.byte 1",
            ["--raw"],
            "the program has 1 bytes in .rodata, but raw bytecode holds only text",
        ),
        (b"exit\xff", [], "expected UTF-8, but byte 4 is invalid"),
    ],
)
def test_errors(text: bytes, options: list[object], message: str, command: Command, tmp_path: Path) -> None:
    source, output = tmp_path / "program.s", tmp_path / "program.so"
    source.write_bytes(text)
    result = command("asm", source, "-o", output, *options)
    assert (result.status, result.errors) == (2, f"error: source {source}: {message}\n")
    assert not output.exists()


def test_missing_source(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "missing.s"
    result = command("asm", source, "-o", tmp_path / "program.so", "--json")
    message = f"source {source}: cannot be read: No such file or directory"
    assert (result.status, result.errors) == (2, f"error: {message}\n")
    failure = {"kind": "InputError", "message": message, "exit_status": 2, "reason": None}
    assert result.fields == {"failure": failure}


def test_unwritable(command: Command, source: Path, tmp_path: Path) -> None:
    output = tmp_path / "missing" / "program.so"
    message = f"error: {output}: cannot be written: there is no directory {output.parent}\n"
    result = command("asm", source, "-o", output)
    assert (result.status, result.errors) == (6, message)
