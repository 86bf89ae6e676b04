"""The packaged files: a source distribution, and the package that a wheel built from it installs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    ".cargo",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "MANIFEST.in",
    "README.md",
    "native",
    "pyproject.toml",
    "setup.py",
    "src",
)
MADE = (".pyc", ".so")
"""Caches, and the native modules that an editable installation puts into the package."""

NEEDED = (
    "zisk/elf/guest_80000000.elf",
    "zisk/elf/guest_90000000.elf",
    "zisk/elf/digests.json",
    "tracing/trace.schema.json",
    "tracing/timeline.schema.json",
    "formats/scene.schema.json",
    "estimation/calibration.json",
    "explorer/web/page.html",
    "_native/prover.pyi",
    "_native/primitives.pyi",
    "_native/processor.pyi",
    "py.typed",
)


def contents(directory: Path) -> dict[str, bytes]:
    """The files in a directory, by their paths in it."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def written(directory: Path) -> dict[str, bytes]:
    """The files in a directory, except those that a build creates."""
    return {name: content for name, content in contents(directory).items() if not name.endswith(MADE)}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that a build reads, because a build leaves files behind."""
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("target", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def unpacked(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution of the tree, unpacked."""
    directory = tmp_path_factory.mktemp("unpacked")
    code = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(directory)], cwd=tree, check=True, capture_output=True)
    (archive,) = directory.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        content.extractall(directory, filter="data")
    return directory / archive.name.removesuffix(".tar.gz")


def test_a_source_distribution_has_the_package(tree: Path, unpacked: Path) -> None:
    """Every file of the package is there, byte for byte, and nothing else."""
    packaged = contents(unpacked / "src/solproof")
    assert packaged == written(tree / "src/solproof")
    assert packaged.keys() >= set(NEEDED)


def test_a_source_distribution_has_the_rust_sources(tree: Path, unpacked: Path) -> None:
    """And the setting that builds them for the processor of the machine."""
    assert contents(unpacked / "native") == written(tree / "native")
    assert contents(unpacked / ".cargo") == contents(tree / ".cargo")


def test_a_wheel_of_a_source_distribution_has_the_package(tree: Path, unpacked: Path, tmp_path: Path) -> None:
    """No Rust is compiled for this, because another command builds the native modules."""
    code = "import setuptools; setuptools.setup()"
    command = [sys.executable, "-c", code, "build_py", "--build-lib", str(tmp_path)]
    subprocess.run(command, cwd=unpacked, check=True, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["solproof"]
    assert contents(tmp_path / "solproof") == written(tree / "src/solproof")
