"""The context of a syscall without a program around it."""

from __future__ import annotations

from solproof.program.program import TEXT_ADDRESS, Program
from solproof.runtime.accounts import InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.single_instruction import prepare
from solproof.runtime.syscalls import SyscallContext
from solproof.runtime.sysvars import Sysvars

EXIT = bytes([0x95]).ljust(8, b"\0")
PROGRAM = Program(0, EXIT, TEXT_ADDRESS, EXIT, TEXT_ADDRESS, 0, {}, bytes(32))


def bare_context(
    program_id: bytes = bytes(32),
    *,
    accounts: tuple[InstructionAccount, ...] = (),
    sysvars: Sysvars | None = None,
    aligned: bool = True,
    features: FeatureSet = MAINNET,
) -> SyscallContext:
    """The context of an instruction with a full meter and without a memory."""
    loader = Loader.V3 if aligned else Loader.V1
    parameters = Parameters(loader=loader, sysvars=sysvars or Sysvars(), features=features)
    return SyscallContext(prepare(ExecutionInput(b"", program_id, accounts, b"", parameters), PROGRAM))
