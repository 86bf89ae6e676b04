"""Programs that are given as files: the accounts that LiteSVM makes for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats import solders_objects
from solproof.formats.program_files import OLD_LOADERS, read_programs, upgradeable_program
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import LOADER_V3
from tests.support.elf_files import small_elf

PROGRAM, OTHER = b"\5" * 32, b"\6" * 32
NAME = address_text(PROGRAM)


@pytest.fixture
def elf(tmp_path: Path) -> bytes:
    content = small_elf().data
    (tmp_path / "program.so").write_bytes(content)
    return content


def test_accounts_are_those_of_litesvm(elf: bytes) -> None:
    """Except for the slot of the deployment, which is the current one in LiteSVM."""
    svm = LiteSVM()
    svm.warp_to_slot(0)
    svm.add_program(Pubkey(PROGRAM), elf)
    for account in upgradeable_program(PROGRAM, elf):
        key = Pubkey(account.key)
        assert account == solders_objects.account(key, svm.get_account(key))


def test_programs_are_added_after_the_accounts(elf: bytes, tmp_path: Path) -> None:
    wallet = Account(b"\1" * 32, bytes(32), 5, b"")
    assert read_programs({NAME: "program.so"}, "programs", [wallet], tmp_path) == (
        wallet,
        *upgradeable_program(PROGRAM, elf),
    )
    content = {NAME: [elf.hex(), "hex"]}
    assert read_programs(content, "programs", [], Path("elsewhere")) == upgradeable_program(PROGRAM, elf)
    absolute = {NAME: str(tmp_path / "program.so")}
    assert read_programs(absolute, "programs", [], Path("elsewhere")) == upgradeable_program(PROGRAM, elf)


@pytest.mark.parametrize("loader", OLD_LOADERS)
def test_programs_of_old_loaders(elf: bytes, tmp_path: Path, loader: bytes) -> None:
    given = [Account(PROGRAM, loader, 7, b"", executable=True), Account(OTHER, loader, 8, b"")]
    assert read_programs({NAME: "program.so"}, "programs", given, tmp_path) == (
        Account(PROGRAM, loader, 7, elf, executable=True),
        given[1],
    )


ALREADY = (
    "the account {} is given too, which is possible only if it has no data and its owner is loader v1 or v2"
)


@pytest.mark.parametrize(
    "account",
    [
        Account(PROGRAM, LOADER_V3, 7, b""),
        Account(PROGRAM, OLD_LOADERS[0], 7, b"data"),
        upgradeable_program(PROGRAM, b"")[1],
    ],
)
def test_accounts_that_are_given_too(elf: bytes, tmp_path: Path, account: Account) -> None:
    with pytest.raises(InputError) as raised:
        read_programs({NAME: "program.so"}, "programs", [account], tmp_path)
    assert str(raised.value) == f"programs.{NAME}: {ALREADY.format(address_text(account.key))}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "programs: expected an object of addresses and files, got []"),
        (
            {"system": "program.so"},
            "programs: expected a base58 address of 32 bytes, got 5 bytes in 'system'",
        ),
        ({NAME: 5}, f'programs.{NAME}: expected the name of a file or [text, "base64"], got 5'),
        ({NAME: ["?", "base64"]}, f'programs.{NAME}[0]: expected base64, got "?"'),
        ({NAME: "a\0b"}, f'programs.{NAME}: expected the name of a file, got "a\\u0000b"'),
        ({NAME: "\ud800"}, f'programs.{NAME}: expected the name of a file, got "\\ud800"'),
        ({NAME: "none.so"}, "programs.{} {}/none.so: cannot be read: No such file or directory"),
        ({NAME: "."}, "programs.{} {}: cannot be read: Is a directory"),
        ({NAME: "large.so"}, "programs.{} {}/large.so: has more than 10485715 bytes"),
    ],
)
def test_refusals(tmp_path: Path, value: Any, expected: str) -> None:
    (tmp_path / "large.so").write_bytes(bytes(10 * 2**20 - 44))
    with pytest.raises(InputError) as raised:
        read_programs(value, "programs", [], tmp_path)
    assert str(raised.value) == expected.replace("{} {}", f"{NAME} {tmp_path}")


def test_the_largest_program(tmp_path: Path) -> None:
    (tmp_path / "large.so").write_bytes(bytes(10 * 2**20 - 45))
    _, programdata = read_programs({NAME: "large.so"}, "programs", [], tmp_path)
    assert len(programdata.data) == 10 * 2**20
