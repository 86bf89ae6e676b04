"""The tree of the instructions that ran, as aligned lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import BAD
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.registry import KNOWN
from solproof.runtime.accounts import address_text
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.transaction.transaction_output import TransactionOutput

INDENTATION = "  "
_NAMES = {address: name for name, (address, _) in BUILTIN_PROGRAMS.items()}


def execution_tree(execution: Execution | TransactionExecution) -> list[Line]:
    """The tree below an empty line and a title. It is left out for an instruction that calls no other."""
    if isinstance(execution, TransactionExecution):
        return transaction_tree(execution.output)
    if len(execution.instructions) == 1:
        return []
    return ["", "invocations", *instruction_lines(execution.instructions)]


def transaction_tree(output: TransactionOutput) -> list[Line]:
    """The tree below an empty line and a title. It is left out if no instruction ran."""
    return ["", "instructions", *instruction_lines(output.instructions)] if output.instructions else []


def instruction_lines(records: Sequence[InstructionRecord]) -> list[Line]:
    """One line for each instruction: index, program, compute units and error.

    A program stands below its caller, one step further to the right. The index is that in the message.
    """
    programs = [INDENTATION * (record.height - 1) + _program(record.program_id) for record in records]
    indexes = [str(record.index) if record.caller is None else "" for record in records]
    units = [f"{record.compute_units:,}" for record in records]
    columns = zip(_aligned(indexes, ">"), _aligned(programs, "<"), _aligned(units, ">"), records, strict=True)
    return [
        _with_error(f"  {index}  {program}  {spent} units", record)
        for index, program, spent, record in columns
    ]


def _program(program_id: bytes) -> str:
    """The name of a builtin program, or the address of any other program."""
    return _NAMES.get(program_id) or address_text(program_id)


def _with_error(line: str, record: InstructionRecord) -> Line:
    if record.error is None:
        return line
    name = KNOWN.error_name(record.program_id, record.error)
    own = "" if name is None else f" ({name})"
    return Text(line).append(printable(f"  {record.error.name}: {record.error.message}{own}"), BAD)


def _aligned(texts: Sequence[str], direction: str) -> list[str]:
    width = max(map(len, texts), default=0)
    return [f"{text:{direction}{width}}" for text in texts]
