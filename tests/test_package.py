"""What is packaged: a source distribution takes the files of the Python package by the rule of a wheel."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/solproof"
NOT_PACKAGED = (".pyc", ".so")
"""Caches, and the engine that an editable installation puts here."""

NEEDED = (
    "zisk/elf/guest_80000000.elf",
    "zisk/elf/guest_90000000.elf",
    "zisk/elf/digests.json",
    "tracing/trace.schema.json",
    "estimation/calibration.json",
    "explorer/web/page.html",
    "py.typed",
)


def test_files(tmp_path: Path) -> None:
    """Every file of the package is there, byte for byte, and nothing else: no Rust is compiled for this."""
    command = [sys.executable, "-m", "maturin", "sdist", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        packaged = {
            member.name.partition("/src/solproof/")[2]: member
            for member in content.getmembers()
            if "/src/solproof/" in member.name
        }
        for name, member in packaged.items():
            file = content.extractfile(member)
            assert file is not None
            assert file.read() == (PACKAGE / name).read_bytes(), name
    expected = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in NOT_PACKAGED
    }
    assert set(packaged) == expected
    assert expected.issuperset(NEEDED)
