"""Call one syscall from a small program: in LiteSVM, in the machine, and again in isolation as the verifier
does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solproof.svm.execute import Execution
from solproof.svm.execution_input import ExecutionInput, Parameters
from solproof.svm.syscalls import REGISTRY, SyscallContext
from solproof.vm.memory import ReplayMemory
from tests.litesvm_oracle import assert_like_litesvm
from tests.svm.elf_builder import syscall_program

PROGRAM = bytes([4]) * 32
HEAP = 0x3_0000_0000
HEAP_END = HEAP + 32 * 1024
FRAME = 0x2_0000_0000  # the first frame of the stack, 4 KiB
IMAGE = 0x1_0000_0000
INPUT = 0x4_0000_0000
MASK = 2**64 - 1


def check(
    name: str,
    arguments: Sequence[int],
    memory: Mapping[int, bytes] | None = None,
    reveal: tuple[int, int] | None = None,
    parameters: Parameters | None = None,
) -> Execution:
    """Run the program in LiteSVM and in solproof, compare everything, and replay its syscalls.

    `memory` is written before the call; `reveal` is an address and a length returned after it.
    """
    elf = syscall_program(name, arguments, memory, reveal)
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b"", parameters or Parameters()))
    replay(execution)
    return execution


def replay(execution: Execution) -> None:
    """Repeat every syscall on a memory that holds only the words it touched, as a proof's verifier does."""
    run = execution.run
    context = SyscallContext.of(execution.input)
    units = 0
    for event in run.trace.events:
        words = {(word.region, word.index): word.old for word in event.words}
        memory = ReplayMemory(run.layout, words)
        context.memory = memory
        context.remaining = available = run.compute_unit_limit - event.clk - units
        assert REGISTRY[event.key].execute(context, *event.arguments) == event.result
        assert available - context.remaining == event.compute_units
        assert memory.words == {(word.region, word.index): word.new for word in event.words}
        assert memory.used == set(words), "the event lists exactly the words that are needed"
        units += event.compute_units
    if run.fault is None:
        assert context.return_data == execution.output.return_data
        assert execution.output.logs[1 : 1 + len(context.logs)] == tuple(context.logs)


def revealed(execution: Execution) -> bytes:
    """What the program returned."""
    assert execution.output.success or execution.output.exit_code is not None
    return execution.output.return_data.data


def failure(execution: Execution) -> tuple[str | None, str | None]:
    """Name and text of the fault that stopped the program."""
    fault = execution.run.fault
    return (fault.name, str(fault)) if fault else (None, None)
