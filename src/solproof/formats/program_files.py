"""Programs that are given as files, and the accounts that a loader would have made for them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats.json_fields import expected, read_address, read_bytes
from solproof.host.files import read_file
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, Account, address_text
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, LOADER_V3

OLD_LOADERS = (LOADER_V1, LOADER_V2)
"""Loaders whose programs have the ELF file as the data of their own account."""

PROGRAM_TAG, PROGRAMDATA_TAG = 2, 3
PROGRAMDATA_HEADER_LENGTH = 45
"""Tag, slot of the deployment, and an option of the authority (solana-loader-v3-interface 7.0, state.rs)."""
MAXIMUM_FILE_LENGTH = MAXIMUM_DATA_LENGTH - PROGRAMDATA_HEADER_LENGTH

_RENT_EXEMPT_BYTE = 6_960  # lamports, with the rent of every cluster
_ACCOUNT_OVERHEAD = 128  # bytes that rent counts beside the data


def read_programs(value: Any, path: str, accounts: Sequence[Account], directory: Path) -> tuple[Account, ...]:
    """The accounts with those of the programs that an object of addresses and files names.

    A program whose account is given, with loader v1 or v2 as owner and without data, gets the file as its
    data. Any other program belongs to loader v3, was deployed in slot 0, and cannot be upgraded.

    Raises `InputError` with the path of the invalid field, also if a file cannot be read.
    """
    if not isinstance(value, dict):
        raise expected(path, "an object of addresses and files", value)
    found = {account.key: account for account in accounts}
    for text, name in value.items():
        key = read_address(text, path)
        elf = read_program(name, f"{path}.{text}", directory, MAXIMUM_FILE_LENGTH)
        given = found.get(key)
        if given is not None and given.owner in OLD_LOADERS and not given.data:
            found[key] = replace(given, data=elf)
            continue
        for account in upgradeable_program(key, elf):
            if found.setdefault(account.key, account) is not account:
                raise InputError(
                    f"{path}.{text}: the account {address_text(account.key)} is given too, which is possible "
                    "only if it has no data and its owner is loader v1 or v2"
                )
    # An account that is given twice stays so, and the scene refuses it.
    return (*(found.pop(account.key, account) for account in accounts), *found.values())


def read_program(value: Any, path: str, directory: Path, longest: int) -> bytes:
    """The content of the file that a text names, or the content itself as a pair of text and encoding.

    longest: the most bytes.

    Raises `InputError` with the path of the field.
    """
    if isinstance(value, list):
        return read_bytes(value, path, longest)
    if not isinstance(value, str):
        raise expected(path, 'the name of a file or [text, "base64"]', value)
    try:
        return read_file(directory / value, path, longest)
    except ValueError:  # a name with a zero, which no file has
        raise expected(path, "the name of a file", value) from None


def upgradeable_program(key: bytes, elf: bytes) -> tuple[Account, Account]:
    """The program account and the programdata account of a program of loader v3."""
    header = struct.pack("<IQ", PROGRAMDATA_TAG, 0).ljust(PROGRAMDATA_HEADER_LENGTH, b"\0")
    return program_account(key), _rent_exempt(_programdata_address(key), header + elf)


def program_account(key: bytes) -> Account:
    """The program account of a program of loader v3, which names the account with the file."""
    return _rent_exempt(key, struct.pack("<I", PROGRAM_TAG) + _programdata_address(key), executable=True)


def _programdata_address(key: bytes) -> bytes:
    return bytes(Pubkey.find_program_address([key], Pubkey(LOADER_V3))[0])


def _rent_exempt(key: bytes, data: bytes, executable: bool = False) -> Account:
    lamports = (_ACCOUNT_OVERHEAD + len(data)) * _RENT_EXEMPT_BYTE
    return Account(key, LOADER_V3, lamports, data, executable)
