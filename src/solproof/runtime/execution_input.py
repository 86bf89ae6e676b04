"""The input of one execution: a program, the instruction it is given, and the parameters of the runtime.

This is the mission's `SolanaExecutionInput`; `bincode.py` and `input_file.py` read and write it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from solproof.errors import InputError
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import KEY_LENGTH, InstructionAccount, check_accounts
from solproof.runtime.budget import HEAP_SIZE_STEP, MAXIMUM_COMPUTE_UNIT_LIMIT, MINIMUM_HEAP_SIZE, heap_cost
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import FeatureSet
from solproof.runtime.sysvars import Sysvars
from solproof.vm.memory import DEFAULT_HEAP_SIZE, MAXIMUM_HEAP_SIZE

MAXIMUM_PROGRAM_LENGTH = 10 * 1024 * 1024
MAXIMUM_INSTRUCTION_DATA_LENGTH = 10 * 1024  # MAX_INSTRUCTION_DATA_LEN, solana-program-runtime 4.1


class Loader(Enum):
    """The loader that owns the program; it decides how the input is laid out.

    The value is the variant's index in input.bin.
    """

    V1 = 0  # BPFLoader1111111111111111111111111111111111, deprecated
    V2 = 1  # BPFLoader2111111111111111111111111111111111
    V3 = 2  # BPFLoaderUpgradeab1e11111111111111111111111


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the runtime is told besides the instruction.

    Raises `InputError` for limits that no transaction can have.

    compute_unit_limit: the meter at the start, in CU. heap_size: bytes, a multiple of 1024 in 32 KiB..256
    KiB. features: mainnet's when nothing else is said.
    """

    compute_unit_limit: int = MAXIMUM_COMPUTE_UNIT_LIMIT
    heap_size: int = DEFAULT_HEAP_SIZE
    loader: Loader = Loader.V3
    sysvars: Sysvars = field(default_factory=Sysvars)
    epoch_stakes: EpochStakes = field(default_factory=EpochStakes)
    features: FeatureSet = field(default_factory=FeatureSet)

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


@dataclass(frozen=True, slots=True)
class ExecutionInput:
    """One instruction for one program.

    program: the file. accounts: in instruction order; an account may be named more than once, each time with
    the same state and privileges. program_format: how the file is read; None for ELF, which says it itself.
    Raises `InputError` for what the runtime could not be given.
    """

    program: bytes
    program_id: bytes
    accounts: tuple[InstructionAccount, ...]
    instruction_data: bytes
    parameters: Parameters = field(default_factory=Parameters)
    program_format: RawFormat | None = None

    def __post_init__(self) -> None:
        if len(self.program) > MAXIMUM_PROGRAM_LENGTH:
            raise InputError(
                f"program: expected at most {MAXIMUM_PROGRAM_LENGTH} bytes, got {len(self.program)}"
            )
        if len(self.program_id) != KEY_LENGTH:
            raise InputError(f"program_id: expected {KEY_LENGTH} bytes, got {len(self.program_id)}")
        if len(self.instruction_data) > MAXIMUM_INSTRUCTION_DATA_LENGTH:
            raise InputError(
                f"instruction_data: expected at most {MAXIMUM_INSTRUCTION_DATA_LENGTH} bytes, "
                f"got {len(self.instruction_data)}"
            )
        check_accounts(self.accounts)
