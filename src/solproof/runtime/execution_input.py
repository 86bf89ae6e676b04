"""The input of one execution: a program, its instruction, and the parameters of the runtime.

`bincode.py` and `input_file.py` in `solproof.formats` read and write it.
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass, field
from enum import Enum

from solproof.arguments import bytes_argument, wrong_type
from solproof.errors import InputError
from solproof.program.raw import RawFormat
from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, InstructionAccount, check_accounts
from solproof.runtime.budget import HEAP_SIZE_STEP, MAXIMUM_COMPUTE_UNIT_LIMIT, MINIMUM_HEAP_SIZE, heap_cost
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import FeatureSet
from solproof.runtime.message_accounts import check_message_accounts
from solproof.runtime.sysvars import Sysvars
from solproof.vm.memory import DEFAULT_HEAP_SIZE, MAXIMUM_HEAP_SIZE

MAXIMUM_PROGRAM_LENGTH = 10 * 1024 * 1024
MAXIMUM_INSTRUCTION_DATA_LENGTH = 10 * 1024  # MAX_INSTRUCTION_DATA_LEN, solana-program-runtime 4.1


class Loader(Enum):
    """The loader that owns the program. It determines the layout of the input region.

    The value is the variant's index in input.bin.
    """

    V1 = 0  # BPFLoader1111111111111111111111111111111111, deprecated
    V2 = 1  # BPFLoader2111111111111111111111111111111111
    V3 = 2  # BPFLoaderUpgradeab1e11111111111111111111111


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything that a run depends on apart from the program and the instruction.

    Raises `InputError` for limits that no transaction can have.

    compute_unit_limit: compute units on the meter at the start.
    heap_size: bytes, a multiple of 1024 from 32 KiB to 256 KiB.
    features: the active features, by default those of mainnet.
    """

    compute_unit_limit: int = MAXIMUM_COMPUTE_UNIT_LIMIT
    heap_size: int = DEFAULT_HEAP_SIZE
    loader: Loader = Loader.V3
    sysvars: Sysvars = field(default_factory=Sysvars)
    epoch_stakes: EpochStakes = field(default_factory=EpochStakes)
    features: FeatureSet = field(default_factory=FeatureSet)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        if not 0 <= self.compute_unit_limit <= MAXIMUM_COMPUTE_UNIT_LIMIT:
            raise InputError(
                f"parameters.compute_unit_limit: expected 0 to {MAXIMUM_COMPUTE_UNIT_LIMIT}, "
                f"got {self.compute_unit_limit}"
            )
        in_range = MINIMUM_HEAP_SIZE <= self.heap_size <= MAXIMUM_HEAP_SIZE
        if not in_range or self.heap_size % HEAP_SIZE_STEP:
            raise InputError(
                f"parameters.heap_size: expected a multiple of {HEAP_SIZE_STEP} "
                f"from {MINIMUM_HEAP_SIZE} to {MAXIMUM_HEAP_SIZE}, got {self.heap_size}"
            )
        if self.compute_unit_limit < heap_cost(self.heap_size):
            raise InputError(
                f"parameters.compute_unit_limit: expected at least {heap_cost(self.heap_size)}, the price of "
                f"{self.heap_size} bytes of heap, got {self.compute_unit_limit}"
            )


_BYTES = {
    "program": "the bytes of the program's file (solproof.load takes its path)",
    "program_id": "32 bytes or a Pubkey",
    "instruction_data": "bytes or a list of integers",
}
"""Each field that is bytes, with what to pass."""


@dataclass(frozen=True, slots=True)
class ExecutionInput:
    """One instruction for one program.

    Raises `InputError` for values that the runtime could never receive.

    program: the bytes of the program file.
    accounts: in instruction order. An account may be listed several times, each time with the same state and
        privileges. The privileges and the sysvars among them are those that a transaction passes: see
        `solproof.runtime.message_accounts`.
    program_format: the format of the file. None means ELF, where the file itself has the sBPF version.
    programs: the ELF files of other programs, each with its program id. The program may call them if their
        accounts are among `accounts`. A program need not be listed if `accounts` has the account that holds
        its file.
    """

    program: bytes
    program_id: bytes
    accounts: tuple[InstructionAccount, ...]
    instruction_data: bytes
    parameters: Parameters = field(default_factory=Parameters)
    program_format: RawFormat | None = None
    programs: tuple[tuple[bytes, bytes], ...] = ()

    __repr__ = short_repr

    def __post_init__(self) -> None:
        for name, needed in _BYTES.items():
            value = getattr(self, name)
            if type(value) is not bytes:
                object.__setattr__(self, name, bytes_argument(value, name, needed))
        object.__setattr__(self, "accounts", _instruction_accounts(self.accounts))
        object.__setattr__(self, "programs", _program_files(self.programs))
        if not isinstance(self.parameters, Parameters):
            wrong_type(self.parameters, "parameters", "solproof.Parameters")
        if len(self.program) > MAXIMUM_PROGRAM_LENGTH:
            raise InputError(
                f"program: expected at most {MAXIMUM_PROGRAM_LENGTH} bytes, got {len(self.program)}"
            )
        if len(self.program_id) != KEY_LENGTH:
            raise InputError(f"program_id: expected {KEY_LENGTH} bytes, got {len(self.program_id)}")
        _check_programs(self.programs, self.program_id)
        if len(self.instruction_data) > MAXIMUM_INSTRUCTION_DATA_LENGTH:
            raise InputError(
                f"instruction_data: expected at most {MAXIMUM_INSTRUCTION_DATA_LENGTH} bytes, "
                f"got {len(self.instruction_data)}"
            )
        check_accounts(self.accounts)
        check_message_accounts(self.program_id, self.accounts, self.instruction_data, self.parameters.sysvars)


def _instruction_accounts(accounts: object) -> tuple[InstructionAccount, ...]:
    needed = "a tuple of solproof.InstructionAccount"
    if not isinstance(accounts, (tuple, list)):
        wrong_type(accounts, "accounts", needed)
    for position, entry in enumerate(accounts):
        if not isinstance(entry, InstructionAccount):
            wrong_type(entry, f"accounts[{position}]", "a solproof.InstructionAccount")
    return tuple(accounts)


def _program_files(programs: object) -> tuple[tuple[bytes, bytes], ...]:
    """The programs as pairs of bytes, from such pairs or from a mapping."""
    pairs = programs.items() if isinstance(programs, Mapping) else programs
    if not isinstance(pairs, (tuple, list, ItemsView)):
        wrong_type(programs, "programs", "a mapping, or a tuple of pairs, of program id and file")
    return tuple(
        (
            bytes_argument(key, f"programs[{position}]: program id", "32 bytes or a Pubkey"),
            bytes_argument(file, f"programs[{position}]", "the bytes of the program's file"),
        )
        for position, (key, file) in enumerate(pairs)
    )


def _check_programs(programs: tuple[tuple[bytes, bytes], ...], own: bytes) -> None:
    for position, (program_id, file) in enumerate(programs):
        if len(program_id) != KEY_LENGTH:
            raise InputError(
                f"programs[{position}]: program id: expected {KEY_LENGTH} bytes, got {len(program_id)}"
            )
        if len(file) > MAXIMUM_PROGRAM_LENGTH:
            raise InputError(
                f"programs[{position}]: expected at most {MAXIMUM_PROGRAM_LENGTH} bytes, got {len(file)}"
            )
    if len(dict(programs)) != len(programs):
        raise InputError("programs: expected each program id once")
    if own in dict(programs):
        raise InputError("programs: expected only other programs, got the input's own program id")
