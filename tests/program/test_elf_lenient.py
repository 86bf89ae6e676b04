"""The lenient loader: whole programs against the reference loader, and every error with its message."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from solproof.program.elf import load
from solproof.program.errors import ElfError
from solproof.program.syscall_names import SYSCALL_HASHES
from tests.support.broken_lenient_files import BROKEN, MESSAGES
from tests.support.elf_files import NOBITS, ElfBytes, small_elf
from tests.support.loader_reference import as_load_error, assert_like_reference
from tests.support.mainnet_programs import mainnet_programs
from tests.support.oracle.oracle import LoadedProgram

ELF = small_elf()


# WHOLE PROGRAMS


@pytest.mark.parametrize(
    ("name", "size", "slots", "functions", "entry"),
    [
        ("p_token", 100_312, 11_805, 33, 292),
        ("token", 134_080, 14_124, 133, 7_959),
        ("token_2022", 615_936, 67_073, 491, 40_286),
        ("memo_v1", 17_280, 1_654, 64, 0),
        ("memo_v3", 2_304, 123, 2, 0),
        ("associated_token", 105_032, 11_507, 129, 2_677),
        ("address_lookup_table", 170_144, 17_590, 148, 3_503),
        ("stake", 202_280, 22_086, 218, 9_674),
    ],
)
def test_mainnet_programs(name: str, size: int, slots: int, functions: int, entry: int) -> None:
    elf = mainnet_programs()[name]
    assert isinstance(assert_like_reference(elf), LoadedProgram)
    program = load(elf)
    assert (len(elf), program.slots, len(program.functions), program.entry) == (size, slots, functions, entry)
    assert program.version == 0
    assert program.file_sha256 == sha256(elf).digest()


def test_small_program() -> None:
    assert isinstance(assert_like_reference(ELF.data), LoadedProgram)


def test_headers_and_gaps_read_as_zero() -> None:
    image = load(ELF.data).image
    assert image[: ELF.offset(".text")] == bytes(ELF.offset(".text"))
    moved = ELF.section(".rodata", address=ELF.offset(".data.rel.ro") + 32)
    assert isinstance(assert_like_reference(moved.data), LoadedProgram)
    image = load(moved.data).image
    assert image[ELF.offset(".rodata") : ELF.offset(".rodata") + 16] == bytes(16)
    assert image[-16:] == b"read-only bytes\0"


def test_where_sections_overlap_the_later_one_is_seen_and_run() -> None:
    over = ELF.section(".rodata", address=ELF.offset(".text") + 56).replace(
        b"read-only bytes\0", bytes(8) + b"\x95" * 8
    )
    program = load(over.data)
    assert program.instruction(7).code == 0
    assert program.instruction(8).code == 0x95
    assert_like_reference(over.data)


def test_a_text_without_bits_is_empty() -> None:
    assert load(_without_bits()).text == b""
    assert_like_reference(_without_bits())


def _without_bits() -> bytes:
    # The text cannot have relocations, and it has no relative call to fix.
    return ELF.section(".text", type=NOBITS).dynamic(17, 0).data


def test_files_without_dynamic_section_load_without_relocations() -> None:
    static = ELF.segment(2, type=0).section(".dynamic", type=1)
    assert load(static.data).instruction(4).immediate == -1
    assert_like_reference(static.data)


def test_a_broken_dynamic_segment_falls_back_to_the_section() -> None:
    assert load(ELF.segment(2, file_size=81).data).text == load(ELF.data).text


def test_relocations_outside_every_segment_are_found_by_section() -> None:
    outside = ELF.segment(1, memory_size=8).data
    assert load(outside).text == load(ELF.data).text
    assert_like_reference(outside)


# REFUSALS


def test_every_broken_file_has_a_message() -> None:
    assert list(MESSAGES) == list(BROKEN)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(case: str) -> None:
    with pytest.raises(ElfError) as caught:
        load(BROKEN[case].data)
    assert str(caught.value) == MESSAGES[case]
    assert assert_like_reference(BROKEN[case].data) == as_load_error(caught.value)


@pytest.mark.parametrize("version", [1, 2])
def test_newer_versions_load_alike(version: int) -> None:
    newer, older = load(small_elf(version).data), load(small_elf().data)
    assert newer == replace(
        older, version=version, text=newer.text, image=newer.image, file_sha256=newer.file_sha256
    )
    assert isinstance(assert_like_reference(small_elf(version).data), LoadedProgram)
    # Only the opcodes of the two wide loads differ. The relocations are the same.
    differences = [
        at for at, pair in enumerate(zip(newer.text, older.text, strict=True)) if pair[0] != pair[1]
    ]
    assert differences == ([] if version == 1 else [0, 8, 9, 16, 24, 25])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("case", [case for case in BROKEN if "sbpf version" not in case])
def test_broken_files_of_newer_versions(case: str, version: int) -> None:
    elf = BROKEN[case].header(flags=version).data
    with pytest.raises(ElfError) as caught:
        load(elf)
    assert str(caught.value) == MESSAGES[case]
    assert assert_like_reference(elf) == as_load_error(caught.value)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "the file has 0 bytes, expected at least 64 for the ELF header"),
        (51, "the file has 51 bytes, expected at least 64 for the ELF header"),
        (63, "the file has 63 bytes, expected at least 64 for the ELF header"),
    ],
)
def test_files_shorter_than_a_header(size: int, message: str) -> None:
    with pytest.raises(ElfError) as caught:
        load(ELF.data[:size])
    assert str(caught.value) == f"ElfError::ValueOutOfBounds: Offset or value is out of bounds ({message})"
    assert_like_reference(ELF.data[:size])


# DEPLOYMENTS


LOG = SYSCALL_HASHES["sol_log_"]


def test_a_deployed_file_is_loaded_like_any_other() -> None:
    assert load(ELF.data, deployment={LOG}) == load(ELF.data)


@pytest.mark.parametrize(
    ("elf", "syscalls", "message"),
    [
        (
            ELF,
            set[int](),
            "UnresolvedSymbol: Unresolved symbol (sol_log_) at instruction #33 (ELF file offset 0x108) "
            "(no syscall has this name)",
        ),
        (
            ELF.section(".rodata", address=ELF.offset(".rodata") + 8),
            {LOG},
            "ValueOutOfBounds: Offset or value is out of bounds "
            "(.rodata is at address 0x138, expected 0x130, its offset)",
        ),
    ],
)
def test_what_a_deployment_refuses(elf: ElfBytes, syscalls: set[int], message: str) -> None:
    """`tests/runtime/builtins/loader_v3/test_verification.py` compares these files with LiteSVM."""
    load(elf.data)
    with pytest.raises(ElfError) as caught:
        load(elf.data, deployment=syscalls)
    assert str(caught.value) == f"ElfError::{message}"
