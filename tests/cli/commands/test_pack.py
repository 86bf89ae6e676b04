"""`solproof pack`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solproof.formats import bincode, scene_bincode
from solproof.formats.scene_file import parse_scene
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import Loader
from tests.cli.conftest import Command, Files
from tests.support.elf_files import small_elf
from tests.support.scene_documents import PAYER_ACCOUNT, PROGRAM, document


def test_pack(command: Command, files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "packed.bin"
    result = command("pack", files.program, "--input", files.input, "--output", packed)
    content = files.input_bin.read_bytes()
    assert packed.read_bytes() == content
    assert (result.status, result.output) == (0, f"{packed}: {len(content):,} bytes\n")
    again = tmp_path / "again.bin"
    fields = command("pack", packed, "--output", again, "--json").fields
    assert fields == {"output": str(again), "bytes": len(content)}


def test_parameters_are_packed(command: Command, files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "packed.bin"
    options = ("--compute-unit-limit", 1000, "--heap-size", 65_536, "--loader", "v2")
    assert command("pack", files.program, "--input", files.input, "--output", packed, *options).status == 0
    parameters = bincode.unpack(packed.read_bytes()).parameters
    assert (parameters.compute_unit_limit, parameters.heap_size, parameters.loader) == (
        1000,
        65_536,
        Loader.V2,
    )


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene that names the file of a program."""
    (tmp_path / "program.so").write_bytes(small_elf().data)
    path = tmp_path / "scene.json"
    path.write_text(json.dumps(document(programs={address_text(PROGRAM): "program.so"})))
    return path


def test_a_transaction(command: Command, scene: Path, tmp_path: Path) -> None:
    packed = tmp_path / "scene.bin"
    result = command("pack", "--transaction", scene, "--output", packed)
    content = packed.read_bytes()
    assert content == scene_bincode.pack(parse_scene(scene.read_text(), tmp_path))
    assert (result.status, result.output) == (0, f"{packed}: {len(content):,} bytes\n")
    again = tmp_path / "again.bin"
    assert command("pack", "--transaction", packed, "--output", again, "--json").fields == {
        "output": str(again),
        "bytes": len(content),
    }
    assert again.read_bytes() == content


def test_features_of_a_transaction_are_packed(command: Command, scene: Path, tmp_path: Path) -> None:
    packed = tmp_path / "scene.bin"
    options = ("--no-feature", "abort_on_invalid_curve", "--output", packed)
    assert command("pack", "--transaction", scene, *options).status == 0
    unpacked = scene_bincode.unpack(packed.read_bytes())
    assert "abort_on_invalid_curve" not in unpacked.environment.features
    assert PAYER_ACCOUNT in unpacked.accounts


def test_a_packed_transaction_runs(command: Command, scene: Path, tmp_path: Path) -> None:
    packed = tmp_path / "scene.bin"
    assert command("pack", "--transaction", scene, "--output", packed).status == 0
    (tmp_path / "program.so").unlink()
    result = command("run", "--transaction", packed, "--json")
    assert result.status == 0
    scene.write_text(json.dumps(document()))
    assert result.output == command("run", "--transaction", scene, "--json").output
    packed.write_bytes(packed.read_bytes() + b"\0")
    end = len(packed.read_bytes()) - 1
    broken = command("run", "--transaction", packed)
    message = f"scene.bin: expected the end at offset {end}, 1 more bytes follow"
    assert (broken.status, broken.errors) == (2, f"error: scene {packed}: {message}\n")


def test_usage(command: Command, files: Files, scene: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.bin"
    result = command("pack", "--output", packed)
    assert result.status == 2
    assert "Missing argument 'PROGRAM', or --transaction" in result.errors
    result = command("pack", files.program, "--transaction", scene, "--output", packed)
    assert result.status == 2
    assert "PROGRAM and --transaction exclude each other" in result.errors
    assert not packed.exists()


def test_unwritable(command: Command, files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "missing" / "packed.bin"
    result = command("pack", files.input_bin, "--output", packed)
    message = f"error: {packed}: cannot be written: there is no directory {packed.parent}\n"
    assert (result.status, result.errors) == (6, message)
