"""Whether the guest refuses an input, and whether it should."""

from __future__ import annotations

from dataclasses import replace

from assurance.programs import raw
from solproof.errors import InputError, ProgramError
from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.sysvars import Sysvars
from solproof.zisk.emulator import emulate
from solproof.zisk.outputs import Outputs, Word
from solproof.zisk.runner import differences

FEATURES = MAINNET.changed(["blake3_syscall_enabled"])
PARAMETERS = Parameters(
    sysvars=replace(Sysvars(), stake_history=bytes(16)),
    epoch_stakes=EpochStakes(50, ((bytes(32), 5), (bytes([1]) * 32, 7))),
    features=FEATURES,
)


def small_input() -> ExecutionInput:
    """An input with every optional part."""
    first = InstructionAccount(Account(bytes([1]) * 32, bytes([7]) * 32, 5, b"1234567"), is_writable=True)
    second = InstructionAccount(Account(bytes([2]) * 32, bytes([7]) * 32, 6, b""), is_signer=True)
    return ExecutionInput(
        raw("mov64 r0, 0; exit"), bytes([7]) * 32, (first, second, first), b"data", PARAMETERS, RawFormat()
    )


def outputs_of(content: bytes) -> tuple[int, Outputs]:
    words = emulate(content, count_steps=False).words
    return words[Word.ENDING], Outputs.of(words)


def assert_same_verdict(content: bytes) -> str:
    """Check that the guest refuses exactly what solproof refuses, and runs the rest. Returns the outcome."""
    ending, outputs = outputs_of(content)
    try:
        given = bincode.unpack(content)
    except InputError as error:
        assert ending == 192, error
        return "input"
    try:
        execution = execute(given)
    except ProgramError as error:
        assert ending == 193, error
        assert outputs.refusal is not None
        assert outputs.refusal.endswith(": " + str(error).split(": ")[0])
        return "program"
    # An input may spell out its optional parts. Then its digest is different.
    found = [text for text in differences(outputs, execution) if not text.startswith("input_digest")]
    assert found == []
    return "run"
