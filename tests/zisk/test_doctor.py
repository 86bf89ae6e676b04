"""The doctor's verdicts on given facts, and a test that the facts of this host can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solproof._native import primitives
from solproof.zisk import doctor
from solproof.zisk.abi import ABIS, DEFAULT
from solproof.zisk.doctor import (
    GIB,
    ROM_ROW_LIMIT,
    UNLIMITED,
    Finding,
    Severity,
    System,
    examine,
    read_system,
)
from solproof.zisk.guests import guest

DIGEST = primitives.blake3(guest(DEFAULT)).hex()
HEALTHY = System(
    locked_memory=UNLIMITED,
    shared_memory=32 * GIB,
    memory=64 * GIB,
    leftovers=(),
    cargo_zisk="0.18.0",
    proving_key=True,
    setups=(f"{DIGEST}_abc_4194304_2_3.bin",),
)


def findings(**changes: Any) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(replace(HEALTHY, **changes), DEFAULT)}


def test_healthy() -> None:
    found = findings()
    assert {finding.verdict for finding in found.values()} == {Severity.GOOD}
    assert all(not finding.remedy for finding in found.values())
    assert list(found) == [
        "cargo-zisk",
        "proving key",
        "locked memory",
        "shared memory",
        "memory",
        "setup",
        "leftovers",
        "ROM rows",
    ]
    assert found["setup"].reading == "made for this guest"


@pytest.mark.parametrize(
    ("name", "changes", "verdict", "reading", "remedy"),
    [
        ("cargo-zisk", {"cargo_zisk": None}, Severity.BAD, "not installed", "install ZisK"),
        (
            "cargo-zisk",
            {"cargo_zisk": "0.15.0"},
            Severity.BAD,
            "version 0.15.0, expected one with the memory map of 0.18",
            "leave --zisk-version out, or name 0.15.0",
        ),
        ("proving key", {"proving_key": False}, Severity.BAD, "not found", "install it: ziskup setup_params"),
        (
            "locked memory",
            {"locked_memory": 8 << 20},
            Severity.WARNING,
            "0.0 GiB, 8 GiB needed",
            "allow locked memory: ulimit -l unlimited",
        ),
        (
            "shared memory",
            {"shared_memory": 64 << 20},
            Severity.WARNING,
            "0.1 GiB, 16 GiB needed",
            "give the container shared memory: docker run --shm-size 32G",
        ),
        ("shared memory", {"shared_memory": None}, Severity.WARNING, "cannot be read", "give the container"),
        (
            "memory",
            {"memory": 16 * GIB},
            Severity.BAD,
            "16.0 GiB, 25 GiB needed",
            "use a machine with more",
        ),
        ("setup", {"setups": ()}, Severity.GOOD, "none yet: solproof zisk prove makes it", ""),
        (
            "setup",
            {"setups": ("guest_80000000-0123-mt.bin",)},
            Severity.BAD,
            "made for another build of the guest",
            "let solproof zisk prove make it again",
        ),
        (
            "leftovers",
            {"leftovers": ("ZISK_1", "ZISK_2", "ZISK_3", "ZISK_4")},
            Severity.WARNING,
            "4 in /dev/shm: ZISK_1, ZISK_2, ZISK_3, ...",
            "remove what an earlier run left",
        ),
    ],
)
def test_causes(name: str, changes: dict[str, Any], verdict: Severity, reading: str, remedy: str) -> None:
    found = findings(**changes)
    assert (found[name].verdict, found[name].reading) == (verdict, reading)
    assert found[name].remedy.startswith(remedy)
    assert [other for other, finding in found.items() if finding.verdict is not Severity.GOOD] in ([], [name])


def test_rows_of_rom() -> None:
    for abi in ABIS:
        rows = next(finding for finding in examine(HEALTHY, abi) if finding.name == "ROM rows")
        assert rows.verdict is Severity.GOOD
        assert rows.reading.endswith(f"of 4,194,304 for guest_{abi.link_base:x}.elf")


def test_too_many_rows_of_rom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our guests have fewer rows, and the doctor would find a guest with too many."""
    monkeypatch.setattr(doctor, "rom_rows", lambda _: ROM_ROW_LIMIT + 1)
    found = findings()["ROM rows"]
    assert (found.verdict, found.reading) == (Severity.BAD, "4,194,305 of 4,194,304 for guest_80000000.elf")


def test_a_setup_for_every_version() -> None:
    """From version 0.16 on, a setup is found by the guest's digest, so that of another build is not used."""
    other = findings(setups=("0123_abc_4194304_2_3.bin",))["setup"]
    assert (other.verdict, other.reading) == (Severity.GOOD, "none yet: solproof zisk prove makes it")


def test_reading_this_machine(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/one.bin").write_bytes(b"")
    system = read_system(tmp_path)
    assert system.memory is not None
    assert system.memory > GIB / 4
    assert system.locked_memory is not None
    assert (system.proving_key, system.setups) == (False, ("one.bin",))
    (tmp_path / "provingKey").mkdir()
    assert read_system(tmp_path).proving_key
