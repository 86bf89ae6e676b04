"""docs/map.md: every path, Python name and command on the page exists."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from solproof.cli import solproof as command_line

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/map.md").read_text()
QUOTED = sorted(set(re.findall(r"`([^`]+)`", PAGE)))
PATHS = [text for text in QUOTED if "/" in text]
COMMANDS = [text for text in QUOTED if re.match(r"(solproof|make)( |$)", text)]
NAMES = [text for text in QUOTED if text.startswith("solproof.")]
WORDS = {"SolanaExecutionInput", "SolanaExecutionOutput", "input.bin", "scene.bin", "solders"}


def test_everything_quoted_is_of_a_known_kind() -> None:
    assert set(QUOTED) - {*PATHS, *COMMANDS, *NAMES} == WORDS


@pytest.mark.parametrize("path", PATHS)
def test_paths(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command: str) -> None:
    program, *words = command.split()
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    found: click.Command | None = command_line
    for word in words:
        assert found is not None
        if word.startswith("-"):
            assert any(word in option.opts for option in found.params)
        else:
            assert isinstance(found, click.Group)
            found = found.get_command(click.Context(found), word)
    assert found is not None


def test_every_part_has_everything() -> None:
    """Every part has modules, a command, a document and a test."""
    rows = re.findall(r"^\| (?!part|-)(.*) \|$", PAGE.partition("## The names")[0], re.MULTILINE)
    cells = [row.split(" | ") for row in rows if not row.startswith("---")]
    assert cells
    for part, *others in cells:
        assert len(others) == 5, part
        assert all(cell.strip() for cell in others), part


@pytest.mark.parametrize("page", ["architecture", "map", "prover", "solana", "soundness", "statement"])
def test_sections_that_are_linked(page: str) -> None:
    """Links into a document lead to one of its headings. Another test checks that the document exists."""
    directory = ROOT / "docs"
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", (directory / f"{page}.md").read_text()):
        text = (directory / (target or f"{page}.md")).read_text()
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        slugs = [re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings]
        assert anchor in slugs, f"{target}#{anchor}"
