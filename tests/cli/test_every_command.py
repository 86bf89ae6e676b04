"""Every command has an example, JSON, quiet, verbose and progress options, and errors in one style."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from solproof.cli import SUMMARIES, solproof
from solproof.cli.commands.disasm import disasm
from solproof.demo import run_demo
from tests.cli.conftest import Command, Files
from tests.support.c_programs import compiled
from tests.support.commands import found
from tests.support.fixtures import firedancer_instruction, serialized, transfer
from tests.support.rpc_node import running_node

Arguments = list[object]
C_SOURCE = "int entrypoint(void) { return 0; }\n"
WORKING: dict[str, Callable[[Files, Path], Arguments]] = {
    "run": lambda files, _: [files.input_bin],
    "prove": lambda files, place: [files.input_bin, "--output", place / "proof"],
    "verify": lambda files, _: [files.proof, "--input", files.input_bin],
    "estimate": lambda files, _: [files.input_bin],
    "profile": lambda files, _: [files.input_bin],
    "coverage": lambda files, place: ["-i", files.input_bin, "--output", place / "coverage.info"],
    "graph": lambda files, place: [files.input_bin, "--output", place / "graph.svg"],
    "check": lambda files, _: [files.input_bin],
    "trace": lambda files, place: [files.input_bin, "--output", place / "trace.json"],
    "explore": lambda files, place: [files.input_bin, "--output", place / "run.html"],
    "inspect": lambda files, _: [files.proof],
    "asm": lambda _, place: [_source(place), "--output", place / "program.so"],
    "cc": lambda _, place: [_c_source(place), "--output", place / "program.so"],
    "link": lambda _, place: [_object(place), "--output", place / "program.so"],
    "disasm": lambda files, _: [files.program],
    "opcode": lambda *_: ["EXIT"],
    "pack": lambda files, place: [files.program, "--input", files.input, "--output", place / "input.bin"],
    "fixture": lambda _, place: [_fixture(place)],
    "fetch": lambda _, place: _fetch(place),
    "demo": lambda _, place: ["--directory", place],
    "doctor": lambda *_: [],
    "completion": lambda *_: ["zsh"],
    "zisk input": lambda files, place: [files.input_bin, "--output", place / "guest-input.bin"],
    "zisk run": lambda files, _: [files.input_bin],
}
"""Arguments with which each command does its work."""

NEEDS_NOTHING = ("opcode", "demo", "doctor", "zisk doctor")


def names() -> Iterator[str]:
    """The names of all commands. A command in a group has two words."""
    for name in SUMMARIES:
        command = found(name)
        if isinstance(command, click.Group):
            yield from (f"{name} {member}" for member in command.commands)
        else:
            yield name


COMMANDS = list(names())
NEEDS_ZISK = ("zisk prove", "zisk doctor")
"""The work of these commands depends on other software. tests/cli/commands/test_zisk.py tests them."""

WORKS = [name for name in COMMANDS if name not in NEEDS_ZISK]


def _fetch(place: Path) -> Arguments:
    node, signature = running_node()
    return [signature, "--url", node.url, "--output", place / "scene.json"]


def _source(place: Path) -> Path:
    path = place / "program.s"
    path.write_text("mov64 r0, 0\nexit\n")
    return path


def _fixture(place: Path) -> Path:
    path = place / "instruction.fix"
    path.write_bytes(serialized(firedancer_instruction(*transfer())))
    return path


def _c_source(place: Path) -> Path:
    path = place / "program.c"
    path.write_text(C_SOURCE)
    return path


def _object(place: Path) -> Path:
    path = place / "program.o"
    path.write_bytes(compiled(C_SOURCE))
    return path


@pytest.fixture(autouse=True)
def quick_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """One case of the demonstration is enough here; tests/cli/commands/test_demo.py has both."""
    monkeypatch.setattr(run_demo, "CASES", run_demo.CASES[:1])


def test_every_command_is_walked() -> None:
    assert set(WORKING) == set(WORKS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name: str, command: Command) -> None:
    result = command(*name.split(), "--help")
    assert (result.status, result.errors) == (0, "")
    examples = re.findall(
        rf"^ *(solproof {name}( .*)?)$", result.output.partition("Example")[2], re.MULTILINE
    )
    assert examples
    for option in ("--json", "-q, --quiet", "-v, --verbose", "--progress [auto|json|none]"):
        assert f"  {option} " in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_name_options_that_exist(name: str) -> None:
    described = found(name)
    assert described.epilog is not None
    known = {option for parameter in described.params for option in parameter.opts}
    for line in re.findall(rf"^ *solproof {name} (.*)$", described.epilog, re.MULTILINE):
        assert {word for word in shlex.split(line) if word.startswith("-")} <= known


@pytest.mark.parametrize("name", WORKS)
def test_json_and_quiet(name: str, command: Command, files: Files, tmp_path: Path) -> None:
    result = command(*name.split(), *WORKING[name](files, tmp_path), "--json", "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert result.fields


@pytest.mark.parametrize("name", WORKS)
def test_progress_as_json_lines(name: str, command: Command, files: Files, tmp_path: Path) -> None:
    result = command(*name.split(), *WORKING[name](files, tmp_path), "--progress", "json", "--verbose")
    assert result.status == 0
    lines = [json.loads(line) for line in result.errors.splitlines()]
    assert re.fullmatch(r"\d+\.\d{3} s, [\d,]+ MiB of memory at most", lines[-1]["note"])
    phases = [line for line in lines if "phase" in line]
    if phases:
        (last,) = [line for line in lines if line.get("done")]
        assert set(last["phases"]) == {line["phase"] for line in phases}


@pytest.mark.parametrize("name", WORKS)
def test_verbose(name: str, command: Command, files: Files, tmp_path: Path) -> None:
    result = command(*name.split(), *WORKING[name](files, tmp_path), "--verbose", "--progress", "none")
    assert result.status == 0
    lines = result.errors.splitlines()
    assert all(line.startswith(("note: ", "estimate: ")) for line in lines)
    assert lines[-1].endswith(" MiB of memory at most")


@pytest.mark.parametrize("name", WORKS)
def test_options_that_contradict(name: str, command: Command, files: Files, tmp_path: Path) -> None:
    result = command(*name.split(), *WORKING[name](files, tmp_path), "--verbose", "--quiet")
    message = f"error: --quiet and --verbose exclude each other (see solproof {name} --help)\n"
    assert (result.status, result.output, result.errors) == (2, "", message)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option(name: str, command: Command) -> None:
    result = command(*name.split(), "--zzz")
    assert (result.status, result.output) == (2, "")
    # Releases of click quote it differently.
    message = rf"error: No such option:? '?--zzz'? \(see solproof {name} --help\)\n"
    assert re.fullmatch(message, result.errors)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEEDS_NOTHING])
def test_without_arguments(name: str, command: Command) -> None:
    result = command(*name.split())
    assert (result.status, result.output) == (2, "")
    assert re.fullmatch(rf"error: Missing .*\(see solproof {name} --help\)\n", result.errors)


def test_notes_are_quiet_too(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "program.bin"
    path.write_bytes(bytes.fromhex("b7000000000000009500000000000000"))
    said = f"program {path}: not ELF but valid sBPF, so it is read with --raw --sbpf-version 0 --entry 0"
    assert command("disasm", path).errors == f"note: {said}\n"
    assert command("disasm", path, "--quiet").errors == ""
    assert json.loads(command("disasm", path, "--progress", "json").errors) == {"note": said}


def test_a_bug_with_its_traceback(command: Command, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solproof.formats.bincode.unpack", lambda content: content[None])
    lines = command("run", files.input_bin, "--verbose").errors.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("error: unexpected TypeError: ")


def test_options_are_added_once() -> None:
    context = click.Context(solproof)
    for _ in range(2):
        assert solproof.get_command(context, "disasm") is disasm
    names = [parameter.name for parameter in disasm.params]
    assert sorted(names) == sorted(set(names))
