"""Texts that the bytecode verifier refuses, one for each of its rules."""

from __future__ import annotations

from solproof.isa.instruction import Instruction
from tests.support.random_instructions import EXIT, encode

WIDE = Instruction(0x18, 1)
SECOND = Instruction(0)

REFUSED = {
    "ragged": (
        0,
        EXIT.encode() + b"\0",
        "ProgramLengthNotMultiple: program length must be a multiple of 8 octets (the text has 9 bytes)",
    ),
    "empty": (
        0,
        b"",
        "NoProgram: no program set, call prog_set() to load one (the text is empty)",
    ),
    "unknown": (
        0,
        encode(EXIT, Instruction(0x06)),
        "UnknownOpCode: unknown eBPF opcode 0x6 (insn #1) "
        "(`unknown opcode=0x6`: expected an opcode of sBPF V0)",
    ),
    "opcode of another version": (
        2,
        encode(WIDE, SECOND),
        "UnknownOpCode: unknown eBPF opcode 0x18 (insn #0) "
        "(`unknown opcode=0x18`: expected an opcode of sBPF V2)",
    ),
    "stray second slot": (
        0,
        encode(EXIT, SECOND),
        "UnknownOpCode: unknown eBPF opcode 0x0 (insn #1) "
        "(`unknown opcode=0x0`: expected an opcode of sBPF V0)",
    ),
    "wide last": (
        0,
        encode(EXIT, WIDE),
        "LDDWCannotBeLast: LD_DW instruction cannot be last in program "
        "(`lddw r1, 0x0`: slot 1 is the last, expected a second slot)",
    ),
    "wide incomplete": (
        0,
        encode(EXIT, WIDE, EXIT),
        "IncompleteLDDW: incomplete LD_DW instruction (insn #1) "
        "(`lddw r1, 0x0`: the next slot has opcode 0x95, expected 0)",
    ),
    "division": (
        0,
        encode(Instruction(0x37, 1), EXIT),
        "DivisionByZero: division by 0 (insn #0) (`div64 r1, 0`: expected an immediate other than 0)",
    ),
    "remainder": (
        2,
        encode(Instruction(0xE6, 1), EXIT),
        "DivisionByZero: division by 0 (insn #0) (`srem32 r1, 0`: expected an immediate other than 0)",
    ),
    "shift of 32 bits": (
        0,
        encode(EXIT, Instruction(0x64, 1, immediate=32)),
        "ShiftWithOverflow: Shift with overflow of 32-bit value by 32 (insn #1) "
        "(`lsh32 r1, 32`: expected a shift of 0 to 31)",
    ),
    "shift of 64 bits": (
        0,
        encode(EXIT, Instruction(0xC7, 1, immediate=-1)),
        "ShiftWithOverflow: Shift with overflow of 18446744073709551615-bit value by 64 (insn #1) "
        "(`arsh64 r1, -1`: expected a shift of 0 to 63)",
    ),
    "byte order": (
        0,
        encode(EXIT, Instruction(0xD4, 1, immediate=8)),
        "UnsupportedLEBEArgument: unsupported argument for LE/BE (insn #1) "
        "(`le8 r1`: expected an immediate of 16, 32 or 64)",
    ),
    "jump after the end": (
        0,
        encode(Instruction(0x05, offset=1), EXIT),
        "JumpOutOfCode: jump out of code to #2 (insn #0) (`ja lbb_2`: the target is slot 2, expected 0 to 1)",
    ),
    "jump before the start": (
        0,
        encode(EXIT, Instruction(0x1D, 1, 2, -3)),
        "JumpOutOfCode: jump out of code to #18446744073709551615 (insn #1) "
        "(`jeq r1, r2, lbb_-1`: the target is slot -1, expected 0 to 1)",
    ),
    "jump into a wide instruction": (
        0,
        encode(WIDE, SECOND, Instruction(0x15, offset=-2)),
        "JumpToMiddleOfLDDW: jump to middle of LD_DW at #1 (insn #2) "
        "(`jeq r0, 0, lbb_1`: the target slot has opcode 0)",
    ),
    "source": (
        0,
        encode(Instruction(0x07, 1, 11)),
        "InvalidSourceRegister: invalid source register (insn #0) "
        "(`add64 r1, 0`: register 11, expected 0 to 10)",
    ),
    "destination": (
        0,
        encode(Instruction(0x7B, 11)),
        "InvalidDestinationRegister: invalid destination register (insn #0) "
        "(`stxdw [r11+0x0], r0`: register 11, expected 0 to 10)",
    ),
    "frame pointer": (
        0,
        encode(EXIT, Instruction(0x07, 10)),
        "CannotWriteR10: cannot write into register r10 (insn #1) "
        "(`add64 r10, 0`: expected a destination of r0 to r9)",
    ),
    "frame pointer by a wide instruction": (
        0,
        encode(EXIT, Instruction(0x18, 10), Instruction(0, immediate=1)),
        "CannotWriteR10: cannot write into register r10 (insn #2) "
        "(`lddw r10, 0x100000000`: expected a destination of r0 to r9)",
    ),
    "frame pointer by another sum": (
        1,
        encode(Instruction(0x04, 10)),
        "CannotWriteR10: cannot write into register r10 (insn #0) "
        "(`add32 r10, 0`: expected a destination of r0 to r9)",
    ),
    "frame bump": (
        1,
        encode(Instruction(0x07, 10, immediate=-32)),
        "UnalignedImmediate: Unaligned immediate (insn #0) (`add64 r10, -32`: expected a multiple of 64)",
    ),
    "callx by immediate": (
        0,
        encode(EXIT, Instruction(0x8D, immediate=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "callx by a wide immediate": (
        1,
        encode(EXIT, Instruction(0x8D, immediate=256)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r0`: callx names register 256, expected 0 to 9)",
    ),
    "callx by source": (
        2,
        encode(EXIT, Instruction(0x8D, source=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "callx by destination": (
        3,
        encode(EXIT, Instruction(0x8D, destination=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "rule before registers": (
        0,
        encode(Instruction(0x37, 11, 11)),
        "DivisionByZero: division by 0 (insn #0) (`div64 r11, 0`: expected an immediate other than 0)",
    ),
    "source before destination": (
        0,
        encode(Instruction(0x0F, 11, 11)),
        "InvalidSourceRegister: invalid source register (insn #0) "
        "(`add64 r11, r11`: register 11, expected 0 to 10)",
    ),
}
