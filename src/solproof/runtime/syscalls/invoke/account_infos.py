"""Find the accounts of an invoked instruction in the caller's memory, through the caller's account infos.

    C      56 bytes: address of the key | address of the lamports | u64 data length | address of the data
           | address of the owner | u64 | u8 signer | u8 writable | u8 executable | 5 bytes
    Rust   48 bytes: address of the key | cell of the lamports | cell of the data | address of the owner
           | u64 | u8 signer | u8 writable | u8 executable | 5 bytes

A Rust cell (`Rc<RefCell<..>>`) has three words before its value. The value of the lamports' cell is an
address. The value of the data's cell is an address and a length.

With `syscall_parameter_address_restrictions`, every address must be that of the caller's serialized input.

Source: `CallerAccount`, `translate_account_infos`, `translate_accounts_common` of solana-program-runtime 4.1
(cpi.rs).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from solproof.runtime.accounts import KEY_LENGTH, address_text
from solproof.runtime.budget import CROSS_PROGRAM_BYTES_PER_UNIT
from solproof.runtime.invocation import Invocation
from solproof.runtime.serialization import MAXIMUM_DATA_INCREASE
from solproof.runtime.syscalls.context import SyscallContext, instruction_fault
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import LARGEST_UNSIGNED, check_range, read_range
from solproof.runtime.transaction_instruction import TransactionInstruction
from solproof.vm.limits import INPUT_START

WORD = 8
MAXIMUM_INFOS = 255  # MAX_CPI_ACCOUNT_INFOS
INFO_BYTES = 80  # what an account info costs (SIMD-0339)
CELL_HEADER = 24
C_INFO, RUST_INFO = struct.Struct("<5Q16x"), struct.Struct("<4Q16x")
C_LENGTH_OFFSET = 16
ALIGNED_KEY_OFFSET, UNALIGNED_KEY_OFFSET = 8, 3  # in an account's record, see `serialization`


@dataclass(slots=True, eq=False)
class CallerAccount:
    """Where the caller's memory has an account that it passes on.

    position: the account's first position in the caller's instruction.
    is_writable: whether the callee may change the account, so that the caller must be told.
    lamports, owner, data: addresses of the values.
    length_word: the address of the length in the account info. The length word of the caller's serialized
        input is another word.
    length: bytes of data that the caller passes.
    original_length: bytes of data when the caller's frame began.
    """

    position: int
    is_writable: bool
    lamports: int
    owner: int
    data: int
    length_word: int
    length: int
    original_length: int


@dataclass(frozen=True, slots=True)
class _Expected:
    """The addresses of an account in the caller's serialized input."""

    key: int
    owner: int
    lamports: int
    data: int
    original_length: int


@dataclass(frozen=True, slots=True)
class _Pointers:
    """The addresses in an account info that has been followed, and the length that the info states."""

    lamports: int
    owner: int
    data: int
    length_word: int
    length: int


Follow = Callable[[SyscallContext, int, bytes, _Expected], _Pointers]


@dataclass(frozen=True, slots=True)
class InfoLayout:
    """How an SDK lays out an account info: its size in bytes, and how to follow its addresses."""

    size: int
    follow: Follow


