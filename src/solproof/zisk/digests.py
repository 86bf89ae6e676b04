"""The digests that the guest outputs, computed without the guest. They bind a proof to a run.

program   SHA-256 of the program's file
input     SHA-256 of input.bin without its first field, the program's file
result    SHA-256 of `encode_result`
"""

from __future__ import annotations

import hashlib
import struct

from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.zisk.endings import ACCOUNT_RULES, FAULTS, RETURNED, SYSCALL_FAULTS
from solproof.zisk.outputs import NO_EXIT_CODE

LENGTH_BYTES = 8


def program_digest(given: ExecutionInput) -> bytes:
    """The digest of the program's file."""
    return hashlib.sha256(given.program).digest()


def input_digest(given: ExecutionInput) -> bytes:
    """The digest of everything else that the run depends on."""
    return hashlib.sha256(bincode.pack(given)[LENGTH_BYTES + len(given.program) :]).digest()


def result_digest(output: ExecutionOutput, *, is_syscall_fault: bool) -> bytes:
    """The digest of a result. `is_syscall_fault`: its fault, if it has one, is a syscall's own."""
    return hashlib.sha256(encode_result(output, is_syscall_fault=is_syscall_fault)).digest()


def encode_result(output: ExecutionOutput, *, is_syscall_fault: bool) -> bytes:
    """The bytes of a result that the guest hashes.

    They are the first nine public words, then the program that set the return data, and the return data as a
    bincode vector. The distinct accounts after the run follow, each with its key, owner, lamports, executable
    flag (u64) and data (a vector). The log is missing, because the guest does not keep it.
    """
    exit_code = NO_EXIT_CODE if output.exit_code is None else output.exit_code
    words = (
        int(not output.success),
        exit_code & 0xFFFF_FFFF,
        output.compute_units,
        output.instructions,
        output.accounts_modified,
        ending_of(output, is_syscall_fault=is_syscall_fault),
        0,
        exit_code >> 32,
        output.pc,
    )
    parts = [
        struct.pack(f"<{len(words)}I", *words),
        output.return_data.program_id,
        _vector(output.return_data.data),
    ]
    parts += (
        account.key
        + account.owner
        + struct.pack("<QQ", account.lamports, account.executable)
        + _vector(account.data)
        for account in output.accounts
    )
    return b"".join(parts)


def ending_of(output: ExecutionOutput, *, is_syscall_fault: bool) -> int:
    """The number that stands for an ending."""
    names = SYSCALL_FAULTS if is_syscall_fault else FAULTS
    if output.fault is not None:
        return next(number for number, name in names.items() if name == output.fault)
    if output.exit_code == 0 and not output.success:
        return next(number for number, name in ACCOUNT_RULES.items() if name == output.error)
    return RETURNED


def _vector(content: bytes) -> bytes:
    return struct.pack("<Q", len(content)) + content
