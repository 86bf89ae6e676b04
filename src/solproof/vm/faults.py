"""Faults: the ways in which a run stops without a result.

Their names are those of solana-sbpf 0.21 (`EbpfError`) and Agave. A fault is an outcome of the program, not
an error of solproof. The machine catches it and reports it in the result of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Fault(Exception):
    """The program was stopped. `name` is the reference's variant, and `str(fault)` is its message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message)
        self.name = name
        self.message = message

    def __str__(self) -> str:
        return self.message


class SyscallFault(Fault):
    """A syscall refused its arguments or aborted.

    `name` is the variant of Agave's `SyscallError` or `InstructionError`.
    """


class FaultText(NamedTuple):
    """The reference's message, with holes for its values, and its meaning."""

    message: str
    meaning: str


EXCEEDED_MAX_INSTRUCTIONS = "ExceededMaxInstructions"
FAULTS: Mapping[str, FaultText] = MappingProxyType(
    {
        "DivideByZero": FaultText(
            "divide by zero at BPF instruction", "The divisor of a division or remainder is 0."
        ),
        "DivideOverflow": FaultText(
            "division overflow at BPF instruction",
            "In V2: a signed division or remainder of the smallest number by -1.",
        ),
        "CallDepthExceeded": FaultText(
            "exceeded max BPF to BPF call depth", "The program makes a call in the last of the 64 frames."
        ),
        "CallOutsideTextSegment": FaultText(
            "callx attempted to call outside of the text segment",
            "The target address of a callx is outside the program.",
        ),
        "ExecutionOverrun": FaultText(
            "attempted to execute past the end of the text segment at BPF instruction",
            "Execution ran past the last instruction of the program.",
        ),
        "UnsupportedInstruction": FaultText(
            "unsupported BPF instruction",
            "The next instruction is the second slot of an lddw, or a call that names neither a function nor "
            "an existing syscall.",
        ),
        EXCEEDED_MAX_INSTRUCTIONS: FaultText(
            "exceeded CUs meter at BPF instruction",
            "No compute units were left for the next instruction.",
        ),
        "AccessViolation": FaultText(
            "Access violation in {} section at address {:#x} of size {}",
            "A load or store is outside every region of memory, or a store is in the program's image.",
        ),
        "StackAccessViolation": FaultText(
            "Access violation in stack frame {} at address {:#x} of size {}",
            "Like AccessViolation, at an address in or next to the stack. V1 and V2 do not use this name.",
        ),
    }
)
"""The faults of the machine, with their names in `EbpfError`."""


def _fault(name: str, *arguments: object) -> Fault:
    return Fault(name, FAULTS[name].message.format(*arguments))


def divide_by_zero() -> Fault:
    return _fault("DivideByZero")


def divide_overflow() -> Fault:
    return _fault("DivideOverflow")


def call_depth_exceeded() -> Fault:
    return _fault("CallDepthExceeded")


def call_outside_text_segment() -> Fault:
    return _fault("CallOutsideTextSegment")


def execution_overrun() -> Fault:
    return _fault("ExecutionOverrun")


def unsupported_instruction() -> Fault:
    return _fault("UnsupportedInstruction")


def exceeded_max_instructions() -> Fault:
    return _fault(EXCEEDED_MAX_INSTRUCTIONS)


def is_out_of_meter(fault: Fault | None) -> bool:
    """Whether the meter stopped the program, which happens before an instruction and not during one."""
    return fault is not None and fault.name == EXCEEDED_MAX_INSTRUCTIONS


SECTIONS = {1: "program", 2: "stack", 3: "heap", 4: "input"}


def access_violation(address: int, length: int, *, stack_frames: bool) -> Fault:
    """The fault of an access outside every region.

    `stack_frames` is true if frames have fixed addresses, which is not so in V1 and V2. The frame number is
    rounded towards zero. Source: `generate_access_violation` of solana-sbpf 0.21 (memory_region.rs).
    """
    distance = address - 0x2_0000_0000
    frame = -(-distance // 4096) if distance < 0 else distance // 4096
    if stack_frames and -1 <= frame <= 64:
        return _fault("StackAccessViolation", frame, address, length)
    return _fault("AccessViolation", SECTIONS.get(address >> 32, "unknown"), address, length)
