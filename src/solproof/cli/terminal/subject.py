"""The subject of a command: one instruction of a program, or the whole transaction of a scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.options import read_input
from solproof.cli.terminal.scenes import INSTRUCTION_PARAMETERS, read_scene, refuse_beside
from solproof.cli.terminal.show import Fields, outcome_fields
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import outcome_lines
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import transaction_lines
from solproof.tracing.transaction_document import transaction_outcome


def read_subject(
    program: Path | None, input_path: Path | None, transaction: Path | None, **parameters: Any
) -> ExecutionInput | Scene:
    """What the command line names, for a command with PROGRAM, --input, --transaction and the parameters.

    Raises `InputError`, which names the invalid file, and a usage error if options contradict each other.
    """
    if transaction is not None:
        refuse_beside("--transaction", INSTRUCTION_PARAMETERS)
        features = {name: parameters[name] for name in ("feature_set", "activate", "deactivate")}
        return read_scene(transaction, **features)
    if program is None:
        raise click.UsageError("Missing argument 'PROGRAM', or --transaction.", click.get_current_context())
    return read_input(program, input_path, **parameters)


def result_fields(execution: Execution | TransactionExecution) -> Fields:
    """How an instruction or a transaction ended and what it cost, as JSON fields."""
    if isinstance(execution, TransactionExecution):
        return transaction_outcome(execution.output) | {
            "accounts_modified": execution.output.accounts_modified
        }
    return outcome_fields(execution.output)


def result_lines(execution: Execution | TransactionExecution) -> list[tuple[str, str]]:
    """The same as pairs of a name and a value, for people."""
    if isinstance(execution, TransactionExecution):
        return transaction_lines(execution.output)
    return outcome_lines(execution.output)
