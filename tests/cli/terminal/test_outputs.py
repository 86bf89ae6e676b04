"""An output is never one of the files that the command reads, by whatever name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Files, Scenes


@pytest.fixture
def copies(files: Files, tmp_path: Path) -> Files:
    """The files of the Transfer, which a test may try to destroy."""
    found = Files(tmp_path, *(tmp_path / getattr(files, name).name for name in Files.__slots__[1:]))
    for name in Files.__slots__[1:]:
        getattr(found, name).write_bytes(getattr(files, name).read_bytes())
    return found


@pytest.mark.parametrize("name", ["prove", "run", "trace", "explore", "pack", "zisk input"])
@pytest.mark.parametrize("target", ["program", "input"])
def test_every_command(name: str, target: str, command: Command, copies: Files) -> None:
    path: Path = getattr(copies, target)
    before = path.read_bytes()
    result = command(*name.split(), copies.program, "--input", copies.input, "-o", path)
    role = {"program": "PROGRAM", "input": "--input"}[target]
    message = f"error: output {path}: the same file as {role} {path}, expected another file\n"
    assert (result.status, result.errors, result.output) == (2, message, "")
    assert path.read_bytes() == before


def test_the_tables_of_a_profile(command: Command, copies: Files) -> None:
    result = command("profile", copies.input_bin, "--collapsed", copies.input_bin)
    assert result.status == 2


def test_sources(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "a.s"
    source.write_text("entrypoint:\n  exit\n")
    result = command("asm", source, "-o", source)
    message = f"error: output {source}: the same file as SOURCE {source}, expected another file\n"
    assert (result.status, result.errors) == (2, message)
    assert source.read_text() == "entrypoint:\n  exit\n"


@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_links(link: str, command: Command, copies: Files) -> None:
    other = copies.directory / "other"
    other.symlink_to(copies.program) if link == "symbolic" else other.hardlink_to(copies.program)
    result = command("disasm", copies.program, "-o", other)
    message = f"error: output {other}: the same file as PROGRAM {copies.program}, expected another file\n"
    assert (result.status, result.errors) == (2, message)


def test_two_outputs(command: Command, scenes: Scenes, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    scene = scenes.frameless
    result = command("run", "--transaction", scene, "-o", path, "--accounts-after", path)
    message = f"error: output {path}: the same file as --accounts-after {path}, expected another file\n"
    assert (result.status, result.errors) == (2, message)


def test_proofs_beside_their_scenes(command: Command, tmp_path: Path) -> None:
    result = command("prove", "--transactions", tmp_path, "-o", tmp_path)
    message = f"error: output {tmp_path}: the same file as --transactions {tmp_path}, expected another file\n"
    assert (result.status, result.errors) == (2, message)


def test_a_device_is_no_file(command: Command, files: Files) -> None:
    result = command("run", files.program, "--input", files.input, "-o", "/dev/null", "--quiet")
    assert (result.status, result.errors) == (0, "")
