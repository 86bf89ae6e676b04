"""`--symbols`: the commands that take it show names and source lines of a file that is not stripped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from tests.cli.conftest import Command
from tests.support.call_trees import NESTED
from tests.support.symbol_tables import with_debug_information

ELF = write_elf(assemble(NESTED, 0))
INPUT = {"program_id": "11111111111111111111111111111112", "accounts": [], "instruction_data": ""}


@pytest.fixture
def arguments(tmp_path: Path) -> list[object]:
    """A program, its input, and a file with its symbols."""
    start = load_program(ELF).text_address - 0x1_0000_0000
    names = [("demo::leaf", start, 24), ("demo::middle", start + 24, 24)]
    lines = [(start, 3), (start + 8, 4), (start + 24, 9), (start + 48, 0)]
    (tmp_path / "demo.so").write_bytes(ELF)
    (tmp_path / "release.so").write_bytes(with_debug_information(ELF, names, lines))
    (tmp_path / "input.json").write_text(json.dumps(INPUT))
    return [
        *(tmp_path / "demo.so", "--input", tmp_path / "input.json"),
        *("--symbols", tmp_path / "release.so", "--quiet"),
    ]


def test_trace(command: Command, arguments: list[object]) -> None:
    fields = command("trace", *arguments).fields
    assert fields["functions"] == [
        {"pc": 0, "name": "demo::leaf"},
        {"pc": 3, "name": "demo::middle"},
        {"pc": 6, "name": "entrypoint"},
    ]
    lines = [(row["pc"], row["file"], row["line"]) for row in fields["source_lines"]]
    file = "src/lib.rs"
    assert lines == [(0, file, 3), (1, file, 4), (2, file, 4), (3, file, 9), (4, file, 9), (5, file, 9)]
    assert "source_lines" not in command("trace", *arguments[:3]).fields


def test_profile(command: Command, arguments: list[object], tmp_path: Path) -> None:
    result = command("profile", *arguments, "--json", "--speedscope", tmp_path / "profile.json")
    functions = {function["name"]: function.get("source") for function in result.fields["functions"]}
    assert functions == {
        "entrypoint": None,
        "demo::middle": {"file": "src/lib.rs", "line": 9},
        "demo::leaf": {"file": "src/lib.rs", "line": 3},
    }
    frames = json.loads((tmp_path / "profile.json").read_text())["shared"]["frames"]
    assert {"name": "demo::leaf", "file": "src/lib.rs", "line": 3} in frames


def test_disasm(command: Command, arguments: list[object]) -> None:
    program, *_, option, file, _ = arguments
    result = command("disasm", program, option, file)
    assert result.output.startswith(
        "function_0:\n"
        "    # demo::leaf, src/lib.rs:3\n"
        "    mov64 r0, 7\n"
        "    # src/lib.rs:4\n"
        "    syscall sol_log_64_\n"
    )
    assert write_elf(assemble(result.output, 0)) == ELF
    lines = command("disasm", program, option, file, "--json").fields["lines"]
    assert [line.get("note") for line in lines[:3]] == ["demo::leaf, src/lib.rs:3", "src/lib.rs:4", None]


def test_explore(command: Command, arguments: list[object], tmp_path: Path) -> None:
    assert command("explore", *arguments, "-o", tmp_path / "page.html").status == 0


@pytest.mark.parametrize("name", ["run", "trace", "profile", "disasm", "explore"])
def test_a_file_of_another_program(
    name: str, command: Command, arguments: list[object], tmp_path: Path
) -> None:
    (tmp_path / "demo.so").write_bytes(write_elf(assemble("mov64 r0, 0\nexit", 0)))
    given = arguments if name != "disasm" else [arguments[0], *arguments[3:5]]
    output = ["-o", tmp_path / "page.html"] if name == "explore" else []
    result = command(name, *given, *output)
    assert (result.status, result.output) == (2, "")
    assert result.errors.endswith(
        f"symbols {tmp_path / 'release.so'}: its text differs from that of the program: "
        "slot 0 is b700000007000000, expected b700000000000000\n"
    )


def test_the_place_of_a_fault(command: Command, arguments: list[object]) -> None:
    """The units run out in a leaf."""
    limited = [*arguments, "--compute-unit-limit", 4]
    (fault,) = command("run", *limited, "--json").fields["faults"]
    named = [(site["function"], site["source"]) for site in fault["stack"]]
    lines = command("run", *limited).output.splitlines()
    start = lines.index("fault in frame 1")
    assert named == [
        ("demo::leaf", "src/lib.rs:4"),
        ("demo::middle", "src/lib.rs:9"),
        ("entrypoint", None),
    ]
    assert lines[start + 4 : start + 7] == [
        "  function   demo::leaf, src/lib.rs:4",
        "  called by  demo::middle at pc 3, src/lib.rs:9",
        "             entrypoint at pc 6",
    ]
