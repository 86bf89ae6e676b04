"""The target of a `call` instruction.

V0 to V2 look the immediate up first among the syscalls, then among the functions that the loader registered.
From V3 on, the source field decides. It is 0 for a syscall (by its hash) and 1 for a function (by its
distance, SIMD-0178). Anything else is an unsupported instruction. Source: `Interpreter::step` of solana-sbpf
0.21 (interpreter.rs).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from solproof.isa.instruction import Instruction
from solproof.program.program import Program


@dataclass(frozen=True, slots=True)
class Call:
    """A resolved call: `target` is the hash of a syscall, or the program counter of a function."""

    is_syscall: bool
    target: int


def resolve_call(
    program: Program, pc: int, instruction: Instruction, syscalls: Container[int]
) -> Call | None:
    """Resolve the `call` at `pc`, or return None if it cannot be executed.

    `syscalls` are the hashes of the syscalls that exist.
    """
    key = instruction.immediate & 0xFFFF_FFFF
    is_static = program.version >= 3
    if key in syscalls and (not is_static or instruction.source == 0):
        return Call(is_syscall=True, target=key)
    if not is_static:
        function = program.functions.get(key)
        return None if function is None else Call(is_syscall=False, target=function)
    target = pc + 1 + instruction.immediate
    if instruction.source == 1 and 0 <= target < program.slots:
        return Call(is_syscall=False, target=target)
    return None
