"""Runs the guest on an execution's input, and compares it with solproof's own machine."""

from __future__ import annotations

from solproof.errors import InputError, ProgramError, SolproofError, UnsupportedError
from solproof.execution.execute import Execution
from solproof.vm.faults import SyscallFault
from solproof.zisk.digests import input_digest, program_digest, result_digest
from solproof.zisk.endings import Refused
from solproof.zisk.outputs import Outputs

_ERRORS: dict[int, type[SolproofError]] = {
    Refused.INPUT: InputError,
    Refused.PROGRAM: ProgramError,
    Refused.SYSCALL: UnsupportedError,
    Refused.TOO_LARGE: UnsupportedError,
    Refused.SEGMENT: InputError,
}


def raise_refusal(outputs: Outputs, ending: int) -> None:
    """Raise the error for a refusal of the guest. Does nothing if the guest ran the program."""
    if outputs.refusal is not None:
        raise _ERRORS[ending](f"the guest refused: {outputs.refusal}")


def differences(outputs: Outputs, execution: Execution) -> list[str]:
    """The differences between the guest's outputs and those of solproof's machine. There should be none."""
    output = execution.output
    is_syscall_fault = isinstance(execution.run.fault, SyscallFault)
    rule = output.error if output.fault is None and output.exit_code == 0 else None
    expected = {
        "success": output.success,
        "exit_code": output.exit_code,
        "compute_units": output.compute_units,
        "instructions": output.instructions,
        "accounts_modified": output.accounts_modified,
        "pc": output.pc,
        "fault": output.fault,
        "rule": rule,
        "program_digest": program_digest(execution.input),
        "input_digest": input_digest(execution.input),
        "result_digest": result_digest(output, is_syscall_fault=is_syscall_fault),
    }
    return [
        f"{name}: {getattr(outputs, name)!r} in the guest, {value!r} in solproof"
        for name, value in expected.items()
        if getattr(outputs, name) != value
    ]
