#include "platform.h"

#include "bytes.h"

// There are no static variables. Shared values are in the first words of RAM.
#define PLATFORM ((struct platform *)RAM_START)

void guest(const u8 *input);

// ZisK does not set the stack pointer. a0 is the address of the input, and a1 the address of the outputs.
__attribute__((naked, section(".text.start"), used)) void _start(void) {
    __asm__ volatile("li sp, %0\n"
                     "j start\n" ::"i"(C_STACK_TOP));
}

__attribute__((used)) _Noreturn void start(u64 input, u64 output) {
    platform_start(input, output);
    guest((const u8 *)input);
    finish();
}

void platform_start(u64 input, u64 output) {
    PLATFORM->is_old = input == OLD_INPUT && output == OLD_OUTPUT;
    PLATFORM->next_free = RAM_START + sizeof(struct platform);
    if (PLATFORM->is_old) {
        *(u32 *)output = OUTPUT_WORDS;
        output += 4;
    }
    PLATFORM->outputs = (u32 *)output;
    set_output(OUTPUT_FLAG, 1);
    set_output(OUTPUT_EXIT_CODE, ~0U);
    set_output(OUTPUT_FORMAT, OUTPUT_FORMAT_VERSION);
}

void set_output(u32 index, u32 value) { PLATFORM->outputs[index] = value; }

// a0 is always 0, because from 1.4 on any other value is a halt that cannot be proven.
_Noreturn void finish(void) {
    __asm__ volatile("li a0, 0\n"
                     "li a7, 93\n"
                     "ecall\n");
    __builtin_unreachable();
}

_Noreturn void refuse(enum ending ending, u32 detail) {
    set_output(OUTPUT_ENDING, ending);
    set_output(OUTPUT_DETAIL, detail);
    finish();
}

void *allocate(u64 size) {
    u64 start = PLATFORM->next_free;
    if (size > ALLOCATION_END - start) refuse(REFUSED_TOO_LARGE, 0);
    PLATFORM->next_free = start + ((size + 7) & ~7UL);
    return (void *)start;
}

// SHA-256

#define PRECOMPILE(number, address) __asm__ volatile("csrs %0, %1" ::"i"(number), "r"(address) : "memory")

static inline u32 swap32(u32 value) {
    return value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
}

struct parameters {
    u64 *state;
    const u64 *block;
};

static void compress(u64 *state, const u64 *block) {
    struct parameters parameters = {state, block};
    u64 swapped[8];
    if (PLATFORM->is_old) {
        for (u32 i = 0; i < 8; i++) swapped[i] = (u64)swap32((u32)block[i]) << 32 | swap32((u32)(block[i] >> 32));
        parameters.block = swapped;
    }
    PRECOMPILE(SHA256_PRECOMPILE, &parameters);
}

void sha256_begin(struct sha256_state *state) {
    state->words[0] = 0xbb67ae856a09e667;
    state->words[1] = 0xa54ff53a3c6ef372;
    state->words[2] = 0x9b05688c510e527f;
    state->words[3] = 0x5be0cd191f83d9ab;
    if (PLATFORM->is_old)
        for (u32 i = 0; i < 4; i++) state->words[i] = state->words[i] << 32 | state->words[i] >> 32;
    state->length = 0;
}

void sha256_add(struct sha256_state *state, const void *from, u64 size) {
    const u8 *content = from;
    u64 held = state->length % 64;
    state->length += size;
    if (held) {
        u64 part = least(64 - held, size);
        memcpy((u8 *)state->block + held, content, part);
        content += part, size -= part;
        if (held + part < 64) return;
        compress(state->words, state->block);
    }
    if (((u64)content & 7) == 0 && !PLATFORM->is_old) {
        struct parameters parameters = {state->words, 0};
        for (; size >= 64; content += 64, size -= 64) {
            parameters.block = (const u64 *)content;
            PRECOMPILE(SHA256_PRECOMPILE, &parameters);
        }
    } else {
        for (; size >= 64; content += 64, size -= 64) {
            memcpy(state->block, content, 64);
            compress(state->words, state->block);
        }
    }
    memcpy(state->block, content, size);
}

void sha256_end(struct sha256_state *state, u8 digest[32]) {
    u64 held = state->length % 64, bits = state->length * 8;
    u8 *block = (u8 *)state->block;
    block[held++] = 0x80;
    if (held > 56) {
        memset(block + held, 0, 64 - held);
        compress(state->words, state->block);
        held = 0;
    }
    memset(block + held, 0, 56 - held);
    for (u32 i = 0; i < 8; i++) block[56 + i] = (u8)(bits >> (56 - 8 * i));
    compress(state->words, state->block);
    for (u32 i = 0; i < 8; i++) {
        u32 high = (i & 1) ^ (u32)PLATFORM->is_old;
        write32(digest + 4 * i, swap32((u32)(state->words[i / 2] >> 32 * high)));
    }
}

void sha256(const u8 *content, u64 size, u8 digest[32]) {
    struct sha256_state state;
    sha256_begin(&state);
    sha256_add(&state, content, size);
    sha256_end(&state, digest);
}

// KECCAK-256

#define KECCAK_RATE 136

void keccak_begin(struct keccak_state *state) { memset(state, 0, sizeof *state); }

void keccak_add(struct keccak_state *state, const u8 *content, u64 size) {
    for (u64 i = 0; i < size; i++) {
        ((u8 *)state->lanes)[state->length++] ^= content[i];
        if (state->length == KECCAK_RATE) {
            PRECOMPILE(KECCAK_PRECOMPILE, state->lanes);
            state->length = 0;
        }
    }
}

void keccak_end(struct keccak_state *state, u8 digest[32]) {
    ((u8 *)state->lanes)[state->length] ^= 1;
    ((u8 *)state->lanes)[KECCAK_RATE - 1] ^= 0x80;
    PRECOMPILE(KECCAK_PRECOMPILE, state->lanes);
    memcpy(digest, state->lanes, 32);
}
