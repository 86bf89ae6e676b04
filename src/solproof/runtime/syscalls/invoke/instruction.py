"""Read the instruction that a program wants to invoke, in the layout of the C or the Rust SDK.

    C      u64 address of the program id | u64 address of the metas | u64 number of metas
           | u64 address of the data | u64 length of the data
           each meta 16 bytes: u64 address of the key | u8 writable | u8 signer | 6 bytes
    Rust   u64 address of the metas | u64 capacity | u64 number of metas
           | u64 address of the data | u64 capacity | u64 length of the data | 32 program id
           each meta 34 bytes: 32 key | u8 signer | u8 writable

Source: `translate_instruction_c`, `translate_instruction_rust` of solana-program-runtime 4.1 (cpi.rs).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_ACCOUNTS
from solproof.runtime.budget import CROSS_PROGRAM_BYTES_PER_UNIT
from solproof.runtime.execution_input import MAXIMUM_INSTRUCTION_DATA_LENGTH
from solproof.runtime.requested_instruction import Meta, RequestedInstruction
from solproof.runtime.syscalls.context import SyscallContext, instruction_fault
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import LARGEST_UNSIGNED, check_range, read_range

WORD = 8
C_INSTRUCTION, C_META = struct.Struct("<5Q"), struct.Struct("<QBB6x")
RUST_INSTRUCTION, RUST_META = struct.Struct("<6Q32s"), struct.Struct("<32sBB")
META_BYTES = 34  # what a meta costs, in both layouts


def read_c_instruction(context: SyscallContext, address: int) -> RequestedInstruction:
    """The instruction in the C layout. Charges for its size. Raises `SyscallFault`."""
    content = read_range(context, address, C_INSTRUCTION.size, alignment=WORD)
    program, metas, count, data, length = C_INSTRUCTION.unpack(content)
    program_id = read_range(context, program, KEY_LENGTH)
    table, instruction_data = _read_parts(context, metas, count, C_META.size, WORD, data, length)

    def read_metas() -> Iterator[Meta]:
        for key, writable, signer in C_META.iter_unpack(table):
            _check_flags(signer, writable)
            yield Meta(read_range(context, key, KEY_LENGTH), bool(signer), bool(writable))

    return RequestedInstruction(program_id, tuple(read_metas()), instruction_data)


def read_rust_instruction(context: SyscallContext, address: int) -> RequestedInstruction:
    """The instruction in the Rust layout. Charges for its size. Raises `SyscallFault`."""
    content = read_range(context, address, RUST_INSTRUCTION.size, alignment=WORD)
    metas, _, count, data, _, length, program_id = RUST_INSTRUCTION.unpack(content)
    table, instruction_data = _read_parts(context, metas, count, RUST_META.size, 1, data, length)

    def read_metas() -> Iterator[Meta]:
        for key, signer, writable in RUST_META.iter_unpack(table):
            _check_flags(signer, writable)
            yield Meta(key, bool(signer), bool(writable))

    return RequestedInstruction(program_id, tuple(read_metas()), instruction_data)


def _read_parts(
    context: SyscallContext, metas: int, count: int, size: int, alignment: int, data: int, length: int
) -> tuple[bytes, bytes]:
    """The table of metas and the instruction data, after checking and paying for their sizes."""
    # Checked before they are read: a count of metas may name gigabytes.
    table_size = min(count * size, LARGEST_UNSIGNED)
    check_range(context, metas, table_size, alignment=alignment)
    check_range(context, data, length)
    if count > MAXIMUM_ACCOUNTS:
        raise syscall_fault("MaxInstructionAccountsExceeded", count, MAXIMUM_ACCOUNTS)
    if length > MAXIMUM_INSTRUCTION_DATA_LENGTH:
        raise syscall_fault("MaxInstructionDataLenExceeded", length, MAXIMUM_INSTRUCTION_DATA_LENGTH)
    context.consume(
        length // CROSS_PROGRAM_BYTES_PER_UNIT + META_BYTES * count // CROSS_PROGRAM_BYTES_PER_UNIT
    )
    return read_range(context, metas, table_size, alignment=alignment), read_range(context, data, length)


def _check_flags(signer: int, writable: int) -> None:
    if signer > 1 or writable > 1:
        raise instruction_fault("InvalidArgument")
