// Every handler is a function that ends by jumping to the next handler. The values that they all need therefore stay
// in the eight registers that a call has for its arguments. Only handlers of the same access pass on `address`.
//
// Instructions are counted by the block. Entering a block charges its length, and a fault in it gives back the
// instructions that were not reached. If the meter is too short for a block, a STOP replaces the first instruction
// that the meter does not reach. Nothing can jump past the STOP, because a block ends with its first jump.

#include "machine.h"

#include "bytes.h"
#include "operations.h"

#define PARAMETERS                                                                                                     \
    const struct operation *at, struct machine *machine, u8 *frame_end, u64 meter, u8 *region, u64 region_start,       \
        u64 region_limit, u64 address
#define ARGUMENTS at, machine, frame_end, meter, region, region_start, region_limit, address
#define HANDLER(name) static void handle_##name(PARAMETERS)
#define JUMP_TO(function) __attribute__((musttail)) return function(ARGUMENTS)

typedef void handler(PARAMETERS);

#define OPERATION(name) static handler handle_##name;
ALL_OPERATIONS
#undef OPERATION
static handler decode, stop_soon, fault_here;

// THREADING

#define DISPATCH() JUMP_TO(((handler *)(u64)at->handler))

#define NEXT(slots)                                                                                                    \
    do {                                                                                                               \
        at += slots;                                                                                                   \
        DISPATCH();                                                                                                    \
    } while (0)

// Continues with the block that starts here.
#define ENTER()                                                                                                        \
    do {                                                                                                               \
        u64 length_ = at->length;                                                                                      \
        if (__builtin_expect(length_ == 0, 0)) JUMP_TO(decode);                                                        \
        if (__builtin_expect(meter < length_, 0)) JUMP_TO(stop_soon);                                                  \
        meter -= length_;                                                                                              \
        DISPATCH();                                                                                                    \
    } while (0)

#define FAULT(code)                                                                                                    \
    do {                                                                                                               \
        machine->ending = code;                                                                                        \
        JUMP_TO(fault_here);                                                                                           \
    } while (0)

#define DESTINATION (*(u64 *)(u64)at->destination)
#define SOURCE (*(u64 *)(u64)at->source)

static u64 pc_of(const struct machine *machine, const struct operation *at) { return (u64)(at - machine->code); }

// ARITHMETIC

#define BINARY_REGISTER(name, expression)                                                                              \
    HANDLER(name##_R) {                                                                                                \
        u64 a = DESTINATION, b = SOURCE;                                                                               \
        DESTINATION = (expression);                                                                                    \
        NEXT(1);                                                                                                       \
    }

#define BINARY(name, expression)                                                                                       \
    BINARY_REGISTER(name, expression)                                                                                  \
    HANDLER(name##_I) {                                                                                                \
        u64 a = DESTINATION, b = (u64)at->immediate;                                                                   \
        DESTINATION = (expression);                                                                                    \
        NEXT(1);                                                                                                       \
    }

#define UNARY(name, expression)                                                                                        \
    HANDLER(name) {                                                                                                    \
        u64 a = DESTINATION;                                                                                           \
        DESTINATION = (expression);                                                                                    \
        NEXT(1);                                                                                                       \
    }

BINARY(ADD64, a + b)
BINARY(SUB64, a - b)
BINARY(OR64, a | b)
BINARY(AND64, a &b)
BINARY(XOR64, a ^ b)
BINARY(LSH64, a << (b & 63))
BINARY(RSH64, a >> (b & 63))
BINARY(ARSH64, (u64)((i64)a >> (b & 63)))
BINARY(MUL64, a *b)
BINARY(UHMUL64, (u64)((u128)a * b >> 64))
BINARY(SHMUL64, (u64)((i128)(i64)a * (i64)b >> 64))
BINARY(ADD32, (u64)(i64)(i32)((u32)a + (u32)b))
BINARY(ADD32Z, (u32)a + (u32)b)
BINARY(SUB32, (u64)(i64)(i32)((u32)a - (u32)b))
BINARY_REGISTER(SUB32Z, (u32)a - (u32)b)
BINARY(MUL32, (u64)(i64)(i32)((u32)a * (u32)b))
BINARY(MUL32Z, (u32)a *(u32)b)
BINARY(OR32, (u32)a | (u32)b)
BINARY_REGISTER(AND32, (u32)a &(u32)b)
BINARY(XOR32, (u32)a ^ (u32)b)
BINARY(LSH32, (u32)a << (b & 31))
BINARY(RSH32, (u32)a >> (b & 31))
BINARY(ARSH32, (u32)((i32)a >> (b & 31)))
UNARY(NEG64, -a)
UNARY(NEG32, (u32) - (u32)a)

