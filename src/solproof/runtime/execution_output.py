"""The result of one execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from solproof.representation import described, short_repr
from solproof.runtime.accounts import Account


class ReturnData(NamedTuple):
    """Return data of a program, at most 1,024 bytes, and the id of the program that set it last."""

    program_id: bytes
    data: bytes

    def __repr__(self) -> str:
        return described(self, self._asdict())


@dataclass(frozen=True, slots=True)
class ExecutionOutput:
    """The runtime's report on one instruction.

    success: whether the program returned 0 and its changes to the accounts were allowed.
    exit_code: the program's r0, or None if a fault stopped it.
    error: Agave's `InstructionError` as its debug text, such as `Custom(1)` or `ProgramFailedToComplete`.
        None on success.
    error_message: the error in the runtime's words. For a fault, it describes the fault and its place. None
        on success.
    fault: the name of the fault that stopped the program, in solana-sbpf or Agave's syscalls, such as
        `DivideByZero`. None if the program returned.
    pc: slot of the last instruction. This is the exit, the instruction that failed, or the instruction for
        which no compute units were left.
    compute_units: CU that the program consumed, as in the runtime's "consumed" log line. The price of the
        heap is not included.
    compute_units_charged: CU that the instruction takes from the transaction, including the price of the
        heap. After any fault other than a syscall's own error, this is everything that the transaction had.
    instructions: number of executed instructions, including one that failed.
    accounts_modified: number of accounts whose lamports, data or owner have changed.
    accounts: the distinct accounts after the run, in order of first appearance.
    logs: the lines that the runtime prints, truncated at the runtime's limit.
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

    __repr__ = short_repr

    def headline(self) -> dict[str, object]:
        """How it ended and what it cost: the fields that a short representation shows."""
        names = ("success", "error", "fault", "compute_units", "instructions")
        return {name: getattr(self, name) for name in names}


def outcome_lines(output: ExecutionOutput) -> list[tuple[str, str]]:
    """The outcome as pairs of a name and a value, for display."""
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
