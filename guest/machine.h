// The machine: instructions decoded when they are first met, handlers that jump from one to the next.
#pragma once

#include "endings.h"
#include "input.h"
#include "program.h"

#define REGISTERS 11
#define MAXIMUM_CALL_DEPTH 64
#define FRAME_SIZE 4096UL
#define STACK_SIZE (64 * FRAME_SIZE)
#define STACK_START (2UL << 32)
#define HEAP_START (3UL << 32)
#define INPUT_START (4UL << 32)
#define MAXIMUM_RETURN_DATA 1024

// One instruction, 24 bytes. Handlers and registers are addresses below 2^32. A length of 0: no block that starts here
// was decoded yet; a block ends with the first instruction that may jump.
struct operation {
    u32 handler;
    u32 length;
    u32 destination;
    u32 target; // an operation; of a store of an immediate, the immediate
    union {
        i64 immediate;
        struct {
            u32 source;
            i32 offset;
        };
    };
};

struct frame {
    u64 registers[5]; // r6 to r10
    u64 return_pc;
};

struct machine {
    u64 registers[REGISTERS];
    // Memory: where regions are here, and their sizes. A V0 stack is without its holes.
    u8 *stack;
    u64 stack_hole; // the bit of an offset in a V0 stack that says that it is in a hole
    u64 stack_span; // of offsets, holes included
    u8 *heap;
    u8 *region; // the input region
    u64 heap_size;
    u64 region_size;
    struct program program;
    const struct input *input;
    struct operation *code;
    const void *meanings; // of the opcodes, in the program's version
    u64 frame_stride;
    struct frame *frames;
    u64 depth;
    // The meter. Instructions are charged by the block; `reserve` is what a segment's handlers do not see.
    u64 limit;
    u64 meter;
    u64 reserve;
    u64 syscall_units;
    u64 segment_end; // by the count of instructions
    u64 heap_used;
    u8 *return_data;
    u64 return_data_size;
    // How it ended.
    u32 ending;
    u64 pc;
};

// What was executed, for a meter that has not been charged for anything else.
static inline u64 executed(const struct machine *machine) {
    return machine->limit - machine->syscall_units - machine->meter - machine->reserve;
}

// The host's place of a range that lies in one region; or 0, with the ending of the access that is not allowed.
// `size` above 0. In a V0 stack the bytes after the first are the physical neighbours.
u8 *translate(const struct machine *machine, u64 address, u64 size, int is_write, u32 *ending);

void start_machine(struct machine *machine, const struct input *input);
void run_machine(struct machine *machine);

// Execute the syscall with this hash: r0 is set, or the fault returned. The meter is `meter + reserve`.
u32 execute_syscall(struct machine *machine, u32 hash);

// Whether the hash names a syscall that the runtime has with the input's features.
int has_syscall(const struct input *input, u32 hash);
