"""Small programs that call another program."""

from __future__ import annotations

from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.invocations import c_invocation
from tests.support.syscall_harness import HEAP


def caller(program_id: bytes, data: bytes = b"", then: str = "exit") -> bytes:
    """The ELF file of a program that calls another program without accounts, by the layout of C.

    then: what it does after the call, with the result in r0.
    """
    invocation = c_invocation(HEAP, program_id, data)
    return build_elf(
        [*write_memory(invocation.memory), *call("sol_invoke_signed_c", invocation.arguments), then]
    )


def callee(returned: bytes, exit_code: int = 0) -> bytes:
    """The ELF file of a program that logs the length of its instruction data, and returns some bytes."""
    return build_elf(
        [
            "mov64 r2, r1; ldxdw r1, [r2+8]; mov64 r2, 0; mov64 r3, 0; mov64 r4, 0; mov64 r5, 0",
            "syscall sol_log_64_",
            *write_memory({HEAP: returned}),
            *call("sol_set_return_data", (HEAP, len(returned))),
            f"mov64 r0, {exit_code}; exit",
        ]
    )
