"""Which programs a transaction finds in its accounts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.executable import Executables, deployment_slot, program_data_address
from solproof.runtime.execution_input import Loader
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    OLD_ELF,
    PROGRAM_DATA_KEY,
    PROGRAM_KEY,
    SLOT,
    V3_ELF,
    program,
    program_data,
)


def executables(*accounts: Account, versions: range = range(4)) -> Executables:
    return Executables({account.key: account for account in accounts}.get, SLOT, versions)


def test_a_program_of_loader_v3() -> None:
    found = executables(program(), program_data()).find(PROGRAM_KEY)
    assert found is not None
    assert (found.loader, found.program.version) == (Loader.V3, 0)


@pytest.mark.parametrize(("owner", "loader"), [(LOADER_V1, Loader.V1), (LOADER_V2, Loader.V2)])
def test_a_program_of_an_old_loader(owner: bytes, loader: Loader) -> None:
    found = executables(Account(PROGRAM_KEY, owner, 1, V3_ELF)).find(PROGRAM_KEY)
    assert found is not None
    assert (found.loader, found.program.version) == (loader, 3)


@pytest.mark.parametrize(
    "accounts",
    [
        (program(),),
        (program_data(),),
        (program(SYSTEM_PROGRAM), program_data()),
        (program(), program_data(owner=SYSTEM_PROGRAM)),
        (program(), program_data(slot=SLOT)),
        (program(), program_data(OLD_ELF[:-8])),
        (program(), replace(program_data(), data=program_data().data[:44])),
        (
            program(),
            replace(program_data(), data=program_data().data[:12] + b"\2" + program_data().data[13:]),
        ),
        (replace(program(), data=program().data[:35]), program_data()),
    ],
)
def test_no_program(accounts: tuple[Account, ...]) -> None:
    assert executables(*accounts).find(PROGRAM_KEY) is None


def test_the_versions_of_the_cluster() -> None:
    assert executables(program(), program_data(), versions=range(3, 4)).find(PROGRAM_KEY) is None


def test_a_modified_program_is_not_found_again() -> None:
    programs = executables(program(), program_data())
    assert programs.find(PROGRAM_KEY) is not None
    programs.modify(PROGRAM_KEY)
    assert programs.find(PROGRAM_KEY) is None
    assert programs.is_cached(PROGRAM_KEY)


def test_cached_programs() -> None:
    programs = executables(program(), Account(b"\1" * 32, SYSTEM_PROGRAM, 1, b""))
    assert programs.is_cached(PROGRAM_KEY)
    assert not programs.is_cached(b"\1" * 32)
    assert not programs.is_cached(b"\2" * 32)
    programs.modify(b"\2" * 32)
    assert programs.is_cached(b"\2" * 32)


def test_parts_of_states() -> None:
    assert program_data_address(program()) == PROGRAM_DATA_KEY
    assert program_data_address(program_data()) is None
    assert deployment_slot(program_data(slot=7, authority=None)) == 7
    assert deployment_slot(program()) is None
