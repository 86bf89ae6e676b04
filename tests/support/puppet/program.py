"""The puppet: a program that executes the commands in its instruction data.

The instruction data start with u64 address and u64 length of a script. At address 0, the script follows in
the instruction data. Otherwise it lies somewhere in memory, for example in an account. The puppet copies the
script to the start of the heap, so that all addresses in it are known before. A script is u64 offset of the
first command, data, and the commands. A command is 64 bytes: u64 code, five u64 arguments, the address at
which the result of a syscall is stored (0: nowhere), 8 zeros.
"""

from __future__ import annotations

from enum import IntEnum, auto
from functools import cache

from tests.support.elf_builder import build_elf

COMMAND_BYTES = 64
HEADER_BYTES = 16
"""The bytes of instruction data before a script that they contain."""


class Command(IntEnum):
    """What a command does with its arguments a, b, c. A syscall (see `SYSCALLS`) takes all five."""

    EXIT = 0
    """End with the value a."""
    EXIT_WITH = auto()
    """End with the u64 at the address a."""
    STORE_8 = auto()
    """Store the value b at the address a."""
    STORE_16 = auto()
    STORE_32 = auto()
    STORE_64 = auto()
    COPY_64 = auto()
    """Copy the u64 at the address b to the address a."""
    ADD_64 = auto()
    """Add b to the u64 at the address a."""
    REPEAT = auto()
    """Subtract 1 from the u64 at the address a. If it is not 0 now, go back by b bytes of commands."""
    BURN = auto()
    """Count down from a."""
    DIVIDE = auto()
    """Divide a by b."""
    RECURSE = auto()
    """Call a function that calls itself, a levels deep."""
    JUMP = auto()
    """Call the address a."""


SYSCALLS = (
    "sol_invoke_signed_c",
    "sol_invoke_signed_rust",
    "sol_log_",
    "sol_log_64_",
    "sol_log_data",
    "sol_log_pubkey",
    "sol_log_compute_units_",
    "sol_set_return_data",
    "sol_get_return_data",
    "sol_get_stack_height",
    "sol_get_processed_sibling_instruction",
    "sol_memcpy_",
    "sol_memmove_",
    "sol_memset_",
    "sol_create_program_address",
    "sol_try_find_program_address",
    "sol_get_clock_sysvar",
    "sol_get_rent_sysvar",
    "sol_get_sysvar",
    "sol_panic_",
    "abort",
)
FIRST_SYSCALL = 32


def syscall_code(name: str) -> int:
    """The code of the command that calls a syscall."""
    return FIRST_SYSCALL + SYSCALLS.index(name)


@cache
def puppet(version: int) -> bytes:
    """The ELF file of the puppet for an sBPF version."""
    return build_elf(_FUNCTION + _FROM_INSTRUCTION_DATA + _commands() + _syscalls(), version)


def fixed_puppet(address: int, length: int, version: int = 3) -> bytes:
    """The ELF file of a puppet whose script is always at this address, whatever the instruction data are."""
    entry = f"entrypoint:; lddw r2, {address}; lddw r3, {length}"
    return build_elf(_FUNCTION + entry + _commands() + _syscalls(), version)


_BODIES = {
    Command.EXIT: "mov64 r0, r1; exit",
    Command.EXIT_WITH: "ldxdw r0, [r1]; exit",
    Command.STORE_8: "stxb [r1], r2; ja next",
    Command.STORE_16: "stxh [r1], r2; ja next",
    Command.STORE_32: "stxw [r1], r2; ja next",
    Command.STORE_64: "stxdw [r1], r2; ja next",
    Command.COPY_64: "ldxdw r2, [r2]; stxdw [r1], r2; ja next",
    Command.ADD_64: "ldxdw r3, [r1]; add64 r3, r2; stxdw [r1], r3; ja next",
    Command.REPEAT: "ldxdw r3, [r1]; add64 r3, -1; stxdw [r1], r3; jeq r3, 0, next; sub64 r6, r2; ja next",
    Command.BURN: "burning:; jeq r1, 0, next; add64 r1, -1; ja burning",
    Command.DIVIDE: "div64 r1, r2; ja next",
    Command.RECURSE: "call recursion; ja next",
    Command.JUMP: "callx r1; ja next",
}

_FUNCTION = """
recursion:
    jeq r1, 0, bottom
    add64 r1, -1
    call recursion
bottom:
    exit
"""

_FROM_INSTRUCTION_DATA = """
entrypoint:
    ldxdw r3, [r2+8]
    ldxdw r4, [r2]
    add64 r2, 16
    jeq r4, 0, copy
    mov64 r2, r4
copy:
"""


def _commands() -> str:
    return "\n".join(
        [
            """
    lddw r1, 0x300000000
    syscall sol_memcpy_
    lddw r6, 0x300000000
    ldxdw r7, [r6]
    add64 r6, r7
loop:
    ldxdw r7, [r6]
    ldxdw r1, [r6+8]
    ldxdw r2, [r6+16]
""",
            f"jge r7, {FIRST_SYSCALL}, syscalls",
            *(f"jeq r7, {command.value}, command{command.value}" for command in Command),
            "ja unknown",
            *(f"command{command.value}:; {_BODIES[command]}" for command in Command),
        ]
    )


def _syscalls() -> str:
    codes = list(enumerate(SYSCALLS, start=FIRST_SYSCALL))
    return "\n".join(
        [
            "\nsyscalls:; ldxdw r3, [r6+24]; ldxdw r4, [r6+32]; ldxdw r5, [r6+40]",
            *(f"jeq r7, {code}, syscall{code}" for code, _ in codes),
            "unknown:; mov64 r0, 99; exit",
            *(f"syscall{code}:; syscall {name}; ja store" for code, name in codes),
            "store:; ldxdw r1, [r6+48]; jeq r1, 0, next; stxdw [r1], r0",
            f"next:; add64 r6, {COMMAND_BYTES}; ja loop",
        ]
    )
