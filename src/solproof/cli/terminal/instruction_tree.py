"""The tree of the instructions that ran, as aligned lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import BAD
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.accounts import address_text
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.transaction.transaction_output import TransactionOutput

INDENTATION = "  "
LONGEST_MEANING = 160
"""The most characters that are shown of an instruction and its arguments."""
_NAMES = {address: name for name, (address, _) in BUILTIN_PROGRAMS.items()}


def execution_tree(execution: Execution | TransactionExecution, interfaces: Interfaces = KNOWN) -> list[Line]:
    """The tree below an empty line and a title. It is left out for an instruction that calls no other."""
    if isinstance(execution, TransactionExecution):
        return transaction_tree(execution.output, interfaces)
    if len(execution.instructions) == 1:
        return []
    return ["", "invocations", *instruction_lines(execution.instructions, interfaces)]


def transaction_tree(output: TransactionOutput, interfaces: Interfaces = KNOWN) -> list[Line]:
    """The tree below an empty line and a title. It is left out if no instruction ran."""
    if not output.instructions:
        return []
    return ["", "instructions", *instruction_lines(output.instructions, interfaces)]


def instruction_lines(records: Sequence[InstructionRecord], interfaces: Interfaces = KNOWN) -> list[Line]:
    """One line for each instruction: index, program, compute units, what it asks for, and error.

    A program stands below its caller, one step further to the right. The index is that in the message.
    """
    programs = [INDENTATION * (record.height - 1) + _program(record.program_id) for record in records]
    indexes = [str(record.index) if record.caller is None else "" for record in records]
    units = [f"{record.compute_units:,}" for record in records]
    columns = zip(_aligned(indexes, ">"), _aligned(programs, "<"), _aligned(units, ">"), records, strict=True)
    return [
        _with_error(f"  {index}  {program}  {spent} units{_meaning(record, interfaces)}", record, interfaces)
        for index, program, spent, record in columns
    ]


def _program(program_id: bytes) -> str:
    """The name of a builtin program, or the address of any other program."""
    return _NAMES.get(program_id) or address_text(program_id)


def _meaning(record: InstructionRecord, interfaces: Interfaces) -> str:
    """The name of the instruction with its arguments, after a gap. Empty if it is not known."""
    decoded = interfaces.decode_instruction(record.program_id, record.data)
    if decoded is None:
        return ""
    text = decoded.text()
    return f"  {text if len(text) <= LONGEST_MEANING else text[: LONGEST_MEANING - 3] + '...'}"


def _with_error(line: str, record: InstructionRecord, interfaces: Interfaces) -> Line:
    if record.error is None:
        return line
    name = interfaces.error_name(record.program_id, record.error)
    own = "" if name is None else f" ({name})"
    return Text(line).append(printable(f"  {record.error.name}: {record.error.message}{own}"), BAD)


def _aligned(texts: Sequence[str], direction: str) -> list[str]:
    width = max(map(len, texts), default=0)
    return [f"{text:{direction}{width}}" for text in texts]
