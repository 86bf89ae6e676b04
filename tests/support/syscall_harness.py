"""Call one syscall from a small program, and compare the results.

The call runs in LiteSVM, in the machine, and again in isolation as in the verifier.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from solproof.execution.execute import Execution
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.invocation import Invocation
from solproof.runtime.single_instruction import run_instruction
from solproof.runtime.syscalls import SyscallContext
from solproof.statement.replay import replay as replay_events
from solproof.vm.faults import SyscallFault
from solproof.vm.trace import Run
from tests.support.elf_builder import syscall_program
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.replays import replay_memory

PROGRAM = bytes([4]) * 32
ACCOUNT = bytes([5]) * 32
HEAP = 0x3_0000_0000
HEAP_END = HEAP + 32 * 1024
FRAME = 0x2_0000_0000  # the first frame of the stack, 4 KiB
IMAGE = 0x1_0000_0000
INPUT = 0x4_0000_0000
ACCOUNT_DATA = INPUT + 96  # data of the first account, for loaders v2 and v3
MASK = 2**64 - 1


def check(
    name: str,
    arguments: Sequence[int],
    memory: Mapping[int, bytes] | None = None,
    reveal: tuple[int, int] | None = None,
    parameters: Parameters | None = None,
    *,
    version: int = 0,
    data: bytes | None = None,
) -> Execution:
    """Run the program in LiteSVM and in solproof, compare everything, and replay its syscalls.

    `memory` is written before the call. `reveal` is an address and a length that the program returns after
    the call. `data` is the data of an account, which the program finds at `ACCOUNT_DATA`.
    """
    elf = syscall_program(name, arguments, memory, reveal, version)
    accounts = () if data is None else (InstructionAccount(Account(ACCOUNT, PROGRAM, 10**10, data)),)
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, accounts, b"", parameters or Parameters()))
    replay(execution)
    return execution


def replay(execution: Execution) -> None:
    """Repeat every syscall on a memory with only the words that it touched, as a proof's verifier does.

    A failing syscall must fail again. Log and return data must be the same.
    """
    assert run_instruction(execution.input, Replay(execution.run)).output == execution.output


class Replay:
    """An executor that has a recorded run, and repeats only its syscalls."""

    def __init__(self, recorded: Run) -> None:
        self.recorded = recorded

    def run(self, invocation: Invocation, context: SyscallContext) -> tuple[Run, bytes]:
        run = self.recorded
        events = run.trace.events
        memory = replay_memory(invocation, events)
        result = replay_events(events, invocation, context, memory, run.final.clk)
        assert run.instructions + result.compute_units == run.compute_units
        assert (result.failing is not None) == isinstance(run.fault, SyscallFault)
        if result.fault is not None:
            assert run.fault is not None
            assert (result.fault.name, str(result.fault)) == (run.fault.name, str(run.fault))
        return run, run.input_region


def revealed(execution: Execution) -> bytes:
    """The return data of the program."""
    assert execution.output.success or execution.output.exit_code is not None
    return execution.output.return_data.data


def slices(*pairs: tuple[int, int]) -> bytes:
    """An array of slices, each an address and a length."""
    return b"".join(struct.pack("<QQ", *pair) for pair in pairs)


def failure(execution: Execution) -> tuple[str | None, str | None]:
    """Name and text of the fault that stopped the program."""
    fault = execution.run.fault
    return (fault.name, str(fault)) if fault else (None, None)
