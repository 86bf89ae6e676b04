"""The results of every command fit screens of 50 and 80 columns, and lose nothing there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Command, Files, Scenes

WIDTHS = (50, 80)
Arguments = list[object]
LINES: dict[str, Callable[[Files, Scenes, Path], Arguments]] = {
    "run": lambda files, _, __: ["run", files.input_bin],
    "run, failing": lambda files, _, __: ["run", files.program, "--input", files.failing],
    "run, fault": lambda files, _, __: ["run", files.input_bin, "--compute-unit-limit", 50],
    "run, transaction": lambda _, scenes, __: ["run", "--transaction", scenes.token_account],
    "check": lambda files, _, __: ["check", files.input_bin],
    "inspect": lambda files, _, __: ["inspect", files.program],
    "inspect, proof": lambda _, scenes, __: ["inspect", scenes.proof],
    "inspect, input": lambda files, _, __: ["inspect", files.input_bin],
    "opcode": lambda *_: ["opcode", "ADD64_REG"],
    "opcode, costs": lambda *_: ["opcode"],
    "pack": lambda files, _, place: ["pack", files.input_bin, "-o", place / "input.bin"],
    "trace": lambda files, _, place: ["trace", files.input_bin, "-o", place / "trace.json"],
    "explore": lambda files, _, place: ["explore", files.input_bin, "-o", place / "run.html"],
    "zisk run": lambda files, _, __: ["zisk", "run", files.input_bin],
    "verify": lambda _, scenes, __: ["verify", scenes.proof, "--transaction", scenes.token_account],
}
"""Commands that print lines."""

TABLES: dict[str, Callable[[Files, Scenes, Path], Arguments]] = {
    "profile": lambda files, _, __: ["profile", files.input_bin],
    "profile, transaction": lambda _, scenes, __: ["profile", "-t", scenes.token_account],
    "estimate": lambda _, scenes, __: ["estimate", "-t", scenes.token_account],
    "coverage": lambda files, _, place: ["coverage", files.input_bin, "-o", place / "lcov.info"],
    "run, transactions": lambda _, scenes, __: ["run", "--transactions", scenes.frameless.parent],
}
"""Commands that print tables."""

SECONDS = re.compile(r"\d+\.\d{3}")


@pytest.mark.parametrize("name", LINES)
def test_lines(
    name: str,
    command: Command,
    files: Files,
    scenes: Scenes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [*LINES[name](files, scenes, tmp_path), "--quiet"]
    whole = squeezed(command(*arguments).output)
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(width))
        shown = command(*arguments).output
        assert max(map(cell_len, shown.splitlines())) <= width
        assert squeezed(shown) == whole


@pytest.mark.parametrize("name", TABLES)
def test_tables(
    name: str,
    command: Command,
    files: Files,
    scenes: Scenes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [*TABLES[name](files, scenes, tmp_path), "--quiet"]
    monkeypatch.setattr("solproof.cli.commands.estimate.available_memory", lambda: 2**30)
    numbers = numbers_in(command(*arguments).output)
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(width))
        lines = command(*arguments).output.splitlines()
        assert max(map(cell_len, lines)) <= width
        assert numbers_in("\n".join(lines)) >= numbers


def numbers_in(text: str) -> set[str]:
    """The numbers of a text that stand alone."""
    return set(re.findall(r"(?<= )\d[\d.,%]*(?= |$)", text, re.MULTILINE))


def squeezed(text: str) -> str:
    """A text without white space, and with other words for the times that differ from run to run."""
    return SECONDS.sub("SECONDS", "".join(text.split()))
