// Selects the loader for a file, loads raw bytecode, and has what relocation of calls needs. As in solana-sbpf 0.21.0.

#include "bytes.h"
#include "program.h"
#include "syscall_names.h"

#define CALL_IMM 0x85
#define LDDW 0x18

static void expect(int condition, enum refusal refusal) {
    if (!condition) refuse(REFUSED_PROGRAM, refusal);
}

static inline u32 rotate(u32 value, u32 bits) { return value << bits | value >> (32 - bits); }

// murmur3, 32 bits, seed 0
u32 hash_bytes(const u8 *content, u64 size) {
    u32 hash = 0, tail = 0;
    u64 at = 0;
    for (; at + 4 <= size; at += 4) {
        hash ^= rotate(read32(content + at) * 0xcc9e2d51, 15) * 0x1b873593;
        hash = rotate(hash, 13) * 5 + 0xe6546b64;
    }
    for (u64 i = 0; at + i < size; i++) tail |= (u32)content[at + i] << 8 * i;
    if (at < size) hash ^= rotate(tail * 0xcc9e2d51, 15) * 0x1b873593;
    hash ^= (u32)size;
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    return hash ^ hash >> 16;
}

int is_syscall_hash(u32 key) {
    switch (key) {
#define SYSCALL(name, hash) case hash:
        ALL_SYSCALLS
#undef SYSCALL
        return 1;
    }
    return 0;
}

// FUNCTIONS

void make_function_table(struct program *program, u64 slots) {
    u64 size = 16;
    while (size < 2 * (slots + 2)) size *= 2;
    program->functions = allocate(size * sizeof *program->functions);
    program->function_mask = (u32)size - 1;
}

static struct function *function_entry(const struct program *program, u32 key) {
    u32 index = key & program->function_mask;
    while (program->functions[index].pc_plus_1 && program->functions[index].key != key)
        index = (index + 1) & program->function_mask;
    return &program->functions[index];
}

u32 find_function(const struct program *program, u32 key) {
    return program->functions ? function_entry(program, key)->pc_plus_1 : 0;
}

// The key of the function at a pc. From now on the key means this function only.
u32 register_function(struct program *program, u64 pc, int is_entrypoint) {
    u32 key = is_entrypoint ? ENTRYPOINT_HASH : hash_bytes((const u8 *)&pc, 8);
    expect(!is_syscall_hash(key), ELF_SYMBOL_HASH_COLLISION);
    struct function *function = function_entry(program, key);
    expect(!function->pc_plus_1 || function->pc_plus_1 == pc + 1, ELF_SYMBOL_HASH_COLLISION);
    function->key = key, function->pc_plus_1 = (u32)pc + 1;
    return key;
}

// The file header decides where the program starts, whatever a relocation did.
void set_entrypoint(struct program *program) {
    *function_entry(program, ENTRYPOINT_HASH) = (struct function){ENTRYPOINT_HASH, (u32)program->entry + 1};
}

// The first slot, from `slot` on, that has the opcode of a call. If there is no such slot, `slots`.
static u64 next_call(const u8 *text, u64 slot, u64 slots) {
    const u8 *at = text + slot * SLOT, *end = text + slots * SLOT;
    for (; end - at >= 8 * SLOT; at += 8 * SLOT)
        if (at[0] == CALL_IMM || at[8] == CALL_IMM || at[16] == CALL_IMM || at[24] == CALL_IMM || at[32] == CALL_IMM ||
            at[40] == CALL_IMM || at[48] == CALL_IMM || at[56] == CALL_IMM)
            break;
    for (; at < end && *at != CALL_IMM; at += SLOT) {}
    return (u64)(at - text) / SLOT;
}

// Replaces relative calls by the hash of their target. `keep_syscalls` is as in `fix_calls` of relocation.py.
void fix_calls(struct program *program, u8 *text, u64 size, int keep_syscalls) {
    u64 slots = size / SLOT;
    u32 *keys = allocate(4 * slots); // keys of the functions so far, so that each is hashed once
    for (u64 slot = 0; (slot = next_call(text, slot, slots)) < slots; slot++) {
        u8 *at = text + slot * SLOT;
        u32 immediate = read32(at + 4);
        if (immediate == ~0U) continue;
        if (keep_syscalls && at[1] >> 4 == 0 && is_syscall_hash(immediate)) continue;
        u64 target = slot + 1 + (u64)(i64)(i32)immediate;
        expect(target < slots, ELF_RELATIVE_JUMP_OUT_OF_BOUNDS);
        if (!keys[target]) keys[target] = register_function(program, target, 0);
        write32(at + 4, keys[target]);
    }
}

// RAW BYTECODE

static void load_raw(struct program *program, const struct input *input) {
    u64 size = input->program.size, entry = input->raw_entry;
    u32 version = input->raw_version;
    expect(size % SLOT == 0, VERIFIER_PROGRAM_LENGTH_NOT_MULTIPLE);
    expect(size != 0, VERIFIER_NO_PROGRAM);
    u64 *text = allocate(size);
    memcpy(text, input->program.bytes, size);
    program->version = version;
    program->text = text, program->text_size = size, program->slots = size / SLOT, program->text_address = 1UL << 32;
    program->entry = entry;
    expect(entry < program->slots, ELF_ENTRYPOINT_OUT_OF_BOUNDS);
    u64 pc = 0;
    while (pc < entry) pc += (u8)text[pc] == LDDW && version != 2 ? 2 : 1;
    expect(pc == entry, ELF_INVALID_ENTRYPOINT);
    if (version >= 3) return;
    make_function_table(program, program->slots);
    fix_calls(program, (u8 *)text, size, 1);
    set_entrypoint(program);
    program->image = (const u8 *)text, program->image_size = size;
}

// ELF FILES

static u32 elf_version(const struct input *input) {
    static const u8 enabling[3] = {
        FEATURE_ENABLE_SBPF_V1_DEPLOYMENT_AND_EXECUTION,
        FEATURE_ENABLE_SBPF_V2_DEPLOYMENT_AND_EXECUTION,
        FEATURE_ENABLE_SBPF_V3_DEPLOYMENT_AND_EXECUTION,
    };
    int has_v0 = !has_feature(input, FEATURE_DISABLE_SBPF_V0_EXECUTION) ||
                 has_feature(input, FEATURE_REENABLE_SBPF_V0_EXECUTION);
    u32 oldest = has_v0 ? 0 : 3, newest = 0;
    for (u32 version = 1; version <= 3; version++)
        if (has_feature(input, enabling[version - 1])) newest = version;
    expect(input->program.size >= 52, ELF_VALUE_OUT_OF_BOUNDS);
    u32 version = read32(input->program.bytes + 48);
    expect(version >= oldest && version <= newest, ELF_UNSUPPORTED_SBPF_VERSION);
    return version;
}

void load_program(struct program *program, const struct input *input) {
    if (input->is_raw) load_raw(program, input);
    else {
        program->version = elf_version(input);
        if (program->version >= 3) load_strict(program, input->program);
        else load_lenient(program, input->program);
    }
    verify(program);
}
