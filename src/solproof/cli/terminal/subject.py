"""The subject of a command: one instruction of a program, or the whole transaction of a scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import click

from solproof.cli.terminal.options import read_input
from solproof.cli.terminal.scenes import (
    INSTRUCTION_PARAMETERS,
    read_scene,
    refuse_beside,
    scene_values,
)
from solproof.cli.terminal.show import Fields, outcome_fields
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.failures import failure_name
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput, result_lines
from solproof.tracing.transaction_document import transaction_outcome


def read_subject(
    program: Path | None, input_path: Path | None, transaction: Path | None, **parameters: Any
) -> ExecutionInput | Scene:
    """What the command line names, for a command with PROGRAM, --input, --transaction and the parameters.

    Raises `InputError`, which names the invalid file, and a usage error if options contradict each other.
    """
    if transaction is not None:
        return read_transaction(transaction, **parameters)
    if program is None and input_path is None:
        raise click.UsageError("Missing argument 'PROGRAM', or --transaction.", click.get_current_context())
    return read_input(program, input_path, **parameters)


def read_transaction(path: Path, **parameters: Any) -> Scene:
    """The scene of --transaction. Raises like `read_subject`."""
    refuse_beside("--transaction", INSTRUCTION_PARAMETERS)
    return read_scene(path, **scene_values(parameters))


class Result(Protocol):
    """An execution, an estimate, a proof or a verdict: whatever has the output of a run."""

    @property
    def output(self) -> ExecutionOutput | TransactionOutput: ...


def result_fields(result: Result) -> Fields:
    """How an instruction or a transaction ended and what it cost, as JSON fields."""
    output = result.output
    if isinstance(output, TransactionOutput):
        return transaction_outcome(output) | {"accounts_modified": output.accounts_modified}
    return outcome_fields(output)


def named_result(
    execution: Execution | TransactionExecution, interfaces: Interfaces = KNOWN
) -> list[tuple[str, str]]:
    """How an execution ended and what it cost, for people. A program's own error has its name, if known."""
    if isinstance(execution, TransactionExecution):
        records = execution.output.instructions
    else:
        records = execution.instructions
    name = failure_name(records, interfaces)
    return [
        (label, f"{value} ({name})" if label == "error" and name else value)
        for label, value in result_lines(execution.output)
    ]
