"""Damaged files get the verdict of the reference loader and verifier, and raise only expected errors."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof.errors import SolproofError
from solproof.program.bytecode_verifier import load_program
from tests.support.elf_files import small_elf, small_strict_elf
from tests.support.loader_reference import assert_like_reference
from tests.support.mainnet_programs import mainnet_programs
from tests.support.oracle.oracle import LoadError

FILES = {f"small V{version}": small_elf(version).data for version in (0, 1, 2)}
FILES |= {f"strict V{version}": small_strict_elf(version).data for version in (3, 4)}
NEWEST = 4
EDGES = (0, 1, 8, 1 << 32, (1 << 32) + 8, 1 << 63, (1 << 64) - 8, (1 << 64) - 1)


def damaged(elf: bytes, random: Random) -> bytes:
    """One to three changes: a bit, a byte, an aligned 64-bit word, or a copy of one place over another."""
    data = bytearray(elf)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at, word = random.randrange(len(data)), random.randrange(len(data) // 8) * 8
        match random.randrange(4):
            case 0:
                data[at] ^= 1 << random.randrange(8)
            case 1:
                data[at] = random.choice((0, 1, 2, 3, 8, 10, 16, 0x7F, 0x80, 0xFF, random.randrange(256)))
            case 2:
                value = random.choice((*EDGES, len(data), random.randrange(len(data)), word))
                data[word : word + 8] = value.to_bytes(8, "little")
            case 3:
                source, size = random.randrange(len(data) // 8) * 8, random.choice((8, 16, 24, 56, 64))
                piece = data[source : source + size]
                data[word : word + len(piece)] = piece
    return bytes(data[: len(elf)])


@pytest.mark.parametrize(
    ("name", "cases", "kinds"),
    [
        ("small V0", 4000, 20),
        ("small V1", 2000, 15),
        ("small V2", 2000, 12),
        ("strict V3", 4000, 10),
        ("strict V4", 2000, 9),
        ("memo_v3", 1500, 15),
        ("memo_v1", 500, 8),
        ("p_token", 60, 2),
    ],
)
def test_damaged_files(name: str, cases: int, kinds: int) -> None:
    elf = (FILES | mainnet_programs())[name]
    random = Random(name)
    verdicts: Counter[str] = Counter()
    for _ in range(cases):
        verdict = assert_like_reference(damaged(elf, random), NEWEST)
        verdicts[verdict.name if isinstance(verdict, LoadError) else type(verdict).__name__] += 1
    # The damage must be mild enough that some files load, and varied enough to cause several errors.
    assert verdicts["LoadedProgram"] > 0
    assert len(verdicts) >= kinds


@pytest.mark.parametrize("name", FILES)
def test_every_byte_of_a_small_file(name: str) -> None:
    elf, random = FILES[name], Random(0)
    for at in range(len(elf)):
        assert_like_reference(elf[:at] + bytes([elf[at] ^ random.randrange(1, 256)]) + elf[at + 1 :], NEWEST)


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_of_a_small_file(name: str) -> None:
    elf = FILES[name]
    for size in range(len(elf)):
        assert isinstance(assert_like_reference(elf[:size], NEWEST), LoadError)


@pytest.mark.parametrize("name", mainnet_programs())
def test_truncations(name: str) -> None:
    elf = mainnet_programs()[name]
    random = Random(name)
    for size in (0, 1, 63, 64, len(elf) - 1, *(random.randrange(len(elf)) for _ in range(40))):
        with pytest.raises(SolproofError):
            load_program(elf[:size])


@given(st.binary(max_size=300), st.integers(0, 64), st.sampled_from([*FILES]))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes(data: bytes, kept: int, name: str) -> None:
    with pytest.raises(SolproofError):
        load_program(FILES[name][:kept] + data)
