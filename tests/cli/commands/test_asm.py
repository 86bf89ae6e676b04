"""`solproof asm`."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from solproof.isa.assemble import assemble
from solproof.program.elf import load
from solproof.program.elf_writer import write_elf
from solproof.program.names import Function, function_names
from solproof.program.raw import load_raw
from solproof.program.syscall_names import SYSCALL_NAMES
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
    assert (result.status, result.output) == (0, f"{output}: 640 bytes of sBPF V3\n")
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
        (b"", [], "the program has no instruction, expected at least one, such as exit"),
        (b"# nothing\n", ["--raw"], "the program has no instruction, expected at least one, such as exit"),
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


NAMED = """
.rodata
text: .ascii "hi"
.text
say: lddw r1, text
    mov64 r2, 2
    syscall sol_log_
    exit
entrypoint: call say
    ja end
end: mov64 r0, 0
    exit
"""


@pytest.mark.parametrize("version", [0, 3])
def test_labels_are_symbols(version: int, command: Command, tmp_path: Path) -> None:
    """The program runs in LiteSVM, and the functions have their names and sizes."""
    source, output = tmp_path / "program.s", tmp_path / "program.so"
    source.write_text(NAMED)
    assert command("asm", source, "-o", output, "--sbpf-version", version).status == 0
    content = output.read_bytes()
    assert litesvm_result(ExecutionInput(content, bytes([9] * 32), (), b"")).success
    program = load(content, deployment=set(SYSCALL_NAMES))
    assert function_names(content, program).functions == (Function(0, 5, "say"), Function(5, 9, "entrypoint"))
    symbols = ELFFile(BytesIO(content)).get_section_by_name(".symtab")
    assert isinstance(symbols, SymbolTableSection)
    assert {symbol.name: symbol["st_info"]["type"] for symbol in symbols.iter_symbols()} == {
        "": "STT_NOTYPE",
        "say": "STT_FUNC",
        "entrypoint": "STT_FUNC",
        "end": "STT_NOTYPE",
        "text": "STT_OBJECT",
    }
    assert command("asm", source, "-o", output, "--sbpf-version", version, "--strip").status == 0
    stripped = output.read_bytes()
    assert stripped == write_elf(assemble(NAMED, version))
    assert load(stripped).text == program.text


def test_syscalls_that_the_runtime_does_not_have(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "program.s"
    source.write_text("syscall sol_lgo_\nsyscall 7\nsyscall 0x207559bd\nsyscall sol_log_\nexit\n")
    result = command("asm", source, "-o", tmp_path / "program.so")
    assert result.status == 0
    assert result.errors.splitlines() == [
        f"note: source {source}: pc 0 calls sol_lgo_, which is no syscall of the runtime; "
        "did you mean sol_log_?",
        f"note: source {source}: pc 1 calls 0x00000007, which is the hash of no syscall of the runtime",
    ]
