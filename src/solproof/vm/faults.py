"""Faults: the ways in which a run stops without a result.

They are named as solana-sbpf 0.21 (`EbpfError`) and Agave name them. A fault is an outcome of the program,
not an error of solproof: the machine catches it and reports it in the run's result.
"""

from __future__ import annotations


class Fault(Exception):
    """The program was stopped. `name` is the reference's variant name, `str(fault)` its message."""

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


def divide_by_zero() -> Fault:
    return Fault("DivideByZero", "divide by zero at BPF instruction")


def divide_overflow() -> Fault:
    return Fault("DivideOverflow", "division overflow at BPF instruction")


def call_depth_exceeded() -> Fault:
    return Fault("CallDepthExceeded", "exceeded max BPF to BPF call depth")


def call_outside_text_segment() -> Fault:
    return Fault("CallOutsideTextSegment", "callx attempted to call outside of the text segment")


def execution_overrun() -> Fault:
    return Fault(
        "ExecutionOverrun", "attempted to execute past the end of the text segment at BPF instruction"
    )


def unsupported_instruction() -> Fault:
    return Fault("UnsupportedInstruction", "unsupported BPF instruction")


EXCEEDED_MAX_INSTRUCTIONS = "ExceededMaxInstructions"


def exceeded_max_instructions() -> Fault:
    return Fault(EXCEEDED_MAX_INSTRUCTIONS, "exceeded CUs meter at BPF instruction")


def is_out_of_meter(fault: Fault | None) -> bool:
    """Whether the meter stopped the program, before an instruction and not in one."""
    return fault is not None and fault.name == EXCEEDED_MAX_INSTRUCTIONS


SECTIONS = {1: "program", 2: "stack", 3: "heap", 4: "input"}


def access_violation(address: int, length: int, *, stack_frames: bool) -> Fault:
    """The fault of an access outside every region.

    `stack_frames`: the version's frames have fixed addresses (not V1, V2). Rule:
    `generate_access_violation` of solana-sbpf 0.21 (memory_region.rs): the frame number truncates towards
    zero.
    """
    distance = address - 0x2_0000_0000
    frame = -(-distance // 4096) if distance < 0 else distance // 4096
    if stack_frames and -1 <= frame <= 64:
        return Fault(
            "StackAccessViolation",
            f"Access violation in stack frame {frame} at address {address:#x} of size {length}",
        )
    section = SECTIONS.get(address >> 32, "unknown")
    return Fault(
        "AccessViolation", f"Access violation in {section} section at address {address:#x} of size {length}"
    )
