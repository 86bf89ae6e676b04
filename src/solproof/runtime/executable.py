"""The programs that a transaction can run: the executables in its accounts, as they were at its start.

Source: `load_program_with_pubkey` of solana-svm 4.1 (program_loader.rs), `ProgramCacheEntry` of
solana-program-runtime 4.1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from solproof.errors import ProgramError
from solproof.program.bytecode_verifier import load_program
from solproof.program.program import Program
from solproof.runtime.accounts import KEY_LENGTH, Account
from solproof.runtime.execution_input import Loader
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, LOADER_V3

LOADERS = {LOADER_V1: Loader.V1, LOADER_V2: Loader.V2, LOADER_V3: Loader.V3}
PROGRAM_STATE, PROGRAM_DATA_STATE = 2, 3  # variants of UpgradeableLoaderState, solana-loader-v3-interface 6
PROGRAM_STATE_LENGTH = 36
PROGRAM_DATA_HEADER = 45
KEPT_EXECUTABLES = 64


@dataclass(frozen=True, slots=True)
class Executable:
    """A program and the loader that owns it."""

    program: Program = field(repr=False)
    loader: Loader


@dataclass(slots=True, eq=False)
class Executables:
    """Finds the executable of a program account.

    account_of: the account with an address before the transaction, or None.
    slot: the current slot. A program that was deployed in this slot cannot run yet.
    versions: the sBPF versions that can be loaded.
    given: executables that are given directly, by program id.
    """

    account_of: Callable[[bytes], Account | None]
    slot: int
    versions: range
    given: Mapping[bytes, Executable] = field(default_factory=dict)
    found: dict[bytes, Executable | None] = field(default_factory=dict)

    def find(self, program_id: bytes) -> Executable | None:
        """The executable, or None if the account holds no program that can run."""
        if program_id in self.given:
            return self.given[program_id]
        if program_id not in self.found:
            self.found[program_id] = self._load(program_id)
        return self.found[program_id]

    def _load(self, program_id: bytes) -> Executable | None:
        account = self.account_of(program_id)
        if account is None or account.owner not in LOADERS:
            return None
        start = 0
        if account.owner == LOADER_V3:
            address = program_data_address(account)
            holder = None if address is None else self.account_of(address)
            if holder is None or (slot := deployment_slot(holder)) is None or slot >= self.slot:
                return None
            account, start, loader = holder, PROGRAM_DATA_HEADER, Loader.V3
        else:
            loader = LOADERS[account.owner]
        program = _loaded(account.data, start, self.versions)
        return None if program is None else Executable(program, loader)


def program_data_address(account: Account) -> bytes | None:
    """The account that holds the ELF file of a program of loader v3, or None if `account` is no program."""
    if account.owner != LOADER_V3 or len(account.data) < PROGRAM_STATE_LENGTH:
        return None
    if int.from_bytes(account.data[:4], "little") != PROGRAM_STATE:
        return None
    return account.data[4 : 4 + KEY_LENGTH]


def deployment_slot(account: Account) -> int | None:
    """The slot in which the program of a programdata account was deployed, or None without a program."""
    if account.owner != LOADER_V3 or len(account.data) < PROGRAM_DATA_HEADER:
        return None
    variant, slot = struct.unpack_from("<IQ", account.data)
    return int(slot) if variant == PROGRAM_DATA_STATE else None


@lru_cache(maxsize=KEPT_EXECUTABLES)
def _loaded(data: bytes, start: int, versions: range) -> Program | None:
    """The program whose ELF file starts at an offset, or None if it fails verification."""
    try:
        return load_program(data[start:], None, versions)
    except ProgramError:
        return None
