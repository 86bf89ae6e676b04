// The machine: instructions are decoded when they are first reached, and each handler jumps to the next.
#pragma once

#include "input.h"
#include "limits.h"
#include "program.h"

// One instruction, in 24 bytes. Handlers and registers are addresses below 2^32. A length of 0 means that no block
// that starts here has been decoded yet. A block ends with the first instruction that may jump.
struct operation {
    u32 handler;
    u32 length;
    u32 destination;
    u32 target; // an operation; the immediate, in a store of an immediate
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
    // Memory: the places and sizes of the regions. A V0 stack is stored without its holes.
    u8 *stack;
    u64 stack_hole; // the bit that is set in offsets of a V0 stack that are in a hole
    u64 stack_span; // size of the range of offsets, including holes
    u8 *heap;
    u8 *region; // the input region
    u64 heap_size;
    u64 region_size;
    struct program program;
    const struct input *input;
    struct operation *code;
    const void *meanings; // meanings of the opcodes in the program's version
    u64 frame_stride;
    struct frame *frames;
    u64 depth;
    // The meter. Instructions are charged by the block. `reserve` holds units beyond the segment's end, which its
    // handlers do not see.
    u64 limit;
    u64 meter;
    u64 reserve;
    u64 syscall_units;
    u64 segment_end; // as a count of instructions
    u64 heap_used;
    u8 *return_data;
    u64 return_data_size;
    // How the run ended.
    u32 ending;
    u64 pc;
};

// The number of instructions executed, if only they and syscalls were charged to the meter.
static inline u64 executed(const struct machine *machine) {
    return machine->limit - machine->syscall_units - machine->meter - machine->reserve;
}

// The host address of a range that lies in one region. If the access is not allowed, returns 0 and sets the ending.
// `size` must be above 0. In a V0 stack, the bytes after the first are its neighbours in the host's memory.
u8 *translate(const struct machine *machine, u64 address, u64 size, int is_write, u32 *ending);

void start_machine(struct machine *machine, const struct input *input);
void run_machine(struct machine *machine);

// Executes the syscall with this hash, and either sets r0 or returns the fault. The meter is `meter + reserve`.
u32 execute_syscall(struct machine *machine, u32 hash);

// Whether the runtime has a syscall with this hash under the input's features.
int has_syscall(const struct input *input, u32 hash);
