"""From BPF instructions to sBPF instructions, which have almost the same encoding.

The compiler must not use what sBPF lacks or defines otherwise. `-mcpu=v1` and `-mcpu=v2` do not use any of
it. Source: RFC 9669 (BPF instruction set), and the opcode table.
"""

from __future__ import annotations

from dataclasses import replace

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import CALLED_REGISTER_FIELDS, Action, by_mnemonic, opcode

FRAME_BYTES = 4096
"""The stack of one function (solana-sbpf 0.21.0, `Config::default`)."""

_FRAME_POINTER = 10
_MOVE, _ADD = by_mnemonic("MOV64_REG").code, by_mnemonic("ADD64_IMM").code
# The results of these have 32 bits. BPF zero-extends them to 64, but sBPF V0, V1, V3 and V4 sign-extend them.
_SIGN_EXTENDED = {
    by_mnemonic(mnemonic).code
    for mnemonic in ("ADD32_IMM", "ADD32_REG", "SUB32_IMM", "SUB32_REG", "MUL32_IMM", "MUL32_REG")
}
_ATOMIC = (0xC3, 0xDB)
_JUMP_32_CLASS = 0x06
_HINT = "compile with -mcpu=v2"


class Refused(ValueError):
    """An instruction that sBPF cannot execute as BPF does. The message says what it is and what helps."""


def translated(slot: Instruction, version: int) -> Instruction:
    """The sBPF instruction that does the same as a BPF instruction. Raises `Refused`."""
    row = opcode(slot.code, version)
    if slot.code in _SIGN_EXTENDED:
        raise Refused(
            f"adds, subtracts or multiplies 32 bits, and sBPF extends such a result otherwise; {_HINT}"
        )
    if row is None:
        what = f"has opcode {slot.code:#x}"
        if slot.code in _ATOMIC:
            what = "is an atomic operation"
        elif slot.code & 7 == _JUMP_32_CLASS:
            what = "is a 32-bit jump"
        raise Refused(f"{what}, which sBPF V{version} does not have; {_HINT}")
    if row.action is Action.COMPUTE and slot.offset:
        raise Refused(
            f"is a signed division or a move with sign extension, which sBPF does not have; {_HINT}"
        )
    if row.action in (Action.LOAD, Action.STORE):
        base = slot.source if row.action is Action.LOAD else slot.destination
        if base == _FRAME_POINTER and slot.offset < -FRAME_BYTES:
            raise Refused(_deep(slot.offset))
    if row.action is Action.CALL_REGISTER:
        # Compilers write the register into the destination or, before LLVM 19, into the immediate.
        register = slot.destination or slot.immediate
        return replace(Instruction(slot.code), **{CALLED_REGISTER_FIELDS[version]: register})
    return slot


def check_frame(before: Instruction | None, slot: Instruction) -> None:
    """Refuse the address of a local variable outside the frame: a copy of r10 minus more than a frame."""
    if (
        before is not None
        and (before.code, before.source) == (_MOVE, _FRAME_POINTER)
        and (slot.code, slot.destination) == (_ADD, before.destination)
        and slot.immediate < -FRAME_BYTES
    ):
        raise Refused(_deep(slot.immediate))


def _deep(offset: int) -> str:
    return f"uses a variable {-offset} bytes below the end of the stack frame, expected at most {FRAME_BYTES}"
