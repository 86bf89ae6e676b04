"""Run one instruction of a transaction, at any height: push, execute, pop.

Source: `InvokeContext::process_instruction` of solana-program-runtime 4.1 (invoke_context.rs, vm.rs) and
`TransactionContext::push` and `pop` of solana-transaction-context 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from solproof.representation import short_repr
from solproof.runtime import runtime_log
from solproof.runtime.builtins import BUILTINS
from solproof.runtime.builtins.precompiles import PRECOMPILES, PrecompileError
from solproof.runtime.executable import LOADERS
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.executor import Executor, Outcome
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import (
    InstructionError,
    InstructionFailure,
    custom_failure,
    error_of_exit_code,
    error_of_fault,
    failure,
)
from solproof.runtime.invocation import Invocation, enter
from solproof.runtime.program_ids import NATIVE_LOADER
from solproof.runtime.read_back import read_back
from solproof.runtime.syscalls.context import SyscallContext
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import TransactionInstruction
from solproof.vm.faults import Fault, SyscallFault

MAXIMUM_STACK_HEIGHT = 5
RAISED_STACK_HEIGHT = 9
MAXIMUM_TRACE_LENGTH = 64


Result = TypeVar("Result", bound=Outcome)


@dataclass(frozen=True, slots=True, eq=False)  # never compared: outcomes hold traces
class Frame(Generic[Result]):
    """A frame of an sBPF program that has ended."""

    invocation: Invocation
    outcome: Result

    __repr__ = short_repr


class InstructionProcessor(Generic[Result]):
    """Runs the instructions of a transaction, with an executor for the frames of sBPF programs."""

    def __init__(self, transaction: TransactionContext, executor: Executor[Result]) -> None:
        self.transaction = transaction
        self.executor = executor
        self._frames: list[Frame[Result] | None] = []
        transaction.process = self.process

    def frames(self) -> tuple[Frame[Result], ...]:
        """The frames that have ended, in the order in which they began."""
        return tuple(frame for frame in self._frames if frame is not None)

    def process(self, instruction: TransactionInstruction) -> None:
        """Run an instruction. Raises `InstructionFailure`, also kept as the instruction's `error`."""
        try:
            self._push(instruction)
            units = self.transaction.remaining
            try:
                self._execute(InstructionContext(self.transaction, instruction))
            finally:
                instruction.compute_units = units - self.transaction.remaining
                instruction.accounts_after = self.transaction.states(instruction)
                self.transaction.stack.pop()
            if self.transaction.lamports_delta:
                raise failure("UnbalancedInstruction")
        except InstructionFailure as failed:
            instruction.error = failed.error
            raise

    def process_precompile(self, instruction: TransactionInstruction) -> None:
        """Run an instruction of the top level whose program is a precompile. Raises like `process`."""
        transaction = self.transaction
        precompile = PRECOMPILES[transaction.program_id(instruction)]
        try:
            self._push(instruction)
            try:
                precompile.verify(instruction.data, [entry.data for entry in transaction.instructions])
            except PrecompileError as invalid:
                raise custom_failure(invalid.code) from None
            finally:
                transaction.stack.pop()
        except InstructionFailure as failed:
            instruction.error = failed.error
            raise

    def _push(self, instruction: TransactionInstruction) -> None:
        try:
            push(self.transaction, instruction)
        finally:
            instruction.accounts_before = instruction.accounts_after = self.transaction.states(instruction)

    def _execute(self, context: InstructionContext) -> None:
        transaction, program_id = self.transaction, context.program_id
        program = transaction.accounts[context.instruction.program]
        is_builtin = program.owner == NATIVE_LOADER and program_id not in transaction.executables.given
        if is_builtin:
            builtin = BUILTINS.get(program_id)
            if builtin is None or not builtin.exists(transaction.environment.features):
                raise failure("UnsupportedProgramId")
        elif program.owner not in LOADERS and program_id not in transaction.executables.given:
            raise failure("UnsupportedProgramId")
        transaction.return_data = ReturnData(program_id, b"")
        context.log(runtime_log.program_invoke(program_id, len(transaction.stack)))
        try:
            if is_builtin:
                BUILTINS[program_id].execute(context)
            else:
                self._run(context)
        except InstructionFailure as failed:
            context.log(runtime_log.program_failure(program_id, failed.error.message))
            raise
        context.log(runtime_log.program_success(program_id))

    def _run(self, context: InstructionContext) -> None:
        transaction, program_id = self.transaction, context.program_id
        if not transaction.executables.is_cached(program_id):
            context.log("Program is not cached")
            raise failure("UnsupportedProgramId")
        executable = transaction.executables.find(program_id)
        if executable is None:
            context.log("Program is not deployed")
            raise failure("UnsupportedProgramId")
        units = transaction.remaining
        invocation = enter(context, executable)
        context.instruction.frame = position = len(self._frames)
        self._frames.append(None)
        outcome, input_region = self.executor.run(invocation, SyscallContext(invocation))
        self._frames[position] = Frame(invocation, outcome)
        transaction.remaining = invocation.compute_unit_limit - outcome.compute_units
        context.log(runtime_log.program_consumed(program_id, outcome.compute_units, units))
        if transaction.return_data.data:
            context.log(runtime_log.program_return(program_id, transaction.return_data.data))
        if error := self._error(outcome.fault, outcome.r0):
            raise InstructionFailure(error)
        read_back(invocation, input_region)

    def _error(self, fault: Fault | None, exit_code: int) -> InstructionError | None:
        if fault is None:
            return error_of_exit_code(exit_code)
        # A fault of the machine empties the meter. That way a JIT-compiled program need not know where in a
        # basic block it stopped.
        depletes = "deplete_cu_meter_on_vm_failure" in self.transaction.environment.features
        if depletes and not isinstance(fault, SyscallFault):
            self.transaction.remaining = 0
        return error_of_fault(fault)


def push(transaction: TransactionContext, instruction: TransactionInstruction) -> None:
    """Put an instruction on the stack. Raises `InstructionFailure` if it may not be called there."""
    stack, program_id = transaction.stack, transaction.program_id(instruction)
    running = [transaction.program_id(entry) for entry in stack]
    if program_id in running and running[-1] != program_id:
        raise failure("ReentrancyNotAllowed")
    if stack and transaction.lamports_delta:
        raise failure("UnbalancedInstruction")
    # Instructions of the top level that have not started yet do not count.
    if len(transaction.trace) >= MAXIMUM_TRACE_LENGTH:
        raise failure("MaxInstructionTraceLengthExceeded")
    instruction.height = len(stack) + 1
    transaction.trace.append(instruction)
    raised = "raise_cpi_nesting_limit_to_8" in transaction.environment.features
    if len(stack) >= (RAISED_STACK_HEIGHT if raised else MAXIMUM_STACK_HEIGHT):
        raise failure("CallDepth")
    stack.append(instruction)
    transaction.write_instruction_index()
