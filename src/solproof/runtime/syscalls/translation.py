"""How syscalls reach the program's memory: ranges, alignment, order of the checks.

An empty range is never looked at. Else its length in bytes must fit a signed 64-bit integer, then it must lie
in one region with the right permission, then its address must be aligned for the element type. Alignment is a
rule about host addresses; every region starts at a multiple of 16 in the host as in the program's view, and
so do a V0 stack's frames, so the virtual address decides.

Source: `translate_type_inner!`, `translate_slice_inner!` of solana-program-runtime 4.1 (memory.rs); alignment
is checked for every loader but v1.
"""

from __future__ import annotations

from solproof.runtime.syscalls.context import SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.vm.faults import Fault, SyscallFault

LONGEST_RANGE = 2**63 - 1
LARGEST_UNSIGNED = 2**64 - 1


def check_range(
    context: SyscallContext, address: int, length: int, *, write: bool = False, alignment: int = 1
) -> None:
    """Raise the `SyscallFault` with which the runtime refuses the range; touches nothing."""
    if length == 0:
        return
    if length > LONGEST_RANGE:
        raise syscall_fault("InvalidLength")
    try:
        context.memory.check(address, length, write=write)
    except Fault as fault:
        raise SyscallFault(fault.name, str(fault)) from None
    if context.aligned and address % alignment:
        raise unaligned_pointer()


def check_results(context: SyscallContext, *ranges: tuple[int, int]) -> None:
    """Raise the fault with which the runtime refuses to write several results, each an address and a length
    in bytes: none may overlap another in the host's memory, that is by physical offset in one region
    (`translate_mut!`).
    """
    for address, length in ranges:
        check_range(context, address, length, write=True)
    for number, (address, length) in enumerate(ranges):
        region, start = context.memory.layout.locate(address, length, write=True)
        for other_address, other_length in ranges[number + 1 :]:
            other_region, other_start = context.memory.layout.locate(other_address, other_length, write=True)
            if region == other_region and overlap(start, length, other_start, other_length):
                raise syscall_fault("CopyOverlapping")


def unaligned_pointer() -> SyscallFault:
    """The fault of an address that is not aligned for what it should hold."""
    return syscall_fault("UnalignedPointer")


def read_range(context: SyscallContext, address: int, length: int, *, alignment: int = 1) -> bytes:
    """The bytes of a range, once it is checked."""
    check_range(context, address, length, alignment=alignment)
    return context.memory.read(address, length) if length else b""


def read_slices(context: SyscallContext, address: int, count: int) -> list[tuple[int, int]]:
    """An array of `count` slices, each an address and a length of 8 bytes (`VmSlice`)."""
    content = read_range(context, address, min(count * 16, LARGEST_UNSIGNED), alignment=8)
    numbers = [int.from_bytes(content[offset : offset + 8], "little") for offset in range(0, len(content), 8)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def read_string(context: SyscallContext, address: int, length: int) -> str:
    """The text of a range; raises `SyscallFault` with Rust's words when it is not UTF-8."""
    content = read_range(context, address, length)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            reason = f"incomplete utf-8 byte sequence from index {error.start}"
        else:
            reason = f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"
        raise syscall_fault("InvalidString", reason, list(content)) from None


def overlap(first: int, first_length: int, second: int, second_length: int) -> bool:
    """Whether two ranges share a byte, by the runtime's rule (`is_nonoverlapping`, solana-syscalls 4.1),
    empty ranges included.
    """
    if first > second:
        return first - second < second_length
    return second - first < first_length
