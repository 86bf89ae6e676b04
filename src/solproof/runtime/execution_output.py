"""The result of one execution: the mission's `SolanaExecutionOutput`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from solproof.runtime.accounts import Account


class ReturnData(NamedTuple):
    """What a program returned besides its exit code: who set it last, and at most 1,024 bytes."""

    program_id: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class ExecutionOutput:
    """What the runtime reports of one instruction.

    success: the program returned 0 and its changes to the accounts were allowed.
    exit_code: the program's r0, or None when a fault stopped it.
    error: Agave's `InstructionError` as its debug text, such as `Custom(1)` or `ProgramFailedToComplete`;
        None on success.
    error_message: the error in the runtime's words; for a fault, what it was and where. None on success.
    fault: the name of the fault that stopped the program, as solana-sbpf or Agave's syscalls name it, such as
        `DivideByZero`; None when it returned.
    pc: slot of the last instruction: the exit, the one that failed, or the one that the budget was too small
        for.
    compute_units: CU that the program consumed, as in the runtime's "consumed" log line (the heap's price is
        not in it).
    compute_units_charged: CU that the instruction takes from the transaction: the price of the heap too, and
        after a fault that is not a syscall's own error everything that the transaction had.
    instructions: executed instructions, the failing one included.
    accounts_modified: how many accounts have other lamports, data or owner than before.
    accounts: the distinct accounts afterwards, in order of first appearance.
    logs: lines as the runtime prints them, cut off as it cuts them off.
    """

    success: bool
    exit_code: int | None
    error: str | None
    error_message: str | None
    fault: str | None
    pc: int
    compute_units: int
    compute_units_charged: int
    instructions: int
    accounts_modified: int
    accounts: tuple[Account, ...]
    logs: tuple[str, ...]
    return_data: ReturnData


def outcome_lines(output: ExecutionOutput) -> list[tuple[str, str]]:
    """The outcome as pairs of a name and a value in words."""
    failed = [] if output.error is None else [("error", f"{output.error}: {output.error_message}")]
    charged = []
    if output.compute_units_charged != output.compute_units:
        charged = [("charged", f"{output.compute_units_charged:,} compute units")]
    return [
        ("success", "yes" if output.success else "no"),
        *failed,
        (
            "exit code",
            str(output.exit_code) if output.fault is None else f"none: {output.fault} at pc {output.pc}",
        ),
        ("compute units", f"{output.compute_units:,}"),
        *charged,
        ("instructions", f"{output.instructions:,}"),
        ("accounts modified", str(output.accounts_modified)),
    ]
