"""A single instruction as a transaction: one frame at the top level, with the runtime around it left out.

The accounts of the transaction are those that the instruction names, and the program's own account. There is
no message, so nothing is signed, no fee is taken, and the rent of accounts is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from solproof.errors import ProgramError, UnsupportedError
from solproof.program.bytecode_verifier import load_program
from solproof.program.program import Program
from solproof.runtime.accounts import Account, address_text, distinct_accounts
from solproof.runtime.environment import Environment
from solproof.runtime.executable import LOADERS, Executable, Executables
from solproof.runtime.execution_input import ExecutionInput, Loader
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.executor import Executor, Outcome
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import InstructionError, InstructionFailure
from solproof.runtime.instruction_record import InstructionRecord, records
from solproof.runtime.invocation import Invocation, enter
from solproof.runtime.invoke import Frame, InstructionProcessor, Result, push
from solproof.runtime.read_back import accounts_modified
from solproof.runtime.syscalls.context import SyscallContext
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction

OWNERS = {loader: owner for owner, loader in LOADERS.items()}


@dataclass(frozen=True, slots=True, eq=False)  # never compared: frames hold traces
class ProcessedInstruction(Generic[Result]):
    """An instruction that was processed.

    instructions: the instruction, and all that it called, in the order of the calls.
    frames: the frames of sBPF programs, in the order in which they began.
    """

    output: ExecutionOutput
    instructions: tuple[InstructionRecord, ...]
    frames: tuple[Frame[Result], ...]


def run_instruction(
    execution_input: ExecutionInput, executor: Executor[Result], program: Program | None = None
) -> ProcessedInstruction[Result]:
    """Run an instruction with an executor.

    A caller that has already loaded `execution_input.program` passes it as `program`. Raises `ProgramError`
    if a program cannot be loaded, and `UnsupportedError` for a Solana feature that solproof does not run yet.
    """
    context = _start(execution_input, program)
    processor = InstructionProcessor(context.transaction, executor)
    error = None
    try:
        processor.process(context.instruction)
    except InstructionFailure as failed:
        error = failed.error
    frames = processor.frames()
    output = _output(execution_input, context, frames, error)
    return ProcessedInstruction(output, records(context.transaction), frames)


def prepare(execution_input: ExecutionInput, program: Program | None = None) -> Invocation:
    """The invocation of an instruction, before it runs. Arguments and errors as in `run_instruction`.

    Its syscalls can run, with one exception: a call of another sBPF program raises `UnsupportedError`.
    """
    context = _start(execution_input, program)
    InstructionProcessor(context.transaction, _NoExecutor())
    push(context.transaction, context.instruction)
    executable = context.transaction.executables.find(context.program_id)
    assert executable is not None, "the program of the input is given"
    return enter(context, executable)


class _NoExecutor:
    """The executor of a prepared invocation, which runs no other frame."""

    def run(self, invocation: Invocation, _: SyscallContext) -> tuple[Outcome, bytes]:
        raise UnsupportedError(
            f"the program {address_text(invocation.program_id)} is called without an executor"
        )


def _start(given: ExecutionInput, program: Program | None) -> InstructionContext:
    parameters = given.parameters
    environment = Environment(parameters.features, parameters.sysvars, parameters.epoch_stakes)
    accounts = list(distinct_accounts(given.accounts))
    positions = {account.key: index for index, account in enumerate(accounts)}
    if given.program_id not in positions:
        positions[given.program_id] = len(accounts)
        accounts.append(Account(given.program_id, OWNERS[parameters.loader], 1, b"", executable=True))
    before = {account.key: account for account in accounts}
    versions = parameters.features.sbpf_versions
    program = program or load_program(given.program, given.program_format, versions)
    executables = {
        program_id: Executable(_load(program_id, file, versions), _loader(before.get(program_id)), file)
        for program_id, file in given.programs
    }
    executables[given.program_id] = Executable(program, parameters.loader, given.program)
    transaction = TransactionContext(
        environment=environment,
        accounts=accounts,
        executables=Executables(before.get, environment.sysvars.slot, versions, executables),
        remaining=parameters.compute_unit_limit,
        heap_size=parameters.heap_size,
    )
    references = tuple(
        AccountReference(positions[entry.account.key], entry.is_signer, entry.is_writable)
        for entry in given.accounts
    )
    instruction = TransactionInstruction(positions[given.program_id], references, given.instruction_data)
    transaction.instructions = (instruction,)
    return InstructionContext(transaction, instruction)


def _load(program_id: bytes, file: bytes, versions: range) -> Program:
    try:
        return load_program(file, None, versions)
    except ProgramError as error:
        raise ProgramError(f"programs[{address_text(program_id)}]: {error}") from error


def _loader(account: Account | None) -> Loader:
    """The loader that owns a program. A program without an account cannot be called."""
    return Loader.V3 if account is None else LOADERS.get(account.owner, Loader.V3)


def _output(
    given: ExecutionInput,
    context: InstructionContext,
    frames: tuple[Frame[Result], ...],
    error: InstructionError | None,
) -> ExecutionOutput:
    before = distinct_accounts(given.accounts)
    after = before if error else tuple(context.transaction.accounts[: len(before)])
    outcome, transaction = frames[0].outcome, context.transaction
    return ExecutionOutput(
        success=error is None,
        exit_code=outcome.r0 if outcome.fault is None else None,
        error=None if error is None else error.name,
        error_message=None if error is None else error.message,
        fault=None if outcome.fault is None else outcome.fault.name,
        pc=outcome.pc,
        compute_units=outcome.compute_units,
        compute_units_charged=given.parameters.compute_unit_limit - transaction.remaining,
        instructions=sum(frame.outcome.instructions for frame in frames),
        accounts_modified=accounts_modified(before, after),
        accounts=after,
        logs=tuple(transaction.logs.lines),
        return_data=transaction.return_data,
    )
