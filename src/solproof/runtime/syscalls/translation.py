"""How syscalls reach the program's memory: ranges, alignment, order of the checks.

An empty range is not checked. For any other range, three rules apply in this order. The length in bytes must
fit a signed 64-bit integer. The range must lie in one region with the right permission. The address must be
aligned for the element type.

The runtime's alignment rule is about host addresses. Every region starts at a multiple of 16, both in the
host and in the program's view, and so do the frames of a V0 stack. So the virtual address gives the same
answer.

Source: `translate_type_inner!`, `translate_slice_inner!` of solana-program-runtime 4.1 (memory.rs). Alignment
is checked for every loader except v1.
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
    """Raise the `SyscallFault` with which the runtime refuses this range, if it does. Reads no memory."""
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
    """Check the destinations of several results, each an address and a length in bytes.

    Raises the `SyscallFault` with which the runtime refuses them, if it does. No two ranges may overlap in
    the host's memory (`translate_mut!`). That means their physical offsets in one region must not overlap.
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
    """The fault for an address that is not aligned for its type."""
    return syscall_fault("UnalignedPointer")


def read_range(context: SyscallContext, address: int, length: int, *, alignment: int = 1) -> bytes:
    """Check a range, and return its bytes."""
    check_range(context, address, length, alignment=alignment)
    return context.memory.read(address, length) if length else b""


def read_slices(context: SyscallContext, address: int, count: int) -> list[tuple[int, int]]:
    """Read an array of `count` slices, each an address and a length of 8 bytes (`VmSlice`)."""
    content = read_range(context, address, min(count * 16, LARGEST_UNSIGNED), alignment=8)
    numbers = [int.from_bytes(content[offset : offset + 8], "little") for offset in range(0, len(content), 8)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def read_string(context: SyscallContext, address: int, length: int) -> str:
    """Read a text of `length` bytes. If it is not UTF-8, raises `SyscallFault` with Rust's words."""
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
    """Whether two ranges share a byte, by the rule of the runtime.

    Empty ranges follow the same rule (`is_nonoverlapping`, solana-syscalls 4.1).
    """
    if first > second:
        return first - second < second_length
    return second - first < first_length
