"""The programs that a transaction can run: the executables in its accounts, as they were at its start.

A program that is deployed, upgraded, extended or closed cannot run in the rest of the slot, so it cannot run
in the rest of the transaction either.

Source: `load_program_with_pubkey` of solana-svm 4.1 (program_loader.rs), `ProgramCacheEntry` and
`ProgramCacheForTxBatch` of solana-program-runtime 4.1 (program_cache_entry.rs, loaded_programs.rs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from solproof.errors import ProgramError
from solproof.program.bytecode_verifier import load_program
from solproof.program.program import Program
from solproof.runtime.accounts import Account
from solproof.runtime.execution_input import Loader
from solproof.runtime.loader_state import PROGRAM_DATA_HEADER, ProgramData, ProgramPointer, parse_state
from solproof.runtime.program_ids import LOADER_V1, LOADER_V2, LOADER_V3

LOADERS = {LOADER_V1: Loader.V1, LOADER_V2: Loader.V2, LOADER_V3: Loader.V3}
KEPT_EXECUTABLES = 64


@dataclass(frozen=True, slots=True)
class Executable:
    """A program, the loader that owns it, and the file that it was loaded from."""

    program: Program = field(repr=False)
    loader: Loader
    file: bytes = field(repr=False)


@dataclass(slots=True, eq=False)
class Executables:
    """Finds the executable of a program account.

    account_of: the account with an address before the transaction, or None.
    slot: the current slot. A program that was deployed in this slot cannot run yet.
    versions: the sBPF versions that can be loaded.
    given: executables that are given directly, by program id.
    found: what was found, by program id. None is a program that cannot run.
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

    def is_cached(self, program_id: bytes) -> bool:
        """Whether the account was a loader's before the transaction, or a loader has deployed it since."""
        if program_id in self.given or program_id in self.found:
            return True
        account = self.account_of(program_id)
        return account is not None and account.owner in LOADERS

    def modify(self, program_id: bytes) -> None:
        """Note that the transaction deploys, upgrades, extends or closes a program."""
        self.found[program_id] = None

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
        return _loaded(account.data, start, loader, self.versions)


def program_data_address(account: Account) -> bytes | None:
    """The account that holds the ELF file of a program of loader v3, or None if `account` is no program."""
    state = parse_state(account.data) if account.owner == LOADER_V3 else None
    return state.program_data if isinstance(state, ProgramPointer) else None


def deployment_slot(account: Account) -> int | None:
    """The slot in which the program of a programdata account was deployed, or None without a program."""
    if account.owner != LOADER_V3 or len(account.data) < PROGRAM_DATA_HEADER:
        return None
    state = parse_state(account.data)
    return state.slot if isinstance(state, ProgramData) else None


@lru_cache(maxsize=KEPT_EXECUTABLES)
def _loaded(data: bytes, start: int, loader: Loader, versions: range) -> Executable | None:
    """The executable whose ELF file starts at an offset, or None if it fails verification."""
    file = data[start:]
    try:
        return Executable(load_program(file, None, versions), loader, file)
    except ProgramError:
        return None
