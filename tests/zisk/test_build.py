"""The packaged guests match their sources byte for byte, and are small."""

from __future__ import annotations

import hashlib
import sys
from importlib import metadata
from pathlib import Path

import pytest

from solproof.errors import SolproofError
from solproof.program.elf_records import PF_R, PF_X
from solproof.zisk import guests
from solproof.zisk.abi import ABIS, DEFAULT, RAM_END, Abi
from solproof.zisk.doctor import ROM_ROW_LIMIT

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "guest"))

import build  # noqa: E402


def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    assert metadata.version("ziglang") == build.COMPILER
    made = build.build(tmp_path)
    assert set(made) == {guests.file_name(abi) for abi in ABIS}
    for name, content in made.items():
        assert content == (build.PACKAGED / name).read_bytes(), f"{name}: run guest/build.py"
        assert hashlib.sha256(content).hexdigest() == guests.digests()[name]


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_segments(abi: Abi) -> None:
    """A segment of code, only executable, and a segment of constants. No data in RAM, few rows of ROM."""
    elf = guests.guest(abi)
    (text, code), (constants, _) = guests.segments_of(elf)
    assert (text.flags, constants.flags) == (PF_X, PF_R)
    assert text.address == guests.entry_of(elf) == abi.link_base
    assert len(code) % 8 == 0
    assert constants.address + constants.memory_size < abi.link_base + (1 << 20) < RAM_END
    assert guests.rom_rows(elf) < ROM_ROW_LIMIT / 100


def test_no_compressed_instructions() -> None:
    """The two lowest bits of every instruction show that it has 32 bits."""
    (_, code), _ = guests.segments_of(guests.guest(DEFAULT))
    assert all(byte & 3 == 3 or code[at : at + 4] == bytes(4) for at, byte in enumerate(code) if at % 4 == 0)


def test_a_changed_guest_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name = guests.file_name(DEFAULT)
    monkeypatch.setattr(guests, "digests", lambda: {name: "00"})
    found = hashlib.sha256((build.PACKAGED / name).read_bytes()).hexdigest()
    with pytest.raises(SolproofError) as caught:
        guests.guest.__wrapped__(DEFAULT)
    assert str(caught.value) == f"{name} in this installation has SHA-256 {found}, expected 00"


def test_nothing_is_left_out_of_the_file() -> None:
    """A .bss would cost a row of ROM for every 8 bytes."""
    segments = guests.segments_of(guests.guest(DEFAULT))
    assert all(header.file_size == header.memory_size for header, _ in segments)
