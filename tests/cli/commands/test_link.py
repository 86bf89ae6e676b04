"""`solproof link`."""

from __future__ import annotations

from pathlib import Path

import pytest

from solproof.program.bytecode_verifier import load_program
from tests.cli.conftest import Command
from tests.support.c_programs import compiled

MAIN = "extern int two(void); int entrypoint(void) { return two() - 2; }"
LIBRARY = "extern void sol_log_compute_units_(void); int two(void) { sol_log_compute_units_(); return 2; }"


@pytest.fixture
def objects(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "main.o", tmp_path / "library.o"]
    for path, source in zip(paths, (MAIN, LIBRARY), strict=True):
        path.write_bytes(compiled(source))
    return paths


def test_link(command: Command, objects: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "program.so"
    result = command("link", *objects, "-o", output)
    size = output.stat().st_size
    assert result.errors == ""
    assert result.output == f"{output}: {size:,} bytes of sBPF V3, 6 slots, 2 functions\n"
    assert load_program(output.read_bytes()).version == 3


@pytest.mark.parametrize("version", [0, 3])
def test_json(version: int, command: Command, objects: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "program.so"
    fields = command("link", *objects, "-o", output, "--sbpf-version", version, "--json").fields
    assert fields == {
        "output": str(output),
        "bytes": output.stat().st_size,
        "sbpf_version": version,
        "entry": 0,
        "slots": 6,
        "functions": {"entrypoint": 0, "two": 3},
        "syscalls": ["sol_log_compute_units_"],
        "data_bytes": 0,
    }
    with_symbols = output.stat().st_size
    assert command("link", *objects, "-o", output, "--sbpf-version", version, "--strip").status == 0
    assert output.stat().st_size < with_symbols


def test_errors(command: Command, objects: list[Path], tmp_path: Path) -> None:
    main, _ = objects
    content = main.read_bytes()
    result = command("link", main, "-o", tmp_path / "program.so")
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        f"error: object {main}: entrypoint uses two, which is no syscall and which no object defines\n"
    )
    result = command("link", main, "-o", main)
    assert result.status == 2
    assert (
        result.errors == f"error: output {main}: the same file as OBJECT... {main}, expected another file\n"
    )
    assert main.read_bytes() == content
    assert not (tmp_path / "program.so").exists()
