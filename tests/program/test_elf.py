"""The version decides the loader, and the reference's own ELF files get the reference's verdict."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from solproof.errors import ProgramError
from solproof.program.elf import load
from solproof.program.errors import ElfError
from tests.support import broken_lenient_files, broken_strict_files
from tests.support.elf_files import ElfBytes, small_elf, small_strict_elf
from tests.support.loader_reference import as_load_error, assert_like_reference
from tests.support.oracle.oracle import CRATE, LoadedProgram

UNSUPPORTED = (
    "ElfError::UnsupportedSBPFVersion: Detected sbpf_version required by the executable which are not enabled"
)
FILES = [small_elf(0), small_elf(1), small_elf(2), small_strict_elf(3), small_strict_elf(4)]
# The reference's test files with the errors that they demonstrate. Most other files are about code, and load.
REFUSED = {
    "bss_section_sbpfv0": "WritableSectionNotSupported",
    "data_section_sbpfv0": "WritableSectionNotSupported",
    "long_section_name": "FailedToParse",
    "program_headers_overflow": "InvalidProgramHeader",
}


@pytest.mark.parametrize("version", range(5))
@pytest.mark.parametrize("newest", range(5))
def test_versions(version: int, newest: int) -> None:
    elf = FILES[version].data
    if version <= newest:
        assert load(elf, newest).version == version
    else:
        with pytest.raises(ElfError) as caught:
            load(elf, newest)
        assert str(caught.value) == f"{UNSUPPORTED} (e_flags is {version:#x}, expected 0 to {newest})"
    assert_like_reference(elf, newest)


def test_mainnet_ends_at_v3() -> None:
    assert load(FILES[3].data).version == 3
    with pytest.raises(ElfError) as caught:
        load(FILES[4].data)
    assert str(caught.value) == f"{UNSUPPORTED} (e_flags is 0x4, expected 0 to 3)"


def test_nobody_knows_v5() -> None:
    with pytest.raises(ElfError) as caught:
        load(FILES[4].header(flags=5).data, 5)
    assert str(caught.value) == f"{UNSUPPORTED} (e_flags is 0x5, expected 0 to 4)"


@pytest.mark.parametrize("elf", FILES[:4])
def test_a_file_of_any_version_starts_with_the_magic(elf: ElfBytes) -> None:
    broken = elf.header(magic=0).data
    with pytest.raises(ElfError) as caught:
        load(broken)
    assert str(caught.value) == (
        "ElfError::FailedToParse: Failed to parse ELF file: invalid file header "
        "(magic is b'\\x00\\x00\\x00\\x00', expected b'\\x7fELF')"
    )
    assert assert_like_reference(broken) == as_load_error(caught.value)


def test_files_larger_than_an_account_are_refused() -> None:
    elf = FILES[0].data
    with pytest.raises(ProgramError) as caught:
        load(elf + bytes(10 * 1024 * 1024))
    assert str(caught.value) == (
        "the ELF file has 10487040 bytes, expected at most 10485760, the largest account"
    )


def test_every_name_that_execution_can_meet_has_a_file() -> None:
    messages = "\n".join([*broken_lenient_files.MESSAGES.values(), *broken_strict_files.MESSAGES.values()])
    assert set(re.findall(r"^ElfError::(\w+): ", messages, re.MULTILINE)) == {
        "FailedToParse",
        "EntrypointOutOfBounds",
        "InvalidEntrypoint",
        "RelativeJumpOutOfBounds",
        "SymbolHashCollision",
        "WrongAbi",
        "WrongMachine",
        "WrongType",
        "NotOneTextSection",
        "WritableSectionNotSupported",
        "InvalidVirtualAddress",
        "UnknownRelocation",
        "UnknownSymbol",
        "ValueOutOfBounds",
        "UnsupportedSBPFVersion",
        "InvalidProgramHeader",
    }


def test_files_of_the_reference() -> None:
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1"]
    answer = json.loads(subprocess.run(command, cwd=CRATE, capture_output=True, check=True).stdout)
    (manifest,) = (item["manifest_path"] for item in answer["packages"] if item["name"] == "solana-sbpf")
    files = sorted(Path(manifest).parent.glob("tests/elfs/*.so"))
    verdicts = {path.stem: assert_like_reference(path.read_bytes()) for path in files}
    refused = {name: item.name for name, item in verdicts.items() if not isinstance(item, LoadedProgram)}
    assert refused == REFUSED
    assert {load(path.read_bytes()).version for path in files if path.stem not in REFUSED} == {0, 3}
    assert len(files) == 20
