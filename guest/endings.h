// How a run can end, as numbers of the output word OUTPUT_ENDING. src/solproof/zisk/outputs.py names them.
#pragma once

#include "platform.h"

enum ending {
    RETURNED = 0, // r0 is the exit code; a code other than 0 is a failure
    // Faults of the machine.
    DIVIDE_BY_ZERO = 1,
    DIVIDE_OVERFLOW = 2,
    CALL_DEPTH_EXCEEDED = 3,
    CALL_OUTSIDE_TEXT_SEGMENT = 4,
    EXECUTION_OVERRUN = 5,
    UNSUPPORTED_INSTRUCTION = 6,
    EXCEEDED_MAX_INSTRUCTIONS = 7,
    ACCESS_VIOLATION = 8,
    STACK_ACCESS_VIOLATION = 9,
    // Faults of syscalls.
    ABORT = 32,
    PANIC = 33,
    INVALID_STRING = 34,
    INVALID_LENGTH = 35,
    UNALIGNED_POINTER = 36,
    INVALID_POINTER = 37,
    COPY_OVERLAPPING = 38,
    TOO_MANY_SLICES = 39,
    BAD_SEEDS = 40,
    RETURN_DATA_TOO_LARGE = 41,
    COMPUTATIONAL_BUDGET_EXCEEDED = 42,
    ARITHMETIC_OVERFLOW = 43,
    SYSCALL_ACCESS_VIOLATION = 44,
    SYSCALL_STACK_ACCESS_VIOLATION = 45,
    // The program returned 0, but made forbidden changes to accounts.
    EXTERNAL_ACCOUNT_LAMPORT_SPEND = 64,
    READONLY_LAMPORT_CHANGE = 65,
    INVALID_REALLOC = 66,
    ACCOUNT_DATA_SIZE_CHANGED = 67,
    READONLY_DATA_MODIFIED = 68,
    EXTERNAL_ACCOUNT_DATA_MODIFIED = 69,
    MODIFIED_PROGRAM_ID = 70,
    UNBALANCED_INSTRUCTION = 71,
    // The end of a segment, after which the run continues.
    SEGMENT_END = 128,
    // Nothing is claimed about the program, because the guest did not run it, or did not run it to its end.
    REFUSED_INPUT = 192,     // not an input.bin; OUTPUT_DETAIL: the offset
    REFUSED_PROGRAM = 193,   // OUTPUT_DETAIL: enum refusal
    REFUSED_SYSCALL = 194,   // this guest does not have it; OUTPUT_DETAIL: its hash
    REFUSED_TOO_LARGE = 195, // too large for the guest's memory
    REFUSED_SEGMENT = 196,   // the state that a segment starts from is malformed
};

enum refusal {
    ELF_UNSUPPORTED_VERSION = 1,
    ELF_FAILED_TO_PARSE,
    ELF_VALUE_OUT_OF_BOUNDS,
    ELF_INVALID_PROGRAM_HEADER,
    ELF_WRONG_ABI,
    ELF_WRONG_MACHINE,
    ELF_WRONG_TYPE,
    ELF_NOT_ONE_TEXT_SECTION,
    ELF_WRITABLE_SECTION,
    ELF_ENTRYPOINT_OUT_OF_BOUNDS,
    ELF_INVALID_ENTRYPOINT,
    ELF_RELATIVE_JUMP_OUT_OF_BOUNDS,
    ELF_SYMBOL_HASH_COLLISION,
    ELF_UNKNOWN_RELOCATION,
    ELF_UNKNOWN_SYMBOL,
    ELF_INVALID_VIRTUAL_ADDRESS,
    VERIFIER_LENGTH_NOT_MULTIPLE = 64,
    VERIFIER_NO_PROGRAM,
    VERIFIER_UNKNOWN_OPCODE,
    VERIFIER_LDDW_CANNOT_BE_LAST,
    VERIFIER_INCOMPLETE_LDDW,
    VERIFIER_DIVISION_BY_ZERO,
    VERIFIER_SHIFT_WITH_OVERFLOW,
    VERIFIER_UNSUPPORTED_LE_BE_ARGUMENT,
    VERIFIER_JUMP_OUT_OF_CODE,
    VERIFIER_JUMP_TO_MIDDLE_OF_LDDW,
    VERIFIER_INVALID_REGISTER,
    VERIFIER_UNALIGNED_IMMEDIATE,
    VERIFIER_INVALID_SOURCE_REGISTER,
    VERIFIER_INVALID_DESTINATION_REGISTER,
    VERIFIER_CANNOT_WRITE_R10,
};

// Ends the guest without a claim about the program.
_Noreturn void refuse(enum ending ending, u32 detail);
