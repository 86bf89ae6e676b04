"""The outcome of an execution in the form that the page needs."""

from __future__ import annotations

from typing import Any

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.explorer.account_data import describe_account
from solproof.interfaces.registry import Interfaces
from solproof.runtime.accounts import Account, address_text, distinct_accounts
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.transaction.budget_instructions import compute_budget_limits
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.transaction_error import TransactionError
from solproof.tracing.timeline import single_frame

Fields = dict[str, Any]


def describe_outcome(execution: Execution | TransactionExecution, interfaces: Interfaces) -> Fields:
    """Outcome, log and accounts, as the runtime reports them."""
    output = execution.output
    if isinstance(execution, Execution):
        before = distinct_accounts(execution.input.accounts)
        own = _instruction(execution)
    else:
        before = execution.output.accounts_before
        own = _transaction(execution)
    return {
        "success": output.success,
        "compute_units": output.compute_units,
        "accounts_modified": output.accounts_modified,
        "logs": list(output.logs),
        "accounts": _accounts(before, output.accounts, interfaces),
    } | own


def compute_unit_limit(execution: Execution | TransactionExecution) -> int | None:
    """The compute units that all frames together may use, None for a transaction that runs nothing.

    If only one program runs, these are the units after the price of its heap.
    """
    if isinstance(execution, Execution):
        if single_frame(execution) is not None:
            return execution.run.compute_unit_limit
        return execution.input.parameters.compute_unit_limit
    if not execution.output.instructions:
        return None
    message = parse_transaction(execution.scene.transaction).message
    instructions = [
        (message.static_keys[instruction.program_index], instruction.data)
        for instruction in message.instructions
    ]
    return compute_budget_limits(instructions, execution.scene.environment.features).compute_unit_limit


def _instruction(execution: Execution) -> Fields:
    output = execution.output
    return {
        "exit_code": None if output.exit_code is None else str(output.exit_code),
        "error": output.error,
        "error_message": output.error_message,
    }


def _transaction(execution: TransactionExecution) -> Fields:
    output = execution.output
    return {
        "error": None if output.failure is None else _name(output.failure),
        "error_message": None if output.failure is None else str(output.failure),
        "status": output.status.value,
        "fee": str(output.fee),
        "loaded_accounts_data_size": output.loaded_accounts_data_size,
        "return_data": _return_data(output.return_data),
        "writable": list(output.keys_writable),
    }


def _name(failure: TransactionError) -> str:
    """The name of an error, which is that of the instruction's error if there is one."""
    return failure.name if failure.instruction_error is None else failure.instruction_error.name


def _return_data(returned: ReturnData) -> Fields | None:
    if not returned.data:
        return None
    return {"program": address_text(returned.program_id), "data": returned.data.hex()}


def _accounts(
    before: tuple[Account, ...], after: tuple[Account, ...], interfaces: Interfaces
) -> list[Fields]:
    return [describe_account(*states, interfaces) for states in zip(before, after, strict=True)]