HANDLER(MOV64_R) {
    DESTINATION = SOURCE;
    NEXT(1);
}

HANDLER(MOV64_I) {
    DESTINATION = (u64)at->immediate;
    NEXT(1);
}

HANDLER(LDDW) {
    DESTINATION = (u64)at->immediate;
    NEXT(2);
}

HANDLER(MOV32_R) {
    DESTINATION = (u32)SOURCE;
    NEXT(1);
}

HANDLER(MOV32S_R) {
    DESTINATION = (u64)(i64)(i32)SOURCE;
    NEXT(1);
}

// The immediate minus the destination, in V2.
HANDLER(RSUB64_I) {
    DESTINATION = (u64)at->immediate - DESTINATION;
    NEXT(1);
}

HANDLER(RSUB32Z_I) {
    DESTINATION = (u32)at->immediate - (u32)DESTINATION;
    NEXT(1);
}

static u64 swapped(u64 value, u32 bytes) {
    u64 result = 0;
    for (u32 i = 0; i < bytes; i++) result = result << 8 | (value >> 8 * i & 0xFF);
    return result;
}

UNARY(BE16, swapped(a, 2))
UNARY(BE32, swapped(a, 4))
UNARY(BE64, swapped(a, 8))

// The verifier has checked that no immediate is zero.
#define DIVISION(name, type, result_type, expression)                                                                  \
    HANDLER(name##_R) {                                                                                                \
        type a = (type)DESTINATION, b = (type)SOURCE;                                                                  \
        if (b == 0) FAULT(DIVIDE_BY_ZERO);                                                                             \
        DESTINATION = (u64)(result_type)(expression);                                                                  \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    HANDLER(name##_I) {                                                                                                \
        type a = (type)DESTINATION, b = (type)at->immediate;                                                           \
        DESTINATION = (u64)(result_type)(expression);                                                                  \
        NEXT(1);                                                                                                       \
    }

// The quotient of the smallest number and -1 does not exist, and taking the remainder is a fault too.
#define SIGNED_DIVISION(name, type, result_type, smallest, expression)                                                 \
    HANDLER(name##_R) {                                                                                                \
        type a = (type)DESTINATION, b = (type)SOURCE;                                                                  \
        if (b == 0) FAULT(DIVIDE_BY_ZERO);                                                                             \
        if (a == smallest && b == -1) FAULT(DIVIDE_OVERFLOW);                                                          \
        DESTINATION = (u64)(result_type)(expression);                                                                  \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    HANDLER(name##_I) {                                                                                                \
        type a = (type)DESTINATION, b = (type)at->immediate;                                                           \
        if (a == smallest && b == -1) FAULT(DIVIDE_OVERFLOW);                                                          \
        DESTINATION = (u64)(result_type)(expression);                                                                  \
        NEXT(1);                                                                                                       \
    }

#define SMALLEST_32 ((i32)0x80000000)
#define SMALLEST_64 ((i64)0x8000000000000000)

DIVISION(DIV64, u64, u64, a / b)
DIVISION(MOD64, u64, u64, a % b)
DIVISION(DIV32, u32, u32, a / b)
DIVISION(MOD32, u32, u32, a % b)
SIGNED_DIVISION(SDIV64, i64, u64, SMALLEST_64, a / b)
SIGNED_DIVISION(SREM64, i64, u64, SMALLEST_64, a % b)
SIGNED_DIVISION(SDIV32, i32, u32, SMALLEST_32, a / b)
SIGNED_DIVISION(SREM32, i32, u32, SMALLEST_32, a % b)

// JUMPS

#define CONDITIONAL(name, type, condition)                                                                             \
    HANDLER(name##_R) {                                                                                                \
        type a = (type)DESTINATION, b = (type)SOURCE;                                                                  \
        at = (condition) ? (const struct operation *)(u64)at->target : at + 1;                                         \
        ENTER();                                                                                                       \
    }                                                                                                                  \
    HANDLER(name##_I) {                                                                                                \
        type a = (type)DESTINATION, b = (type)at->immediate;                                                           \
        at = (condition) ? (const struct operation *)(u64)at->target : at + 1;                                         \
        ENTER();                                                                                                       \
    }

#define CONDITIONALS(bits)                                                                                             \
    CONDITIONAL(JEQ##bits, u##bits, a == b)                                                                            \
    CONDITIONAL(JNE##bits, u##bits, a != b)                                                                            \
    CONDITIONAL(JGT##bits, u##bits, a > b)                                                                             \
    CONDITIONAL(JGE##bits, u##bits, a >= b)                                                                            \
    CONDITIONAL(JLT##bits, u##bits, a < b)                                                                             \
    CONDITIONAL(JLE##bits, u##bits, a <= b)                                                                            \
    CONDITIONAL(JSET##bits, u##bits, (a & b) != 0)                                                                     \
    CONDITIONAL(JSGT##bits, i##bits, a > b)                                                                            \
    CONDITIONAL(JSGE##bits, i##bits, a >= b)                                                                           \
    CONDITIONAL(JSLT##bits, i##bits, a < b)                                                                            \
    CONDITIONAL(JSLE##bits, i##bits, a <= b)

CONDITIONALS(64)
CONDITIONALS(32)

HANDLER(JA) {
    at = (const struct operation *)(u64)at->target;
    ENTER();
}

// CALLS

// Saves r6 to r10 and the place to return to. Returns 0 if too many frames are open.
static inline struct frame *push(struct machine *machine, const u64 *registers, u64 return_pc) {
    if (machine->depth == MAXIMUM_CALL_DEPTH - 1) return 0;
    struct frame *frame = &machine->frames[machine->depth];
    for (u32 i = 0; i < 5; i++) frame->registers[i] = registers[6 + i];
    frame->return_pc = return_pc;
    return frame;
}

// In V1 and V2 a call does not move the frame, and `frame_end` is not used, so its value does not matter.
#define OPEN_FRAME()                                                                                                   \
    do {                                                                                                               \
        machine->depth++;                                                                                              \
        machine->registers[10] += machine->frame_stride;                                                               \
        frame_end += FRAME_SIZE;                                                                                       \
    } while (0)

// Finds the target of a call when the call is first reached.
HANDLER(CALL) {
    u64 pc = pc_of(machine, at), slot = machine->program.text[pc], target;
    u32 key = (u32)(slot >> 32), source = slot >> 12 & 0xF;
    int is_static = machine->program.version >= 3;
    struct operation *to = (struct operation *)at;
    handler *found = handle_ENTER;
    if (is_static) target = source == 1 ? pc + 1 + (u64)(i64)(i32)key : ~0UL;
    else target = (u64)find_function(&machine->program, key) - 1;
    // The loader has checked that no function has the hash of a syscall.
    if (target < machine->program.slots) {
        to->immediate = (i64)(pc + 1); // where it returns to
        to->target = (u32)(u64)&machine->code[target];
    } else if ((!is_static || source == 0) && has_syscall(machine->input, key)) {
        to->immediate = key;
        found = handle_SYSCALL;
    } else found = handle_UNSUPPORTED;
    to->handler = (u32)(u64)found;
    DISPATCH();
}

HANDLER(ENTER) {
    if (!push(machine, machine->registers, (u64)at->immediate)) FAULT(CALL_DEPTH_EXCEEDED);
    OPEN_FRAME();
    at = (const struct operation *)(u64)at->target;
    ENTER();
}

HANDLER(CALLX) {
    u64 target = (SOURCE - machine->program.text_address) / SLOT;
    if (!push(machine, machine->registers, pc_of(machine, at) + 1)) FAULT(CALL_DEPTH_EXCEEDED);
    if (target >= machine->program.slots) FAULT(CALL_OUTSIDE_TEXT_SEGMENT);
    OPEN_FRAME();
    at = &machine->code[target];
    ENTER();
}

HANDLER(EXIT) {
    if (machine->depth == 0) {
        machine->meter = meter;
        machine->pc = pc_of(machine, at);
        machine->ending = RETURNED;
        return;
    }
    const struct frame *frame = &machine->frames[--machine->depth];
    for (u32 i = 0; i < 5; i++) machine->registers[6 + i] = frame->registers[i];
    frame_end -= FRAME_SIZE;
    at = &machine->code[frame->return_pc];
    ENTER();
}

// Splits the remaining compute units between the meter and the reserve. The segment's end does not move.
static void share_meter(struct machine *machine, u64 remaining, u64 segment_left) {
    machine->meter = least(remaining, segment_left);
    machine->reserve = remaining - machine->meter;
}

HANDLER(SYSCALL) {
    machine->meter = meter;
    u64 segment_left = machine->segment_end - executed(machine);
    u64 before = meter + machine->reserve;
    machine->meter = before, machine->reserve = 0;
    u32 fault = execute_syscall(machine, (u32)at->immediate);
    machine->syscall_units += before - machine->meter;
    share_meter(machine, machine->meter, segment_left);
    meter = machine->meter;
    if (fault) {
        machine->pc = pc_of(machine, at);
        machine->ending = fault;
        return;
    }
    at++;
    ENTER();
}

HANDLER(UNSUPPORTED) { FAULT(UNSUPPORTED_INSTRUCTION); }
HANDLER(OVERRUN) { FAULT(EXECUTION_OVERRUN); }

// MEMORY

u8 *translate(const struct machine *machine, u64 address, u64 size, int is_write, u32 *ending) {
    u64 region = address >> 32, offset = (u32)address, available = 0;
    u8 *host = 0;
    u32 version = machine->program.version;
    int is_in_hole = 0;
    if (region == INPUT_START >> 32) host = machine->region, available = machine->region_size;
    else if (region == HEAP_START >> 32) host = machine->heap, available = machine->heap_size;
    else if (region == STACK_START >> 32) {
        host = machine->stack, available = STACK_SIZE;
        if (version == 0) {
            is_in_hole = (offset & FRAME_SIZE) != 0;
            offset = (offset >> 13 << 12) | (offset & (FRAME_SIZE - 1));
        }
    } else if (region == (version >= 3 ? 0 : 1) && !is_write)
        host = (u8 *)machine->program.image, available = machine->program.image_size;
    if (is_in_hole || size > available || offset > available - size || available == 0) {
        i64 distance = (i64)(address - STACK_START);
        // The frame's number is truncated towards zero. Numbers from -1 to 64 count as the stack.
        int is_stack =
            version != 1 && version != 2 && distance > -2 * (i64)FRAME_SIZE && distance < 65 * (i64)FRAME_SIZE;
        *ending = is_stack ? STACK_ACCESS_VIOLATION : ACCESS_VIOLATION;
        return 0;
    }
    return host + offset;
}

#define LOAD_ADDRESS() (SOURCE + (u64)(i64)at->offset)
#define STORE_ADDRESS() (DESTINATION + (u64)(i64)at->offset)

// Aligned, and at least 8 bytes before the end of the input region: `region_limit` is the region's size minus 7.
#define IS_EASY(offset, size) ((offset) < region_limit && ((offset) & ((size) - 1)) == 0)

// The place of an aligned access to the stack or the heap, or 0 if the access needs the full check.
static inline u8 *scratch_place(const struct machine *machine, u64 address, u64 size) {
    u64 offset = address - STACK_START, hole = machine->stack_hole;
    if (offset < machine->stack_span && !(offset & (hole | (size - 1))))
        return machine->stack + (hole ? offset - (offset >> 13 << 12) : offset);
    offset = address - HEAP_START; // the heap's size is a multiple of 8
    return offset < machine->heap_size && !(offset & (size - 1)) ? machine->heap + offset : 0;
}

// Accesses outside the input region, and accesses that are unaligned, at a region's end, or not allowed.
#define ANYWHERE(name, size, is_write, by_word, by_byte)                                                               \
    static __attribute__((noinline)) void handle_##name##_DISTANT(PARAMETERS) {                                        \
        u8 *host = translate(machine, address, size, is_write, &machine->ending);                                      \
        if (!host) JUMP_TO(fault_here);                                                                                \
        if (((u64)host & (size - 1)) == 0) {                                                                           \
            by_word;                                                                                                   \
        } else {                                                                                                       \
            by_byte;                                                                                                   \
        }                                                                                                              \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    static __attribute__((noinline)) void handle_##name##_SCRATCH(PARAMETERS) {                                        \
        u8 *host = scratch_place(machine, address, size);                                                              \
        if (!host) JUMP_TO(handle_##name##_DISTANT);                                                                   \
        by_word;                                                                                                       \
        NEXT(1);                                                                                                       \
    }

// Reads the one or two words that hold the bytes. Every region is followed by a spare word.
static inline u64 load_bytes(const u8 *host, u32 size) {
    u64 value = 0;
    if (size == 8) {
        const u64 *words = (const u64 *)((u64)host & ~7UL);
        u64 shift = ((u64)host & 7) * 8;
        return words[0] >> shift | words[1] << (64 - shift);
    }
    for (u32 i = 0; i < size; i++) value |= (u64)host[i] << 8 * i;
    return value;
}

static inline void store_bytes(u8 *host, u64 value, u32 size) {
    for (u32 i = 0; i < size; i++) host[i] = (u8)(value >> 8 * i);
}

#define STORES(name, size, type, value)                                                                                \
    ANYWHERE(name, size, 1, *(type *)host = (type)(value), store_bytes(host, value, size))                             \
    HANDLER(name##_ANYWHERE) {                                                                                         \
        address = STORE_ADDRESS();                                                                                     \
        u64 offset = address - region_start;                                                                           \
        if (!IS_EASY(offset, size)) JUMP_TO(handle_##name##_SCRATCH);                                                  \
        *(type *)(region + offset) = (type)(value);                                                                    \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    HANDLER(name##_FRAME) {                                                                                            \
        *(type *)(frame_end + at->offset) = (type)(value);                                                             \
        NEXT(1);                                                                                                       \
    }

#define ACCESSES(size, type)                                                                                           \
    ANYWHERE(LD##size, size, 0, DESTINATION = *(type *)host, DESTINATION = load_bytes(host, size))                     \
    HANDLER(LD##size##_ANYWHERE) {                                                                                     \
        address = LOAD_ADDRESS();                                                                                      \
        u64 offset = address - region_start;                                                                           \
        if (!IS_EASY(offset, size)) JUMP_TO(handle_LD##size##_SCRATCH);                                                \
        DESTINATION = *(type *)(region + offset);                                                                      \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    HANDLER(LD##size##_FRAME) {                                                                                        \
        DESTINATION = *(type *)(frame_end + at->offset);                                                               \
        NEXT(1);                                                                                                       \
    }                                                                                                                  \
    STORES(ST##size##R, size, type, SOURCE)                                                                            \
    STORES(ST##size##I, size, type, (u64)(i64)(i32)at->target)

ACCESSES(1, u8)
ACCESSES(2, u16)
ACCESSES(4, u32)
ACCESSES(8, u64)

// DECODING: there is a decoder for each form of operands, which ends by jumping to the next instruction's decoder. The
// last decoder of a block returns the number of instructions in the block.

struct meaning;

#define DECODER_PARAMETERS                                                                                             \
    struct operation *to, const struct machine *machine, const u64 *text, const u64 *end, u64 slot,                    \
        const struct meaning *meaning, u64 length
#define DECODER(name) static u64 decode_##name(DECODER_PARAMETERS)

typedef u64 decoder(DECODER_PARAMETERS);

// The meaning of an opcode in the program's version. `slots` is the number of slots, or 0 if it ends a block.
struct meaning {
    decoder *decode;
    handler *handler;
    handler *in_frame; // the other form of a memory access
    u32 size;          // bytes of a memory access
    u32 slots;
};

#define DECODE_NEXT(name, count)                                                                                       \
    do {                                                                                                               \
        to->handler = (u32)(u64)(name);                                                                                \
        to += count, text += count, length++;                                                                          \
        __attribute__((musttail)) return decode_here(to, machine, text, end, slot, meaning, length);                   \
    } while (0)

#define END_BLOCK()                                                                                                    \
    do {                                                                                                               \
        to->handler = (u32)(u64)meaning->handler;                                                                      \
        return length + 1;                                                                                             \
    } while (0)

static inline __attribute__((always_inline)) u64 decode_here(DECODER_PARAMETERS) {
    if (__builtin_expect(text >= end, 0)) {
        to->handler = (u32)(u64)handle_OVERRUN;
        return length + 1;
    }
    slot = *text;
    meaning = (const struct meaning *)machine->meanings + (u8)slot;
    __attribute__((musttail)) return meaning->decode(to, machine, text, end, slot, meaning, length);
}

// The address of the register whose number starts at the given bit of the slot.
static inline u32 register_at(const struct machine *machine, u64 slot, u32 bit) {
    return (u32)((u64)machine->registers + (slot >> (bit - 3) & 15 * 8));
}

#define SET_DESTINATION() (to->destination = register_at(machine, slot, 8))
#define SET_SOURCE() (to->source = register_at(machine, slot, 12))
#define OFFSET ((i64)(i16)(slot >> 16))
#define SET_TARGET() (to->target = (u32)(u64)(to + 1 + OFFSET))
#define IMMEDIATE ((i64)slot >> 32)

DECODER(REGISTERS) {
    SET_DESTINATION();
    SET_SOURCE();
    DECODE_NEXT(meaning->handler, 1);
}

#define IMMEDIATE_DECODER(name, value)                                                                                 \
    DECODER(name) {                                                                                                    \
        SET_DESTINATION();                                                                                             \
        to->immediate = (i64)(value);                                                                                  \
        DECODE_NEXT(meaning->handler, 1);                                                                              \
    }

IMMEDIATE_DECODER(SIGNED, IMMEDIATE)
IMMEDIATE_DECODER(UNSIGNED, slot >> 32)
IMMEDIATE_DECODER(SHIFTED, slot >> 32 << 32)
IMMEDIATE_DECODER(LITTLE_ENDIAN, IMMEDIATE == 64 ? -1 : (1L << IMMEDIATE) - 1)

DECODER(BIG_ENDIAN) {
    SET_DESTINATION();
    DECODE_NEXT(IMMEDIATE == 16 ? handle_BE16 : IMMEDIATE == 32 ? handle_BE32 : handle_BE64, 1);
}

DECODER(WIDE) {
    SET_DESTINATION();
    to->immediate = (i64)(slot >> 32 | text[1] >> 32 << 32);
    DECODE_NEXT(meaning->handler, 2);
}

// The handler of an access. If only calls move r10, an aligned access inside the open frame needs no checks at run
// time.
static inline handler *access_handler(const struct machine *machine, const struct meaning *meaning, u64 base,
                                      i64 offset) {
    if (base != 10 || machine->frame_stride == 0) return meaning->handler;
    i64 size = meaning->size;
    int is_in_frame = offset >= -(i64)FRAME_SIZE && offset <= -size && (offset & (size - 1)) == 0;
    return is_in_frame ? meaning->in_frame : meaning->handler;
}

DECODER(LOAD) {
    SET_DESTINATION();
    SET_SOURCE();
    to->offset = (i32)OFFSET;
    DECODE_NEXT(access_handler(machine, meaning, slot >> 12 & 15, OFFSET), 1);
}

DECODER(STORE_REGISTER) {
    SET_DESTINATION();
    SET_SOURCE();
    to->offset = (i32)OFFSET;
    DECODE_NEXT(access_handler(machine, meaning, slot >> 8 & 15, OFFSET), 1);
}

DECODER(STORE_IMMEDIATE) {
    SET_DESTINATION();
    to->target = (u32)(slot >> 32);
    to->offset = (i32)OFFSET;
    DECODE_NEXT(access_handler(machine, meaning, slot >> 8 & 15, OFFSET), 1);
}

DECODER(JUMP_REGISTERS) {
    SET_DESTINATION();
    SET_SOURCE();
    SET_TARGET();
    END_BLOCK();
}

DECODER(JUMP_IMMEDIATE) {
    SET_DESTINATION();
    to->immediate = IMMEDIATE;
    SET_TARGET();
    END_BLOCK();
}

DECODER(JUMP) {
    SET_TARGET();
    END_BLOCK();
}

// In V0 and V1 the immediate holds the register's number, 0 to 9, in its lowest bits.
DECODER(CALL_REGISTER) {
    u32 version = machine->program.version;
    to->source = register_at(machine, slot, version < 2 ? 32 : version == 2 ? 12 : 8);
    END_BLOCK();
}

// An exit, an unknown opcode, or a call. A call is resolved when it is first reached, because that takes a search.
DECODER(END) { END_BLOCK(); }

#define MEANING(form, operation, slots) {decode_##form, handle_##operation, 0, 0, slots}
#define ACCESS(form, operation, size) {decode_##form, handle_##operation##_ANYWHERE, handle_##operation##_FRAME, size, 1}

static const struct meaning meanings[3][256] = MEANINGS;

static u64 slots_at(const struct machine *machine, u64 pc) {
    return ((const struct meaning *)machine->meanings)[(u8)machine->program.text[pc]].slots;
}

// The number of instructions from a pc to the end of its block. The text is followed by an instruction that ends it.
static u64 block_rest(const struct machine *machine, u64 pc) {
    u64 length = 1;
    for (; pc < machine->program.slots; length++) {
        u64 slots = slots_at(machine, pc);
        if (!slots) break;
        pc += slots;
    }
    return length;
}

// Decodes the block that starts here, and enters it.
static void decode(PARAMETERS) {
    struct operation *to = (struct operation *)at;
    const u64 *text = machine->program.text;
    to->length = (u32)decode_here(to, machine, text + pc_of(machine, at), text + machine->program.slots, 0, 0, 0);
    ENTER();
}

// ENDS

// The meter does not cover the block that starts here.
static void stop_soon(PARAMETERS) {
    u64 pc = pc_of(machine, at), length = at->length;
    for (u64 left = meter; left > 0; left--) pc += slots_at(machine, pc);
    machine->code[pc].handler = (u32)(u64)handle_STOP;
    meter -= length; // below zero, until the end of the run gives back what was not reached
    DISPATCH();
}

HANDLER(STOP) {
    machine->pc = pc_of(machine, at);
    machine->meter = meter + block_rest(machine, machine->pc);
    machine->ending = machine->meter + machine->reserve == 0 ? EXCEEDED_MAX_INSTRUCTIONS : SEGMENT_END;
}

static void fault_here(PARAMETERS) {
    machine->pc = pc_of(machine, at);
    machine->meter = meter + block_rest(machine, machine->pc) - 1;
}

void start_machine(struct machine *machine, const struct input *input) {
    static const u16 strides[NEWEST_VERSION + 1] = FRAME_STRIDES;
    u32 version = machine->program.version;
    machine->input = input;
    machine->meanings = meanings[dialect(version)];
    machine->stack = allocate(STACK_SIZE);
    machine->stack_hole = version == 0 ? FRAME_SIZE : 0;
    machine->stack_span = version == 0 ? 2 * STACK_SIZE : STACK_SIZE;
    machine->heap = allocate(input->heap_size);
    machine->heap_size = input->heap_size;
    machine->code = allocate((machine->program.slots + 1) * sizeof *machine->code);
    machine->frames = allocate(MAXIMUM_CALL_DEPTH * sizeof *machine->frames);
    machine->return_data = allocate(MAXIMUM_RETURN_DATA);
    machine->frame_stride = strides[version];
    machine->limit = machine->meter = input->compute_unit_limit;
    machine->segment_end = ~0UL;
    machine->pc = machine->program.entry;
    machine->registers[1] = INPUT_START;
    machine->registers[10] = STACK_START + (machine->frame_stride ? FRAME_SIZE : STACK_SIZE);
}

void run_machine(struct machine *machine) {
    u64 limit = machine->region_size < 8 ? 0 : machine->region_size - 7;
    u8 *frame_end = machine->stack + (machine->depth + 1) * FRAME_SIZE;
    share_meter(machine, machine->meter, machine->segment_end - executed(machine));
    decode(&machine->code[machine->pc], machine, frame_end, machine->meter, machine->region, INPUT_START, limit, 0);
}