def caller_accounts(
    context: SyscallContext, layout: InfoLayout, address: int, count: int, callee: TransactionInstruction
) -> Iterator[CallerAccount]:
    """The accounts of `callee` in the caller's memory, in the callee's order, each account once.

    Charges for the infos and for the data. An executable account needs no info and is left out. Raises
    `SyscallFault` for a wrong address, and if an account has no info.
    """
    infos = _read_infos(context, layout, address, count)
    keys = [read_range(context, int.from_bytes(info[:WORD], "little"), KEY_LENGTH) for info in infos]
    transaction, caller = context.transaction, context.invocation.context.instruction
    for number, reference in enumerate(callee.accounts):
        if callee.position_of(reference.index) != number:
            continue
        account = transaction.accounts[reference.index]
        if account.executable:
            context.consume(len(account.data) // CROSS_PROGRAM_BYTES_PER_UNIT)
            continue
        if account.key not in keys:
            context.log(f"Instruction references an unknown account {address_text(account.key)}")
            raise instruction_fault("MissingAccount")
        info = keys.index(account.key)
        position = caller.position_of(reference.index)
        assert position is not None, "the privileges were checked against the caller's accounts"
        expected = _expected(context.invocation, position)
        pointers = layout.follow(context, address + info * layout.size, infos[info], expected)
        if _restricted(context):
            context.consume(pointers.length // CROSS_PROGRAM_BYTES_PER_UNIT)
        yield CallerAccount(
            position=position,
            is_writable=reference.is_writable,
            lamports=pointers.lamports,
            owner=pointers.owner,
            data=pointers.data,
            length_word=pointers.length_word,
            length=pointers.length,
            original_length=expected.original_length,
        )


def reserved_length(context: SyscallContext, original_length: int, *, restricted: bool) -> int:
    """The bytes of address space that an account's data may take in the caller's memory."""
    fixed = restricted and not context.aligned
    return original_length if fixed else original_length + MAXIMUM_DATA_INCREASE


def _read_infos(context: SyscallContext, layout: InfoLayout, address: int, count: int) -> list[bytes]:
    size = min(count * layout.size, LARGEST_UNSIGNED)
    # A callee must not be able to write to the infos, so they may not lie among the accounts.
    if _restricted(context) and min(address + size, LARGEST_UNSIGNED) >= INPUT_START:
        raise syscall_fault("InvalidPointer")
    check_range(context, address, size, alignment=WORD)
    if count > MAXIMUM_INFOS:
        raise syscall_fault("MaxInstructionAccountInfosExceeded", count, MAXIMUM_INFOS)
    context.consume(count * INFO_BYTES // CROSS_PROGRAM_BYTES_PER_UNIT)
    content = read_range(context, address, size, alignment=WORD)
    return [content[start : start + layout.size] for start in range(0, size, layout.size)]


def _expected(invocation: Invocation, position: int) -> _Expected:
    record, fields = invocation.serialized.records[position], invocation.serialized.fields
    assert record is not None, "the first mention of an account has a record"
    start = INPUT_START + record
    length = len(invocation.accounts[position].account.data)
    return _Expected(
        key=start + (ALIGNED_KEY_OFFSET if invocation.is_aligned else UNALIGNED_KEY_OFFSET),
        # Loader v1 puts the owner behind the data.
        owner=start + (fields.data + length if fields.owner is None else fields.owner),
        lamports=start + fields.lamports,
        data=start + fields.data,
        original_length=length,
    )


def _follow_c(context: SyscallContext, address: int, info: bytes, expected: _Expected) -> _Pointers:
    key, lamports, length, data, owner = C_INFO.unpack(info)
    restricted = _restricted(context)
    if restricted:
        _check_pointer(context, key, expected.key, "key")
        _check_pointer(context, owner, expected.owner, "owner")
        _check_pointer(context, lamports, expected.lamports, "lamports")
        _check_pointer(context, data, expected.data, "data")
    check_range(context, lamports, WORD, write=True, alignment=WORD)
    check_range(context, owner, KEY_LENGTH, write=True)
    if not restricted:
        context.consume(length // CROSS_PROGRAM_BYTES_PER_UNIT)
    length_word = (address + C_LENGTH_OFFSET) & LARGEST_UNSIGNED
    return _with_data(context, lamports, owner, data, length_word, expected)


def _follow_rust(context: SyscallContext, _address: int, info: bytes, expected: _Expected) -> _Pointers:
    key, lamports_cell, data_cell, owner = RUST_INFO.unpack(info)
    restricted = _restricted(context)
    if restricted:
        _check_pointer(context, key, expected.key, "key")
        _check_pointer(context, owner, expected.owner, "owner")
    lamports_value = (lamports_cell + CELL_HEADER) & LARGEST_UNSIGNED
    lamports = read_word(context, lamports_value)
    if restricted:
        _check_outside_accounts(lamports_value)
        _check_pointer(context, lamports, expected.lamports, "lamports")
    check_range(context, lamports, WORD, write=True, alignment=WORD)
    check_range(context, owner, KEY_LENGTH, write=True)
    data_value = (data_cell + CELL_HEADER) & LARGEST_UNSIGNED
    if restricted:
        _check_outside_accounts(data_value)
    data, length = struct.unpack("<QQ", read_range(context, data_value, 2 * WORD, alignment=WORD))
    if restricted:
        _check_pointer(context, data, expected.data, "data")
    else:
        context.consume(length // CROSS_PROGRAM_BYTES_PER_UNIT)
    return _with_data(context, lamports, owner, data, (data_value + WORD) & LARGEST_UNSIGNED, expected)


def _with_data(
    context: SyscallContext, lamports: int, owner: int, data: int, length_word: int, expected: _Expected
) -> _Pointers:
    restricted = _restricted(context)
    if restricted:
        _check_outside_accounts(length_word)
    check_range(context, length_word, WORD, write=True)
    length = int.from_bytes(read_range(context, length_word, WORD), "little")
    check_data(context, data, length, expected.original_length)
    return _Pointers(lamports, owner, data, length_word, length)


def check_data(context: SyscallContext, data: int, length: int, original_length: int) -> None:
    """Raise `SyscallFault` if an account's data in the caller's memory may not have this length."""
    restricted = _restricted(context)
    if restricted and length > reserved_length(context, original_length, restricted=True):
        raise instruction_fault("InvalidRealloc")
    check_range(context, data, length, write=True)


def read_word(context: SyscallContext, address: int) -> int:
    """The 64-bit number at an address."""
    return int.from_bytes(read_range(context, address, WORD, alignment=WORD), "little")


def _check_pointer(context: SyscallContext, address: int, expected: int, name: str) -> None:
    if address != expected:
        context.log(f"Invalid account info pointer `{name}': {address:#x} != {expected:#x}")
        raise syscall_fault("InvalidPointer")


def _check_outside_accounts(address: int) -> None:
    # A callee must not be able to write to this word.
    if address >= INPUT_START:
        raise syscall_fault("InvalidPointer")


def _restricted(context: SyscallContext) -> bool:
    return "syscall_parameter_address_restrictions" in context.features


C_LAYOUT = InfoLayout(C_INFO.size, _follow_c)
RUST_LAYOUT = InfoLayout(RUST_INFO.size, _follow_rust)
