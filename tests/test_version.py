"""The places that hold the version number agree, and the change log has a dated section for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import solproof

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("path", ["pyproject.toml", "native/Cargo.toml"])
def test_manifests(path: str) -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / path).read_text(), re.MULTILINE)
    assert version == solproof.__version__


@pytest.mark.parametrize("crate", ["solproof-prover", "solproof-primitives", "solproof-processor"])
def test_locked_crates(crate: str) -> None:
    lock = (ROOT / "native/Cargo.lock").read_text()
    assert f'name = "{crate}"\nversion = "{solproof.__version__}"\n' in lock


def test_change_log() -> None:
    sections = re.findall(r"^## \[(.+?)\](.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    version, date = sections[1]
    assert version == solproof.__version__
    assert re.fullmatch(r" - \d{4}-\d{2}-\d{2}", date)
