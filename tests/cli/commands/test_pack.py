"""`solproof pack`."""

from __future__ import annotations

from pathlib import Path

from solproof.formats import bincode
from solproof.runtime.execution_input import Loader
from tests.cli.conftest import Command, Files


def test_pack(command: Command, files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "packed.bin"
    result = command("pack", files.program, "--input", files.input, "--output", packed)
    content = files.input_bin.read_bytes()
    assert packed.read_bytes() == content
    assert (result.status, result.output) == (0, f"{packed}: {len(content):,} bytes\n")
    fields = command("pack", packed, "--output", packed, "--json").fields
    assert fields == {"output": str(packed), "bytes": len(content)}


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


def test_unwritable(command: Command, files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "missing" / "packed.bin"
    result = command("pack", files.input_bin, "--output", packed)
    message = f"error: {packed}: cannot be written: there is no directory {packed.parent}\n"
    assert (result.status, result.errors) == (6, message)
