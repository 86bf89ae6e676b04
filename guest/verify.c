// The verifier, as in src/solproof/program/bytecode_verifier.py. It reads every slot, so the usual case is kept short.

#include "operations.h"
#include "program.h"

#define FRAME_POINTER 10

static _Noreturn void bad(enum refusal refusal) { refuse(REFUSED_PROGRAM, refusal); }

static void expect(int condition, enum refusal refusal) {
    if (!condition) bad(refusal);
}

// Checks a slot by the rule of its opcode. Returns the width of the instruction in slots.
static u64 check_operands(const struct program *program, u64 pc, u64 slot, u32 rule) {
    i32 immediate = (i32)(slot >> 32);
    u32 destination = slot >> 8 & 0xF, source = slot >> 12 & 0xF;
    switch (rule) {
    case RULE_UNKNOWN:
        bad(VERIFIER_UNKNOWN_OP_CODE);
    case RULE_WIDE:
        expect(pc + 1 < program->slots, VERIFIER_LDDW_CANNOT_BE_LAST);
        expect((u8)program->text[pc + 1] == 0, VERIFIER_INCOMPLETE_LDDW);
        return 2;
    case RULE_DIVISOR:
        expect(immediate != 0, VERIFIER_DIVISION_BY_ZERO);
        break;
    case RULE_SHIFT_32:
        expect((u32)immediate < 32, VERIFIER_SHIFT_WITH_OVERFLOW);
        break;
    case RULE_SHIFT_64:
        expect((u32)immediate < 64, VERIFIER_SHIFT_WITH_OVERFLOW);
        break;
    case RULE_ENDIAN:
        expect(immediate == 16 || immediate == 32 || immediate == 64, VERIFIER_UNSUPPORTED_LEBE_ARGUMENT);
        break;
    case RULE_JUMP: {
        u64 target = pc + 1 + (u64)(i64)(i16)(slot >> 16);
        expect(target < program->slots, VERIFIER_JUMP_OUT_OF_CODE);
        expect((u8)program->text[target] != 0, VERIFIER_JUMP_TO_MIDDLE_OF_LDDW);
        break;
    }
    case RULE_CALL_REGISTER: {
        u32 callee = program->version <= 1 ? (u32)immediate : program->version == 2 ? source : destination;
        expect(callee < FRAME_POINTER, VERIFIER_INVALID_REGISTER);
        break;
    }
    case RULE_ADD_IMMEDIATE:
        if ((program->version == 1 || program->version == 2) && destination == FRAME_POINTER)
            expect(immediate % 64 == 0, VERIFIER_UNALIGNED_IMMEDIATE);
        break;
    }
    return 1;
}

static void check_registers(const struct program *program, u64 slot, u32 rule) {
    u32 destination = slot >> 8 & 0xF, source = slot >> 12 & 0xF;
    expect(source <= FRAME_POINTER, VERIFIER_INVALID_SOURCE_REGISTER);
    expect(destination <= FRAME_POINTER, VERIFIER_INVALID_DESTINATION_REGISTER);
    int moves_frame = rule == RULE_ADD_IMMEDIATE && (program->version == 1 || program->version == 2);
    expect(destination != FRAME_POINTER || rule == RULE_STORE || moves_frame, VERIFIER_CANNOT_WRITE_R10);
}

void verify(const struct program *program) {
    expect(program->text_size % SLOT == 0, VERIFIER_PROGRAM_LENGTH_NOT_MULTIPLE);
    expect(program->slots != 0, VERIFIER_NO_PROGRAM);
    const u8 *rules = verifier_rules[dialect(program->version)];
    const u64 *text = program->text, *end = text + program->slots;
    u64 size = program->slots * SLOT;
    // A form is an opcode with its registers, which are a slot's low 16 bits. An entry is ANY_OPERANDS if the rest of
    // the slot does not matter, A_TARGET if the offset matters, and 0 if the form was not checked yet.
    enum { ANY_OPERANDS = 1, A_TARGET };
    u8 *known = allocate(1 << 16);
    for (const u64 *at = text; at < end;) {
        u32 form = *(const u16 *)at, kind = known[form];
        u64 slot = *at++;
        if (__builtin_expect(kind == ANY_OPERANDS, 1)) continue;
        if (kind == A_TARGET) {
            const u8 *target = (const u8 *)(at + (i64)(i16)(slot >> 16));
            if ((u64)(target - (const u8 *)text) < size && *target != 0) continue;
        }
        u32 rule = rules[(u8)slot], registers = register_rules[form >> 8];
        // RULE_NONE with registers that any instruction may use, or RULE_STORE with registers that only a store may.
        int is_plain = rule == registers;
        if (registers == RULE_NONE) {
            is_plain |= rule == RULE_STORE || rule == RULE_ADD_IMMEDIATE;
            if (rule == RULE_JUMP) known[form] = A_TARGET;
            if (rule == RULE_SHIFT_64 && slot >> 32 < 64) continue;
            if (rule == RULE_WIDE && at < end && (u8)*at == 0) {
                at++;
                continue;
            }
        }
        if (is_plain) {
            known[form] = ANY_OPERANDS;
            continue;
        }
        u64 width = check_operands(program, (u64)(at - 1 - text), slot, rule);
        check_registers(program, slot, rule);
        at += width - 1;
    }
}
