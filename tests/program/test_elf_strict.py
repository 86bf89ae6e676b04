"""The strict loader: the loaded program, and every error with its message."""

from __future__ import annotations

from hashlib import sha256

import pytest

from solproof.program.elf import load
from solproof.program.errors import ElfError
from solproof.program.program import Program
from tests.support.broken_strict_files import BROKEN, MESSAGES
from tests.support.elf_files import EXIT, ElfBytes, small_strict_elf, strict_elf
from tests.support.loader_reference import as_load_error, assert_like_reference
from tests.support.oracle.oracle import LoadedProgram

ELF = small_strict_elf()
TEXT = ELF.data[192:]


def loaded(elf: ElfBytes) -> Program:
    assert isinstance(assert_like_reference(elf.data), LoadedProgram)
    return load(elf.data)


# POSITIVE


@pytest.mark.parametrize("version", [3, 4])
def test_both_segments(version: int) -> None:
    elf = small_strict_elf(version)
    assert isinstance(assert_like_reference(elf.data, version), LoadedProgram)
    assert load(elf.data, version) == Program(
        version=version,
        text=TEXT,
        text_address=0x1_0000_0000,
        image=b"read-only bytes\0",
        image_address=0,
        entry=2,
        functions={},
        file_sha256=sha256(elf.data).digest(),
    )


@pytest.mark.parametrize("read_only_data", [None, b""])
def test_no_read_only_data(read_only_data: bytes | None) -> None:
    program = loaded(strict_elf(EXIT.encode(), read_only_data))
    assert (program.image, program.image_address, program.text) == (b"", 0, EXIT.encode())


def test_what_follows_the_segments_is_not_looked_at() -> None:
    assert loaded(ElfBytes(ELF.data + b"sections", (), ())).text == TEXT
    empty = {"section_headers": 1 << 63, "section_header_size": 3, "section_count": 9, "names_section": 99}
    assert loaded(ELF.header(type=77, **empty)).text == TEXT


def test_further_program_headers_are_not_looked_at() -> None:
    elf = strict_elf(EXIT.encode(), None)
    more = ElfBytes(elf.data[:120] + b"\xff" * 56 + elf.data[120:], (), ())
    program = loaded(more.header(program_header_count=2).segment(0, offset=176))
    assert program.text == EXIT.encode()


def test_only_the_flags_tell_that_there_is_read_only_data() -> None:
    # The second segment is an additional program header, which the loader ignores.
    elf = ELF.segment(0, flags=1, address=1 << 32, physical_address=1 << 32)
    program = load(elf.header(entry=1 << 32).data)
    assert (program.text, program.image) == (b"read-only bytes\0", b"")
    assert_like_reference(elf.data)


def test_the_last_slot_may_be_the_entry() -> None:
    assert loaded(ELF.header(entry=(1 << 32) + 72)).entry == 9


def test_the_entry_may_be_the_second_slot_of_a_wide_load() -> None:
    assert loaded(ELF.header(entry=(1 << 32) + 24)).entry == 3


# NEGATIVE


def test_every_broken_file_has_a_message() -> None:
    assert list(MESSAGES) == list(BROKEN)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(case: str) -> None:
    with pytest.raises(ElfError) as caught:
        load(BROKEN[case].data)
    assert str(caught.value) == MESSAGES[case]
    assert assert_like_reference(BROKEN[case].data) == as_load_error(caught.value)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_of_v4(case: str) -> None:
    assert as_load_error(_error(BROKEN[case])) == assert_like_reference(BROKEN[case].header(flags=4).data, 4)


def _error(elf: ElfBytes) -> ElfError:
    with pytest.raises(ElfError) as caught:
        load(elf.data)
    return caught.value


@pytest.mark.parametrize("size", [0, 51, 63])
def test_files_shorter_than_a_header(size: int) -> None:
    with pytest.raises(ElfError) as caught:
        load(ELF.data[:size])
    assert str(caught.value) == (
        "ElfError::ValueOutOfBounds: Offset or value is out of bounds "
        f"(the file has {size} bytes, expected at least 64 for the ELF header)"
    )
    assert_like_reference(ELF.data[:size])
