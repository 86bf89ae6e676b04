// A loaded program, like `Program` in src/solproof/program/program.py.
#pragma once

#include "input.h"

#define SLOT 8

struct function {
    u32 key;
    u32 pc_plus_1; // 0: no entry
};

struct program {
    u32 version;
    const u64 *text; // aligned, after relocation
    u64 text_size;   // bytes
    u64 slots;
    u64 text_address;
    u64 entry;
    const u8 *image; // the read-only region
    u64 image_size;
    struct function *functions; // a hash table: starts at the key's low bits and continues in the next entries
    u32 function_mask;
};

// Loads and verifies a program. Ends the run with REFUSED_PROGRAM if the runtime would refuse the program.
void load_program(struct program *program, const struct input *input);
void verify(const struct program *program);

// The pc + 1 of the function with a key, or 0.
u32 find_function(const struct program *program, u32 key);

// The parts that both ELF loaders share with raw bytecode.
u32 hash_bytes(const u8 *content, u64 size);
void make_function_table(struct program *program, u64 slots);
void set_entrypoint(struct program *program);
u32 register_function(struct program *program, u64 pc, int is_entrypoint);
void fix_calls(struct program *program, u8 *text, u64 size, int keep_syscalls);
void load_lenient(struct program *program, struct content file);
void load_strict(struct program *program, struct content file);
