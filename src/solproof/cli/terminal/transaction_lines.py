"""Lines for people about transactions: one in detail, or many with a line for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from solproof.cli.terminal.account_lines import ShownAccount, account_lines
from solproof.cli.terminal.event_lines import event_block
from solproof.cli.terminal.fault_lines import fault_lines
from solproof.cli.terminal.instruction_tree import transaction_tree
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import aligned
from solproof.cli.terminal.subject import named_result
from solproof.cli.terminal.table import Field, record_lines
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.fault_places import fault_places
from solproof.formats.transaction_json import signer_keys
from solproof.interfaces.registry import Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput

ENDINGS = ("success", "failed", Status.FEES_ONLY.value, Status.NOT_PROCESSED.value)
ROLES = {
    (True, True): "signer, writable",
    (True, False): "signer",
    (False, True): "writable",
    (False, False): "",
}


def detailed_lines(
    execution: TransactionExecution, symbols: SymbolFiles, interfaces: Interfaces
) -> list[Line]:
    """Everything that a transaction did: outcome, instructions, return data, log, events and accounts."""
    output = execution.output
    lines = [*aligned(named_result(execution, interfaces)), *transaction_tree(output, interfaces)]
    lines += fault_lines(fault_places(execution.frames, symbols))
    lines += return_data_lines(output.return_data)
    if output.logs:
        lines += ["", "log", *(f"  {line}" for line in output.logs)]
    lines += event_block(output.logs, output.instructions, interfaces)
    return [*lines, "", "accounts", *account_lines(_shown(execution), interfaces)]


def return_data_lines(return_data: ReturnData) -> list[str]:
    """The return data with an empty line before it, or nothing if there are none."""
    if not return_data.data:
        return []
    return ["", f"return data of {address_text(return_data.program_id)}", f"  {return_data.data.hex()}"]


def _shown(execution: TransactionExecution) -> list[ShownAccount]:
    output, signers = execution.output, signer_keys(execution)
    states = zip(output.accounts_before, output.accounts, output.keys_writable, strict=True)
    return [
        ShownAccount(before, after, ROLES[before.key in signers, writable])
        for before, after, writable in states
    ]


# SEQUENCES


FIELDS = (
    Field("number", 6),
    Field("ending", 13, is_number=False),
    Field("lamports", 9),
    Field("units", 9),
)
"""The fields of a line about a transaction: its number, how it ended, its fee and its compute units."""


def short_lines(number: int, output: TransactionOutput) -> list[Line]:
    """A transaction of a sequence in one line, or in more lines on a narrow screen."""
    values = (f"{number:,}", ending(output), f"{output.fee:,}", f"{output.compute_units:,}")
    return record_lines(FIELDS, values, "" if output.failure is None else str(output.failure))


def ending(output: TransactionOutput) -> str:
    """How a transaction ended, in one of the words of `ENDINGS`."""
    if output.success:
        return ENDINGS[0]
    return ENDINGS[1] if output.status is Status.EXECUTED else output.status.value


@dataclass(slots=True)
class Summary:
    """What the transactions of a sequence did together."""

    endings: Counter[str] = field(default_factory=Counter)
    fees: int = 0
    compute_units: int = 0

    def add(self, output: TransactionOutput) -> None:
        """Count a transaction."""
        self.endings[ending(output)] += 1
        self.fees += output.fee
        self.compute_units += output.compute_units

    def lines(self) -> list[tuple[str, str]]:
        """The sums as pairs of a name and a value."""
        endings = ", ".join(f"{self.endings[name]:,} {name}" for name in ENDINGS if self.endings[name])
        return [
            ("transactions", f"{self.endings.total():,}: {endings}"),
            ("fees", f"{self.fees:,} lamports"),
            ("compute units", f"{self.compute_units:,}"),
        ]
